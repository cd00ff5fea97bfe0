using System.Buffers.Binary;
using Sluice.Steps;

namespace Sluice.Runs;

/// <summary>
/// Row keys of one batch as a sorted run of 20-byte records (key, row), and the walk over all runs in key order. Memory is one small
/// buffer a batch, whatever the number of rows.
/// </summary>
public static class KeyRuns
{
    const int RecordBytes = 20;

    /// <summary>Sorts and encodes the keys of a batch.</summary>
    public static byte[] Encode(RowKey[] keys, IReadOnlyList<int>? rows = null)
    {
        var sorted = (RowKey[])keys.Clone();
        var order = new int[keys.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = rows?[i] ?? i;
        }

        Array.Sort(sorted, order);
        var bytes = new byte[keys.Length * RecordBytes];
        for (var i = 0; i < sorted.Length; i++)
        {
            // Array.Sort is not stable: rows of equal keys are put in order here, so that equal keys give equal bytes.
            var end = i + 1;
            while (end < sorted.Length && sorted[end] == sorted[i])
            {
                end++;
            }

            Array.Sort(order, i, end - i);
            for (; i < end; i++)
            {
                Write(bytes.AsSpan(i * RecordBytes), sorted[i], order[i]);
            }

            i--;
        }

        return bytes;
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
            var cursors = files.Select((file, batch) => new Cursor(file, batch)).ToArray();
            try
            {
                var heap = new PriorityQueue<Cursor, KeyedRow>(cursors.Length, Order.Instance);
                foreach (var cursor in cursors)
                {
                    if (cursor.MoveNext())
                    {
                        heap.Enqueue(cursor, cursor.Current);
                    }
                }

                while (heap.TryPeek(out var least, out var row))
                {
                    yield return row;
                    if (least.MoveNext())
                    {
                        heap.DequeueEnqueue(least, least.Current);
                    }
                    else
                    {
                        heap.Dequeue();
                    }
                }
            }
            finally
            {
                foreach (var cursor in cursors)
                {
                    cursor.Dispose();
                }
            }
        }
    }

    sealed class Order : IComparer<KeyedRow>
    {
        public static Order Instance { get; } = new();

        public int Compare(KeyedRow left, KeyedRow right) =>
            left.Key != right.Key ? left.Key.CompareTo(right.Key)
            : left.Batch != right.Batch ? left.Batch.CompareTo(right.Batch)
            : left.Row.CompareTo(right.Row);
    }

    sealed class Cursor(string file, int batch) : IDisposable
    {
        readonly FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        readonly byte[] buffer = new byte[RecordBytes * 3_200];
        int at, filled;

        public KeyedRow Current { get; private set; }

        public bool MoveNext()
        {
            if (at == filled)
            {
                filled = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
                at = 0;
                if (filled == 0)
                {
                    return false;
                }
            }

            var record = buffer.AsSpan(at, RecordBytes);
            Current = new KeyedRow(
                new RowKey(BinaryPrimitives.ReadUInt64LittleEndian(record), BinaryPrimitives.ReadUInt64LittleEndian(record[8..])),
                batch,
                BinaryPrimitives.ReadInt32LittleEndian(record[16..]));
            at += RecordBytes;
            return true;
        }

        public void Dispose() => stream.Dispose();
    }
}
