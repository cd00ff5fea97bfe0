using Sluice.Steps;

namespace Sluice.Matching;

/// <summary>The first row of each key, in the order of the input.</summary>
/// <param name="Rows">Rows with a key.</param>
/// <param name="Repeated">Rows whose key an earlier row has.</param>
/// <param name="Judged">Rows with a key, first or not.</param>
sealed record FirstRows(IReadOnlyList<KeyedRow> Rows, long Repeated, long Judged)
{
    /// <param name="rows">All rows in key order.</param>
    /// <param name="limit">Most different rows to keep; of more, none are.</param>
    /// <param name="repeated">Gets each row whose key an earlier row has.</param>
    public static FirstRows Of(KeyedRows rows, int limit, Action<KeyedRow> repeated)
    {
        var first = new List<KeyedRow>();
        var (count, judged, isFull) = (0L, 0L, false);
        RowKey? before = null;
        foreach (var row in rows)
        {
            if (row.Key == RowTexts.NoKey)
            {
                continue;
            }

            judged++;
            if (row.Key == before)
            {
                count++;
                repeated(row);
            }
            else if (!isFull)
            {
                first.Add(row);
                isFull = first.Count > limit;
            }

            before = row.Key;
        }

        return new FirstRows(isFull ? [] : [.. first.OrderBy(r => r.Batch).ThenBy(r => r.Row)], count, judged);
    }
}
