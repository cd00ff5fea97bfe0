using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Numerics;
using Sluice.Steps;

namespace Sluice.Runs;

/// <summary>
/// Row keys of one batch as a sorted run of 20-byte records (key, row), and the walk over all runs in key order. Memory is one small
/// buffer a batch, whatever the number of rows.
/// </summary>
public static class KeyRuns
{
    const int RecordBytes = 20, FewRows = 24, BlockRows = 2_048, BlocksAhead = 16;

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
    public static KeyedRows Open(IReadOnlyList<string> files) => new MergedRuns(files);

    sealed class MergedRuns(IReadOnlyList<string> files) : KeyedRows
    {
        public override long Count { get; } = files.Sum(f => new FileInfo(f).Length / RecordBytes);

        public override IEnumerator<KeyedRow> GetEnumerator()
        {
            // Another core merges while the caller decides. Few blocks ahead are enough, and bound what waits.
            using var stop = new CancellationTokenSource();
            using var blocks = new BlockingCollection<ArraySegment<KeyedRow>>(BlocksAhead);
            var merging = Task.Run(() => Merge(blocks, stop.Token));
            try
            {
                foreach (var block in blocks.GetConsumingEnumerable())
                {
                    foreach (var row in block)
                    {
                        yield return row;
                    }

                    ArrayPool<KeyedRow>.Shared.Return(block.Array!);
                }

                merging.GetAwaiter().GetResult();
            }
            finally
            {
                // A caller that has seen enough lets the other side stop before its files are closed.
                stop.Cancel();
                ((IAsyncResult)merging).AsyncWaitHandle.WaitOne();
            }
        }

        void Merge(BlockingCollection<ArraySegment<KeyedRow>> blocks, CancellationToken stop)
        {
            var cursors = files.Select((file, batch) => new Cursor(file, batch)).ToArray();
            try
            {
                var least = new LoserTree(cursors);
                while (least.Winner is not null)
                {
                    var rows = ArrayPool<KeyedRow>.Shared.Rent(BlockRows);
                    var filled = 0;
                    for (; filled < BlockRows && least.Winner is { } cursor; filled++)
                    {
                        rows[filled] = cursor.Current;
                        least.MoveNext();
                    }

                    blocks.Add(new ArraySegment<KeyedRow>(rows, 0, filled), stop);
                }
            }
            finally
            {
                blocks.CompleteAdding();
                foreach (var cursor in cursors)
                {
                    cursor.Dispose();
                }
            }
        }
    }

    /// <summary>
    /// Merges sorted runs with one comparison a level: each inner node holds the loser of its match, so that a row that is taken is
    /// replaced along one path (Knuth, The Art of Computer Programming 3, 5.4.1).
    /// </summary>
    sealed class LoserTree
    {
        readonly Cursor[] cursors;
        readonly int[] losers;
        int winner;

        public LoserTree(Cursor[] cursors)
        {
            this.cursors = cursors;
            losers = new int[Math.Max(1, cursors.Length)];
            foreach (var cursor in cursors)
            {
                cursor.MoveNext();
            }

            winner = cursors.Length == 0 ? -1 : cursors.Length == 1 ? 0 : Play(1);
        }

        /// <summary>The run whose next row is first; null at the end.</summary>
        public Cursor? Winner => winner >= 0 && !cursors[winner].AtEnd ? cursors[winner] : null;

        public void MoveNext()
        {
            cursors[winner].MoveNext();
            for (var node = (winner + cursors.Length) >> 1; node > 0; node >>= 1)
            {
                if (Precedes(losers[node], winner))
                {
                    (losers[node], winner) = (winner, losers[node]);
                }
            }
        }

        // Leaves are the nodes from cursors.Length on.
        int Play(int node)
        {
            if (node >= cursors.Length)
            {
                return node - cursors.Length;
            }

            var (left, right) = (Play(2 * node), Play((2 * node) + 1));
            var leftWins = Precedes(left, right);
            losers[node] = leftWins ? right : left;
            return leftWins ? left : right;
        }

        // Equal keys go by batch, and within one by the row, in which order they lie there.
        bool Precedes(int left, int right)
        {
            var (one, other) = (cursors[left], cursors[right]);
            if (one.AtEnd || other.AtEnd)
            {
                return !one.AtEnd;
            }

            return one.High != other.High ? one.High < other.High
                : one.Low != other.Low ? one.Low < other.Low
                : left < right;
        }
    }

    sealed class Cursor(string file, int batch) : IDisposable
    {
        readonly FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        readonly byte[] buffer = new byte[RecordBytes * 3_200];
        int at, filled, row;

        public ulong High { get; private set; }

        public ulong Low { get; private set; }

        public bool AtEnd { get; private set; }

        public KeyedRow Current => new(new RowKey(High, Low), batch, row);

        public void MoveNext()
        {
            if (at == filled)
            {
                filled = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
                at = 0;
                if (filled == 0)
                {
                    AtEnd = true;
                    return;
                }
            }

            var record = buffer.AsSpan(at, RecordBytes);
            High = BinaryPrimitives.ReadUInt64LittleEndian(record);
            Low = BinaryPrimitives.ReadUInt64LittleEndian(record[8..]);
            row = BinaryPrimitives.ReadInt32LittleEndian(record[16..]);
            at += RecordBytes;
        }

        public void Dispose() => stream.Dispose();
    }
}
