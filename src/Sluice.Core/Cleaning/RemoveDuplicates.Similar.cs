using System.Globalization;
using Sluice.Matching;
using Sluice.Steps;

namespace Sluice.Cleaning;

// Rows that are similar. What is equal in all that is looked at is decided by its keys, as without; what is different is held as text and compared.
public sealed partial class RemoveDuplicates
{
    /// <summary>A row that was removed.</summary>
    /// <param name="Key">Hash of its content.</param>
    /// <param name="Row">Its number in the input of this step, from 1.</param>
    /// <param name="Of">Number of the row that stays, as far as this comparison goes.</param>
    /// <param name="Similarity">Weighted mean of the columns' similarities.</param>
    /// <param name="Columns">Similarity of each column in which both have a value.</param>
    /// <param name="Cells">Its cells, where a provenance column is asked for.</param>
    public sealed record Removed(
        string Key, long Row, long Of, double Similarity, IReadOnlyDictionary<string, double> Columns, IReadOnlyDictionary<string, string>? Cells);

    /// <summary>A cell that merging changed.</summary>
    public sealed record MergedCell(string Column, string? Old, string New);

    /// <summary>A row that stays for others.</summary>
    /// <param name="Key">Hash of its content.</param>
    /// <param name="Row">Its number in the input of this step, from 1.</param>
    /// <param name="Duplicates">Numbers of the rows that it stays for.</param>
    /// <param name="Merged">Cells that merging changed.</param>
    public sealed record Survivor(string Key, long Row, IReadOnlyList<long> Duplicates, IReadOnlyList<MergedCell> Merged);

    /// <summary>What was found of similar rows, as fitted.</summary>
    /// <param name="Rows">Rows seen.</param>
    /// <param name="Equal">Rows removed because an earlier one is equal in all that is looked at.</param>
    /// <param name="Similar">Rows removed because another is similar.</param>
    /// <param name="Survivors">Rows that stay for those.</param>
    public sealed record FoundSimilar(long Rows, long Equal, IReadOnlyList<Removed> Similar, IReadOnlyList<Survivor> Survivors);

    /// <summary>First rows of each content, with their numbers.</summary>
    sealed record InOrder(FirstRows First, IReadOnlyList<long> Numbers, long Rows);

    bool IsSimilar => options.DuplicateMatch == DuplicateMatch.Similar;

    public override State? NewState(Schema input) => IsSimilar ? new RowTexts(input.Select(Looked(input).ToHashSet(StringComparer.Ordinal)), options.MaxRows) : null;

    public override void Observe(Batch batch, State state)
    {
        if (state is RowTexts texts)
        {
            texts.Add(LookedAt(batch), Compared(batch.Schema));
        }
    }

    Schema PlanSimilar(Schema input, StepProblems problems)
    {
        foreach (var (name, weight) in options.ColumnWeights)
        {
            if (problems.Column(input, $"column_weights.{name}", name) && weight is not (>= 0 and < double.PositiveInfinity))
            {
                problems.Add($"column_weights.{name}", $"{weight.ToString(CultureInfo.InvariantCulture)} is no weight. Expected a number of 0 or more.");
            }
        }

        foreach (var name in options.ColumnWeights.Keys.Where(name => options.DuplicateKeys.Count > 0 && !options.DuplicateKeys.Contains(name)))
        {
            problems.Add($"column_weights.{name}", $"'{name}' is not compared: duplicate_keys are {string.Join(", ", options.DuplicateKeys)}. Add it there, or leave its weight out.");
        }

        if (!IsSimilar && options.DuplicateKeep is DuplicateKeep.Latest or DuplicateKeep.Merge)
        {
            problems.Add("duplicate_keep", "'latest' and 'merge' are for similar rows. Add duplicate_match: similar (similarity_threshold: 1 for rows that are written alike), or use first or best.");
        }

        if (options.DuplicateKeep == DuplicateKeep.Latest && options.LatestBy is null)
        {
            problems.Add("latest_by", "duplicate_keep is 'latest', and no column says what is late. Name one, for example latest_by: updated_at.");
        }
        else if (options.LatestBy is { } latest)
        {
            problems.Column(input, "latest_by", latest);
        }

        if (options.ProvenanceColumn is not { } added)
        {
            return input;
        }

        if (!IsSimilar || added.Length == 0 || input.Has(added))
        {
            problems.Add("provenance_column", !IsSimilar ? "It is for similar rows. Add duplicate_match: similar, or leave it out."
                : $"'{added}' is {(added.Length == 0 ? "no name" : "a column of the data already")}. Give a name that no column has.");
            return input;
        }

        return input.With(ProvenanceField);
    }

    Field ProvenanceField => new(options.ProvenanceColumn!, ColumnType.Text, true, "json");

    List<string> Compared(Schema input) => [.. options.DuplicateKeys.Count == 0 ? input.Select(f => f.Name) : input.Select(f => f.Name).Where(options.DuplicateKeys.Contains)];

    // What a row is told from others by: all that decides who stays, too.
    List<string> Looked(Schema input) => options.DuplicateKeep is DuplicateKeep.Best or DuplicateKeep.Merge || options.ProvenanceColumn is not null
        ? [.. input.Select(f => f.Name)]
        : [.. input.Select(f => f.Name).Where(name => Compared(input).Contains(name) || (options.DuplicateKeep == DuplicateKeep.Latest && name == options.LatestBy))];

    Batch LookedAt(Batch batch) => batch.Select(Looked(batch.Schema).ToHashSet(StringComparer.Ordinal));

    RowKey[] SimilarKeys(Batch batch) => RowTexts.Keys(LookedAt(batch), Compared(batch.Schema));

    InOrder DecideSimilar(KeyedRows rows, Decisions decisions)
    {
        var first = FirstRows.Of(rows, options.MaxRows, row => decisions.Set(row.Batch, row.Row, Duplicate));
        var (numbers, starts) = (new List<long>(), new List<long> { 1 });
        foreach (var row in first.Rows)
        {
            while (starts.Count <= row.Batch)
            {
                starts.Add(starts[^1] + decisions.RowsOf(starts.Count - 1));
            }

            numbers.Add(starts[row.Batch] + row.Row);
        }

        return new InOrder(first, numbers, rows.Count);
    }

    FoundSimilar FitSimilar(RowTexts texts, InOrder order)
    {
        if (texts.IsFull)
        {
            throw new DataException(
                $"remove_duplicates: the table has more than {options.MaxRows:N0} different rows, and similar ones are searched in memory. Raise max_rows, name the columns to compare in duplicate_keys, or use duplicate_match: equal.");
        }

        var original = texts.Rows(order.First.Rows.Select(r => r.Key));
        var rank = SurvivorRank.Of(original, texts.Schema, options);
        var matching = new MatchOptions
        {
            Method = MatchMethod.Similar,
            Columns = RecordMatcher.ColumnsOf(original.Select(Compared(texts.Schema).ToHashSet(StringComparer.Ordinal))),
            Weights = options.ColumnWeights,
            Threshold = options.SimilarityThreshold,
        };
        var merge = options.DuplicateKeep == DuplicateKeep.Merge ? (rows, found) => CellMerge.Of(original, rows, found) : default(Func<Batch, List<NearDuplicate>, Batch>);
        var (found, merged) = NearDuplicates.Find(original, rank, matching, merge, CancellationToken.None);
        return Describe(order, original, merged, found, matching.Columns);
    }

    FoundSimilar Describe(InOrder order, Batch original, Batch merged, List<NearDuplicate> found, IReadOnlyList<string> columns)
    {
        string Key(int row) => RowTexts.Name(order.First.Rows[row].Key);
        var removed = found.Select(d => new Removed(
            Key(d.Row), order.Numbers[d.Row], order.Numbers[d.Of], Math.Round(d.Similarity, 4),
            columns.Zip(d.Columns).Where(c => !float.IsNaN(c.Second)).ToDictionary(c => c.First, c => Math.Round((double)c.Second, 4)),
            options.ProvenanceColumn is null ? null : CellMerge.Cells(original, d.Row)));
        var stands = NearDuplicates.Representatives(original.Rows, found);
        var survivors = found.GroupBy(d => stands[d.Row]).OrderBy(g => g.Key).Select(g => new Survivor(
            Key(g.Key), order.Numbers[g.Key], [.. g.Select(d => order.Numbers[d.Row]).Order()], CellMerge.Changes(original, merged, g.Key)));
        return new FoundSimilar(order.Rows, order.First.Repeated, [.. removed.OrderBy(r => r.Row)], [.. survivors]);
    }

    Batch ApplySimilar(Batch batch, FoundSimilar found, Verdicts verdicts)
    {
        var keys = SimilarKeys(batch);
        var removed = found.Similar.Select(r => RowTexts.Key(r.Key)).ToHashSet();
        var survivors = found.Survivors.ToDictionary(s => RowTexts.Key(s.Key));
        var here = new Dictionary<int, Survivor>();
        for (var row = 0; row < batch.Rows; row++)
        {
            if (removed.Contains(keys[row]))
            {
                verdicts.Fail(verdicts.Rule("similar_row", null, Severity.High, rejects: true), row);
            }
            else if (!verdicts.IsRejected(row) && survivors.TryGetValue(keys[row], out var survivor))
            {
                here[row] = survivor;
            }
        }

        return SurvivorCells.Put(batch, here, found, options.ProvenanceColumn is null ? null : ProvenanceField, verdicts);
    }
}
