using Sluice.Steps;

namespace Sluice.Cleaning;

/// <summary>Which row of several equal ones stays.</summary>
public enum DuplicateKeep
{
    /// <summary>The first in the order of the input.</summary>
    First,

    /// <summary>The one with the fewest missing values; of several such, the first.</summary>
    Best,
}

/// <summary>
/// Removes rows that are equal to another in all columns, or in <c>duplicate_keys</c>. Missing equals missing when whole rows are compared;
/// a row with a missing key is never a duplicate, for nobody knows what it would equal.
/// </summary>
[Step("remove_duplicates", Aliases = ["deduplicate"])]
public sealed class RemoveDuplicates(RemoveDuplicates.Options options) : Step
{
    const byte Duplicate = 1;

    public sealed record Options
    {
        /// <summary>Columns that make rows equal. Default: all columns.</summary>
        public IReadOnlyList<string> DuplicateKeys { get; init; } = [];

        /// <summary>Which row of several equal ones stays: <c>first</c>, or <c>best</c> for the one with the fewest missing values. Default: first.</summary>
        public DuplicateKeep DuplicateKeep { get; init; } = DuplicateKeep.First;
    }

    /// <summary>What was found, as fitted.</summary>
    /// <param name="Rows">Rows seen.</param>
    /// <param name="Groups">Groups of two or more equal rows.</param>
    /// <param name="Duplicates">Rows removed.</param>
    public sealed record Found(long Rows, long Groups, long Duplicates);

    public override Schema Plan(Schema input, StepProblems problems)
    {
        for (var i = 0; i < options.DuplicateKeys.Count; i++)
        {
            problems.Column(input, $"duplicate_keys[{i}]", options.DuplicateKeys[i]);
        }

        return input;
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => wanted;

    public override IReadOnlySet<string>? Observes(Schema input) =>
        options.DuplicateKeys.Count == 0 || options.DuplicateKeep == DuplicateKeep.Best ? null : options.DuplicateKeys.ToHashSet(StringComparer.Ordinal);

    public override bool IsKeyed => true;

    public override RowKey[] Keys(Batch batch)
    {
        if (options.DuplicateKeys.Count == 0)
        {
            return RowHash.Rows(batch.Columns, batch.Rows);
        }

        var keys = KeyColumns.Of(batch, options.DuplicateKeys);
        return options.DuplicateKeep == DuplicateKeep.Best ? WithMissing(keys, batch) : keys;
    }

    public override object? Decide(KeyedRows rows, Decisions decisions)
    {
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

    public override byte[] Fit(State? state, object? decided) => Fitted.Of((Found)decided!);

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

        return verdicts.Keep(batch);
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
