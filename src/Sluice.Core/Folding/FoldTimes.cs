using System.Globalization;
using System.Text;
using Sluice.Splits;
using Sluice.Steps;

namespace Sluice.Folding;

/// <summary>First and last time of each fold, as sort keys (<see cref="TimeKeys"/>).</summary>
/// <param name="First">The oldest row's.</param>
/// <param name="Last">The newest row's.</param>
sealed record FoldTimes(IReadOnlyList<ulong> First, IReadOnlyList<ulong> Last)
{
    const double MicrosecondsPerDay = 86_400_000_000;

    public static FoldTimes Of(KeyedRows rows, Decisions decisions, int folds)
    {
        var (first, last) = (new ulong[folds], new ulong[folds]);
        var seen = new bool[folds];
        var batches = new Dictionary<int, byte[]>();
        foreach (var row in rows)
        {
            if (!batches.TryGetValue(row.Batch, out var decided))
            {
                batches.Add(row.Batch, decided = decisions.Of(row.Batch));
            }

            var fold = decided[row.Row] - 1;
            first[fold] = seen[fold] ? first[fold] : row.Key.High;
            (last[fold], seen[fold]) = (row.Key.High, true);
        }

        return new FoldTimes(first, last);
    }

    /// <summary>For each row the folds, other than its own, whose test it is too near to be trained on: <c>2 3</c>; missing where there is none.</summary>
    public TextColumn Purged(Column times, long[] folds, double purge, double embargo)
    {
        var keys = TimeKeys.Of("", times);
        var builder = new TextBuilder(folds.Length);
        for (var row = 0; row < folds.Length; row++)
        {
            var time = Value(keys[row].High, times.Type);
            var near = Enumerable.Range(0, First.Count).Where(fold => fold != folds[row] - 1
                && time >= Value(First[fold], times.Type) - purge && time <= Value(Last[fold], times.Type) + purge + embargo);
            var words = string.Join(' ', near.Select(fold => (fold + 1).ToString(CultureInfo.InvariantCulture)));
            if (words.Length == 0)
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(Encoding.UTF8.GetBytes(words));
            }
        }

        return builder.Build();
    }

    static double Value(ulong key, ColumnType type)
    {
        var sortable = (long)(key ^ (1UL << 63));
        return type switch
        {
            ColumnType.Float64 => BitConverter.Int64BitsToDouble(sortable < 0 ? sortable ^ long.MaxValue : sortable),
            ColumnType.Timestamp => sortable / MicrosecondsPerDay,
            _ => sortable,
        };
    }
}
