using System.Buffers.Binary;
using System.Numerics;
using Sluice.Steps;
using Sluice.VectorSpace;

namespace Sluice.Runs;

/// <summary>
/// Row keys of one batch as a sorted run of 20-byte records (key, row), and the walk over all runs in key order.
/// </summary>
public static partial class KeyRuns
{
    internal const int RecordBytes = 20;
    const int FewRows = 24;

    /// <summary>Sorts and encodes the keys of a batch.</summary>
    /// <param name="keys">Key of each row.</param>
    /// <param name="rows">Numbers of the rows, ascending; null: 0, 1, 2…</param>
    public static byte[] Encode(RowKey[] keys, IReadOnlyList<int>? rows = null)
    {
        var order = Sorted(keys);
        if (rows is not null)
        {
            OrderTies(order, keys, rows);
        }

        var bytes = new byte[keys.Length * RecordBytes];
        for (var i = 0; i < order.Length; i++)
        {
            var row = order[i];
            Write(bytes.AsSpan(i * RecordBytes), keys[row], rows?[row] ?? row);
        }

        return bytes;
    }

    // Rows that stand for other numbers: equal keys are put in the order of those.
    static void OrderTies(int[] order, RowKey[] keys, IReadOnlyList<int> rows)
    {
        for (int from = 0, to; from < order.Length; from = to)
        {
            for (to = from + 1; to < order.Length && keys[order[to]] == keys[order[from]]; to++)
            {
            }

            order.AsSpan(from, to - from).Sort((left, right) => rows[left].CompareTo(rows[right]));
        }
    }

    /// <summary>
    /// Rows in order of (key, row). Keys are hashes: dealt out by their first bits into about as many buckets as there are keys, few meet in one.
    /// </summary>
    static int[] Sorted(RowKey[] keys)
    {
        var shift = 64 - Math.Clamp(BitOperations.Log2((uint)keys.Length | 1), 1, 16);
        var ends = new int[(1 << (64 - shift)) + 1];
        foreach (var key in keys)
        {
            ends[(int)(key.High >> shift) + 1]++;
        }

        for (var bucket = 1; bucket < ends.Length; bucket++)
        {
            ends[bucket] += ends[bucket - 1];
        }

        var starts = (int[])ends.Clone();
        var order = new int[keys.Length];
        for (var row = 0; row < keys.Length; row++)
        {
            order[starts[(int)(keys[row].High >> shift)]++] = row;
        }

        var byKey = Comparer<int>.Create((left, right) => keys[left] != keys[right] ? keys[left].CompareTo(keys[right]) : left.CompareTo(right));
        for (var bucket = 0; bucket < ends.Length - 1; bucket++)
        {
            var rows = order.AsSpan(ends[bucket], ends[bucket + 1] - ends[bucket]);
            if (rows.Length > FewRows)
            {
                rows.Sort(byKey);
            }
            else
            {
                Insert(rows, keys);
            }
        }

        return order;
    }

    // Rows come in ascending order, so those of equal keys stay in it.
    static void Insert(Span<int> rows, RowKey[] keys)
    {
        for (var i = 1; i < rows.Length; i++)
        {
            var row = rows[i];
            var key = keys[row];
            var at = i;
            for (; at > 0 && keys[rows[at - 1]] > key; at--)
            {
                rows[at] = rows[at - 1];
            }

            rows[at] = row;
        }
    }

    static void Write(Span<byte> record, RowKey key, int row)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(record, key.High);
        BinaryPrimitives.WriteUInt64LittleEndian(record[8..], key.Low);
        BinaryPrimitives.WriteInt32LittleEndian(record[16..], row);
    }

    /// <summary>All rows of the given run files (one a batch, by batch number) in key order.</summary>
    public static KeyedRows Open(IReadOnlyList<string> files, VectorRows? vectors = null, State? state = null, IReadOnlyList<string>? sideFiles = null) =>
        new SortedRuns(files) { Vectors = vectors, State = state, SideFiles = sideFiles ?? [] };
}
