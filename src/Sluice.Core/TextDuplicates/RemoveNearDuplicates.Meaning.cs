using Sluice.Steps;
using Sluice.VectorSpace;

namespace Sluice.TextDuplicates;

// Near-duplicates by what texts mean: by the cosine of their vectors.
public sealed partial class RemoveNearDuplicates
{
    const int MaxListed = 1_000;

    /// <summary>What was found of rows that mean the same.</summary>
    /// <param name="Rows">Rows seen.</param>
    /// <param name="Duplicates">Rows removed.</param>
    /// <param name="IsExact">Whether every row was compared with all that stay; else with those of the nearest cells.</param>
    /// <param name="Overlooked">Share of the rows that stay, as far as looked at again, which another that stays is still like.</param>
    /// <param name="Removed">The first rows removed, at most 1,000.</param>
    public sealed record FoundByMeaning(long Rows, long Duplicates, bool IsExact, double Overlooked, IReadOnlyList<RemovedRow> Removed);

    /// <summary>A row that was removed.</summary>
    /// <param name="Row">Its number in the input of this step, from 1.</param>
    /// <param name="Of">Number of the row that stays for it.</param>
    /// <param name="Cosine">Cosine of their vectors.</param>
    public sealed record RemovedRow(long Row, long Of, double Cosine);

    public override IReadOnlyList<(string Path, string Model)> Models => options.Features?.Models("features") ?? [];

    public override string DependsOn => options.Features?.DependsOn ?? "";

    public override VectorSource? Vectors(Schema input) => options.Features;

    // Rows lie together by their text and then by all that they hold: which one stays follows from the rows, not from the order in which they came.
    static RowKey[] MeaningKeys(Batch batch, string cell)
    {
        var (texts, rows) = (RowHash.Rows([batch[cell]], batch.Rows), RowHash.Rows(batch.Columns, batch.Rows));
        return [.. texts.Select((text, row) => new RowKey(text.High, rows[row].High))];
    }

    void PlanMeaning(VectorSource features, Schema input, StepProblems problems)
    {
        features.Plan(input, problems);
        if (features.Columns.Count > 0)
        {
            problems.Add("features.columns", "Meaning is compared of a text or of vectors. Give features text or vector, or remove similar numbers with remove_duplicates, duplicate_match similar.");
        }

        if (options.NearDuplicates is not null)
        {
            problems.Add("near_duplicates", "Both near_duplicates (the same words) and features (the same meaning) are given. Keep one; use the step twice for both.");
        }
    }

    FoundByMeaning DecideByMeaning(KeyedRows rows, Decisions decisions)
    {
        var texts = new List<(int Vector, KeyedRow First, List<KeyedRow> Others)>();
        var at = 0;
        foreach (var row in rows)
        {
            if (at == 0 || row.Key.High != texts[^1].First.Key.High)
            {
                texts.Add((at, row, []));
            }
            else
            {
                texts[^1].Others.Add(row);
            }

            at++;
        }

        var alike = new AlikeRows(rows.Vectors!, [.. texts.Select(t => t.Vector)], options.Cosine, CancellationToken.None);
        var gone = alike.Found.ToDictionary(a => a.Row, a => a);
        var byVector = texts.ToDictionary(t => t.Vector, t => t.First);
        var numbers = new RowNumbers(decisions);
        var removed = new List<RemovedRow>();
        foreach (var (vector, first, others) in texts.Where(t => rows.Vectors![t.Vector].ContainsAnyExcept(0f)))
        {
            var (of, cosine) = gone.TryGetValue(vector, out var found) ? (byVector[found.Of], Math.Round(found.Cosine, 6)) : (first, 1);
            foreach (var row in found.Cosine > 0 ? others.Prepend(first) : others)
            {
                decisions.Set(row.Batch, row.Row, Duplicate);
                removed.Add(new RemovedRow(numbers.Of(row), numbers.Of(of), cosine));
            }
        }

        return new FoundByMeaning(rows.Count, removed.Count, alike.IsExact, alike.Overlooked(CancellationToken.None), [.. removed.OrderBy(r => r.Row).Take(MaxListed)]);
    }

    /// <summary>Numbers of rows in the input of the step, from 1.</summary>
    sealed class RowNumbers(Decisions decisions)
    {
        readonly List<long> starts = [1];

        public long Of(KeyedRow row)
        {
            while (starts.Count <= row.Batch)
            {
                starts.Add(starts[^1] + decisions.RowsOf(starts.Count - 1));
            }

            return starts[row.Batch] + row.Row;
        }
    }
}
