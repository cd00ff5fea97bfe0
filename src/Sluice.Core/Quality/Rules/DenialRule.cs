using Sluice.Cleaning;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>
/// A denial constraint over pairs of rows: not (alike in <c>columns</c> and different in <c>column</c>). Counted in pairs, of the pairs that are alike in
/// <c>columns</c> (Chu, Ilyas and Papotti 2013). Evidence is one row each: those that differ from the value that more than half of their group has, or the whole group
/// where there is none. Rows that lack one of the values are not judged. Keys are 64 bits for the group and 64 for the value, so that a group's rows come
/// together, value by value: two of a million groups meet by chance once in 37 million runs.
/// </summary>
sealed class DenialRule(BusinessRule rule) : RuleCheck(rule)
{
    protected override string Reason => "conflicting_value";

    public override bool IsKeyed => true;

    public override RowKey[] Keys(Batch batch, ulong family)
    {
        if (!Columns.All(batch.Schema.Has))
        {
            return new RowKey[batch.Rows];
        }

        var groups = KeyColumns.Of(batch, [.. Rule.Columns!], family);
        var values = KeyColumns.Of(batch, [Rule.Column!], family);
        for (var row = 0; row < groups.Length; row++)
        {
            groups[row] = groups[row] == KeyColumns.None || values[row] == KeyColumns.None ? KeyColumns.None : new RowKey(groups[row].High, values[row].High);
        }

        return groups;
    }

    public override object Decide(KeyedRows rows, Action<KeyedRow> mark)
    {
        // Two walks instead of a buffer: a group may have as many rows as there are.
        var pairs = new Pairs();
        foreach (var row in rows)
        {
            if (row.Key != KeyColumns.None)
            {
                pairs.Add(row.Key);
            }
        }

        pairs.EndGroup();
        var at = 0;
        foreach (var row in rows)
        {
            while (at < pairs.Conflicts.Count && pairs.Conflicts[at].Group < row.Key.High)
            {
                at++;
            }

            if (at < pairs.Conflicts.Count && pairs.Conflicts[at] is var (group, value) && group == row.Key.High && row.Key != KeyColumns.None && row.Key.Low != value)
            {
                mark(row);
            }
        }

        return pairs;
    }

    public override CheckFit Fit(Seen seen) => seen.Decided is Pairs found ? Result(found.Different, found.Alike, "pairs") : Result(0, 0, "pairs");

    public override void Apply(Judged judged) => judged.FailMarked(Reason, Rule.Column, Severity, judged.Rejects);

    /// <summary>Counts pairs while keys go by in order.</summary>
    sealed class Pairs
    {
        RowKey current;
        long rows, same, most;
        long ofValue;
        ulong mostFrequent;

        /// <summary>Pairs that are alike in the columns.</summary>
        public long Alike { get; private set; }

        /// <summary>Those of them with different values.</summary>
        public long Different { get; private set; }

        /// <summary>Groups with different values, in order; the value that more than half of the group has, or null.</summary>
        public List<(ulong Group, ulong? Value)> Conflicts { get; } = [];

        public void Add(RowKey key)
        {
            if (rows > 0 && key.High != current.High)
            {
                EndGroup();
            }
            else if (rows > 0 && key.Low != current.Low)
            {
                EndValue();
            }

            current = key;
            rows++;
            ofValue++;
        }

        public void EndGroup()
        {
            EndValue();
            var alike = rows * (rows - 1) / 2;
            Alike += alike;
            Different += alike - same;
            if (alike > same)
            {
                Conflicts.Add((current.High, most * 2 > rows ? mostFrequent : null));
            }

            (rows, same, most) = (0, 0, 0);
        }

        void EndValue()
        {
            same += ofValue * (ofValue - 1) / 2;
            (most, mostFrequent) = ofValue > most ? (ofValue, current.Low) : (most, mostFrequent);
            ofValue = 0;
        }
    }
}
