using Sluice.Steps;

namespace Sluice.Splits;

/// <summary>Rows of equal keys, which must be placed together. They lie side by side in key order.</summary>
static class Ties
{
    /// <summary>Rows of one tie that are held in memory while it is counted.</summary>
    public const int MaxHeld = 4_096;

    /// <summary>Each key with its number of rows, in key order.</summary>
    public static IEnumerable<(RowKey Key, long Rows)> Of(KeyedRows rows)
    {
        RowKey key = default;
        long count = 0;
        foreach (var row in rows)
        {
            if (count > 0 && row.Key != key)
            {
                yield return (key, count);
                count = 0;
            }

            key = row.Key;
            count++;
        }

        if (count > 0)
        {
            yield return (key, count);
        }
    }

    /// <summary>Walks the ties in key order and gives each the set that <paramref name="place"/> finds from its key and number of rows.</summary>
    public static void Place(KeyedRows rows, Decisions decisions, Func<RowKey, long, int> place)
    {
        var held = new KeyedRow[MaxHeld];
        using var ahead = rows.GetEnumerator();
        using var behind = new SecondWalk(rows);
        long before = 0;
        for (var more = ahead.MoveNext(); more;)
        {
            var key = ahead.Current.Key;
            long size = 0;
            do
            {
                if (size < MaxHeld)
                {
                    held[size] = ahead.Current;
                }

                size++;
                more = ahead.MoveNext();
            }
            while (more && ahead.Current.Key == key);

            var decision = Decision(place(key, size));
            if (size <= MaxHeld)
            {
                foreach (ref readonly var row in held.AsSpan(0, (int)size))
                {
                    decisions.Set(row.Batch, row.Row, decision);
                }
            }
            else
            {
                // A tie can be most of the dataset: its rows are read again rather than held.
                behind.Set(decisions, before, size, decision);
            }

            before += size;
        }
    }

    /// <summary>Decision byte of a set; 0 stays free for rows that nobody placed.</summary>
    public static byte Decision(int set) => checked((byte)(set + 1));

    /// <summary>A walk that follows the first one, only as far as it is needed: all long ties together cost one more walk.</summary>
    sealed class SecondWalk(KeyedRows rows) : IDisposable
    {
        IEnumerator<KeyedRow>? walk;
        long at;

        public void Set(Decisions decisions, long from, long size, byte decision)
        {
            walk ??= rows.GetEnumerator();
            for (; at < from + size && walk.MoveNext(); at++)
            {
                if (at >= from)
                {
                    decisions.Set(walk.Current.Batch, walk.Current.Row, decision);
                }
            }
        }

        public void Dispose() => walk?.Dispose();
    }
}
