using Sluice.Steps;

namespace Sluice.Splits;

/// <summary>Walks all rows in key order and counts which sets the rows of each key are in.</summary>
sealed class LeakCheck
{
    readonly long[] rowsOfSet;

    public LeakCheck(KeyedRows rows, Decisions decisions, int sets)
    {
        rowsOfSet = new long[sets];
        var batches = new List<byte[]?>();
        RowKey key = default;
        byte first = 0;
        var crosses = false;
        foreach (var row in rows)
        {
            while (batches.Count <= row.Batch)
            {
                batches.Add(null);
            }

            var decision = (batches[row.Batch] ??= decisions.Of(row.Batch))[row.Row];
            if (Keys == 0 || row.Key != key)
            {
                Keys++;
                (key, first, crosses) = (row.Key, decision, false);
            }
            else if (decision != first && !crosses)
            {
                Crossing++;
                crosses = true;
            }

            if (decision == 0 || decision > sets)
            {
                Unplaced++;
            }
            else
            {
                rowsOfSet[decision - 1]++;
            }
        }
    }

    public long Keys { get; private set; }

    /// <summary>Keys with rows in more than one set.</summary>
    public long Crossing { get; private set; }

    /// <summary>Rows in no set.</summary>
    public long Unplaced { get; private set; }

    public IReadOnlyList<long> Rows => rowsOfSet;
}
