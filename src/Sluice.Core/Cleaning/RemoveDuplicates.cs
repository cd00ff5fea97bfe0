using System.ComponentModel.DataAnnotations;
using Sluice.Matching;
using Sluice.Steps;

namespace Sluice.Cleaning;

/// <summary>Which row of several equal ones stays.</summary>
public enum DuplicateKeep
{
    /// <summary>The first in the order of the input.</summary>
    First,

    /// <summary>The one with the fewest missing values; of several such, the first.</summary>
    Best,

    /// <summary>The one with the greatest value in <c>latest_by</c>; of several such, the first.</summary>
    Latest,

    /// <summary>
    /// The first, with each cell that the duplicates know better: the value that most of them have; of several such, the one that most rows of the table have, then
    /// the longest, then the first. A column whose values all differ is an identifier, and only filled where it is missing.
    /// </summary>
    Merge,
}

/// <summary>What makes two rows duplicates.</summary>
public enum DuplicateMatch
{
    /// <summary>They are equal.</summary>
    Equal,

    /// <summary>They are similar: slips, abbreviations, other formats.</summary>
    Similar,
}

/// <summary>
/// Removes rows that are equal to another in all columns, or in <c>duplicate_keys</c>. Missing equals missing when whole rows are compared;
/// a row with a missing key is never a duplicate, for nobody knows what it would equal. With <c>duplicate_match: similar</c> it removes rows that are equal but
/// for slips, abbreviations and other ways of writing (<c>similarity_threshold</c>): each is itself that similar to the row that stays for it. Those rows are
/// held in memory as text, <c>max_rows</c> different ones at most.
/// </summary>
[Step("remove_duplicates", Aliases = ["deduplicate"])]
public sealed partial class RemoveDuplicates(RemoveDuplicates.Options options) : Step
{
    const byte Duplicate = 1;

    public sealed record Options
    {
        /// <summary>Columns that make rows equal or similar. Default: all columns (similar: of more than 64, those with the most different values).</summary>
        public IReadOnlyList<string> DuplicateKeys { get; init; } = [];

        /// <summary>
        /// Which row of several stays: <c>first</c>; <c>best</c>, the one with the fewest missing values; for similar rows also <c>latest</c> (see
        /// <c>latest_by</c>) and <c>merge</c>, the first with each cell as most of them have it. Default: first.
        /// </summary>
        public DuplicateKeep DuplicateKeep { get; init; } = DuplicateKeep.First;

        /// <summary><c>equal</c>, or <c>similar</c> for rows that differ by slips, abbreviations and ways of writing. Default: equal.</summary>
        public DuplicateMatch DuplicateMatch { get; init; } = DuplicateMatch.Equal;

        /// <summary>For similar rows: least weighted mean of their columns' similarities, 0.5 to 1. Default: 0.85.</summary>
        [Range(0.5, 1.0)]
        public double SimilarityThreshold { get; init; } = 0.85;

        /// <summary>For similar rows: weight of columns in the mean, 0 or more. Default: 1 for each compared column.</summary>
        public IReadOnlyDictionary<string, double> ColumnWeights { get; init; } = new Dictionary<string, double>();

        /// <summary>For <c>duplicate_keep: latest</c>: the column, of numbers, dates, times or sortable text, whose greatest value stays; missing is the least.</summary>
        public string? LatestBy { get; init; }

        /// <summary>
        /// For similar rows: name of a text column to add. A row that stays for others says there, as JSON, which rows they were, how similar in each column, their
        /// cells, and the cells that merging changed: nothing is lost. Default: none.
        /// </summary>
        public string? ProvenanceColumn { get; init; }

        /// <summary>For similar rows: different rows that are held and compared, 1 to 5,000,000; a table with more stops the run. Default: 500,000.</summary>
        [Range(1, 5_000_000)]
        public int MaxRows { get; init; } = 500_000;
    }

    /// <summary>What was found, as fitted.</summary>
    /// <param name="Rows">Rows seen.</param>
    /// <param name="Groups">Groups of two or more equal rows.</param>
    /// <param name="Duplicates">Rows removed.</param>
    public sealed record Found(long Rows, long Groups, long Duplicates);

    public override bool Cleans => true;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        for (var i = 0; i < options.DuplicateKeys.Count; i++)
        {
            problems.Column(input, $"duplicate_keys[{i}]", options.DuplicateKeys[i]);
        }

        return PlanSimilar(input, problems);
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) =>
        IsSimilar ? wanted.Where(input.Has).Union(Looked(input)).ToHashSet(StringComparer.Ordinal) : wanted;

    public override IReadOnlySet<string>? Observes(Schema input) => IsSimilar ? Looked(input).ToHashSet(StringComparer.Ordinal) :
        options.DuplicateKeys.Count == 0 || options.DuplicateKeep == DuplicateKeep.Best ? null : options.DuplicateKeys.ToHashSet(StringComparer.Ordinal);

    public override bool IsKeyed => true;

    public override RowKey[] Keys(Batch batch)
    {
        if (IsSimilar)
        {
            return SimilarKeys(batch);
        }

        if (options.DuplicateKeys.Count == 0)
        {
            return RowHash.Rows(batch.Columns, batch.Rows);
        }

        var keys = KeyColumns.Of(batch, options.DuplicateKeys);
        return options.DuplicateKeep == DuplicateKeep.Best ? WithMissing(keys, batch) : keys;
    }

    public override object? Decide(KeyedRows rows, Decisions decisions)
    {
        if (IsSimilar)
        {
            return DecideSimilar(rows, decisions);
        }

        // With Best, the last 16 bits of a key count the missing values, so that the best row of a group comes first.
        var ignored = options.DuplicateKeys.Count > 0 && options.DuplicateKeep == DuplicateKeep.Best ? 0xFFFFUL : 0;
        long groups = 0, duplicates = 0, inGroup = 0;
        RowKey group = default;
        foreach (var row in rows)
        {
            var key = row.Key with { Low = row.Key.Low & ~ignored };
            var ungrouped = row.Key == KeyColumns.None;
            inGroup = !ungrouped && inGroup > 0 && key == group ? inGroup + 1 : 1;
            group = key;
            if (ungrouped)
            {
                inGroup = 0;
            }
            else if (inGroup > 1)
            {
                groups += inGroup == 2 ? 1 : 0;
                duplicates++;
                decisions.Set(row.Batch, row.Row, Duplicate);
            }
        }

        return new Found(rows.Count, groups, duplicates);
    }

    public override byte[] Fit(State? state, object? decided) =>
        decided is InOrder order ? Fitted.Of(FitSimilar((RowTexts)state!, order)) : Fitted.Of((Found)decided!);

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var rule = verdicts.Rule(options.DuplicateKeys.Count == 0 ? "duplicate_row" : "duplicate_key", null, Severity.High, rejects: true);
        var decisions = fitted.Decisions;
        for (var row = 0; row < batch.Rows; row++)
        {
            if (decisions[row] == Duplicate)
            {
                verdicts.Fail(rule, row);
            }
        }

        return verdicts.Keep(IsSimilar ? ApplySimilar(batch, fitted.As<FoundSimilar>(), verdicts) : batch);
    }

    static RowKey[] WithMissing(RowKey[] keys, Batch batch)
    {
        var missing = new ushort[keys.Length];
        foreach (var column in batch.Columns)
        {
            foreach (var row in MissingCells.Rows(column))
            {
                missing[row] += (ushort)(missing[row] < ushort.MaxValue ? 1 : 0);
            }
        }

        for (var row = 0; row < keys.Length; row++)
        {
            if (keys[row] != KeyColumns.None)
            {
                keys[row] = keys[row] with { Low = (keys[row].Low & ~0xFFFFUL) | missing[row] };
            }
        }

        return keys;
    }
}
