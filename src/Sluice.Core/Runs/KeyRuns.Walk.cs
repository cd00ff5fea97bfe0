using System.Buffers.Binary;
using System.Numerics;
using Sluice.Steps;

namespace Sluice.Runs;

public static partial class KeyRuns
{
    /// <summary>Records between two samples of a run.</summary>
    const int Stride = 512;

    const int LeastPartRows = 1 << 16;

    /// <summary>
    /// The walk in parts: samples of all runs give borders between parts of about the same size, and while the caller looks at one part other cores read
    /// and sort the next ones. Memory is that of a few parts, whatever the number of rows.
    /// </summary>
    sealed class SortedRuns(IReadOnlyList<string> files) : KeyedRows
    {
        public override long Count { get; } = files.Sum(f => new FileInfo(f).Length / RecordBytes);

        public override IEnumerator<KeyedRow> GetEnumerator()
        {
            using var runs = new RunFiles(files);
            var borders = Borders(runs);
            var ahead = new Queue<Task<Part>>();
            var next = 0;
            try
            {
                while (true)
                {
                    for (; next <= borders.Count && ahead.Count <= Environment.ProcessorCount; next++)
                    {
                        var (from, to) = (next == 0 ? default(KeyedRow?) : borders[next - 1], next == borders.Count ? default(KeyedRow?) : borders[next]);
                        ahead.Enqueue(Task.Run(() => Part.Read(runs, from, to)));
                    }

                    if (ahead.Count == 0)
                    {
                        yield break;
                    }

                    using var part = ahead.Dequeue().GetAwaiter().GetResult();
                    for (var i = 0; i < part.Count; i++)
                    {
                        yield return part.Rows[i];
                    }
                }
            }
            finally
            {
                // A caller that has seen enough lets the others end before their files are closed.
                Task.WhenAll(ahead).ContinueWith(_ => { }, TaskScheduler.Default).Wait();
            }
        }

        /// <summary>First rows of all parts but the first.</summary>
        static List<KeyedRow> Borders(RunFiles runs)
        {
            var samples = new List<KeyedRow>();
            for (var run = 0; run < runs.Count; run++)
            {
                for (var at = Stride - 1; at < runs.RowsOf(run); at += Stride)
                {
                    samples.Add(runs.Row(run, at));
                }
            }

            samples.Sort(InOrder);

            // Of each run a part should hold more than what one read brings.
            var samplesPerPart = Math.Max(LeastPartRows, (long)runs.Count * Stride) / Stride;
            var borders = new List<KeyedRow>();
            for (var at = samplesPerPart; at < samples.Count; at += samplesPerPart)
            {
                borders.Add(samples[(int)at]);
            }

            return borders;
        }
    }

    static readonly Comparison<KeyedRow> InOrder = (left, right) =>
        left.Key != right.Key ? left.Key.CompareTo(right.Key) : left.Batch != right.Batch ? left.Batch.CompareTo(right.Batch) : left.Row.CompareTo(right.Row);

    /// <summary>The run files, read at any place by any thread.</summary>
    sealed class RunFiles : IDisposable
    {
        readonly List<Microsoft.Win32.SafeHandles.SafeFileHandle> files = [];

        public RunFiles(IReadOnlyList<string> paths)
        {
            try
            {
                foreach (var path in paths)
                {
                    files.Add(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete));
                }
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        public int Count => files.Count;

        public int RowsOf(int run) => (int)(RandomAccess.GetLength(files[run]) / RecordBytes);

        public KeyedRow Row(int run, int at)
        {
            Span<byte> record = stackalloc byte[RecordBytes];
            Read(run, at, record);
            return Decode(record, run);
        }

        /// <summary>Reads whole records from the given one on.</summary>
        public void Read(int run, int from, Span<byte> records)
        {
            for (int done = 0, read; done < records.Length; done += read)
            {
                read = RandomAccess.Read(files[run], records[done..], ((long)from * RecordBytes) + done);
                if (read == 0)
                {
                    throw new EndOfStreamException("A file of row keys ended before its length.");
                }
            }
        }

        /// <summary>Number of the first row of a run that does not come before <paramref name="row"/>.</summary>
        public int Find(int run, KeyedRow row)
        {
            var (low, high) = (0, RowsOf(run));
            while (low < high)
            {
                var middle = (int)(((uint)low + (uint)high) >> 1);
                if (InOrder(Row(run, middle), row) < 0)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle;
                }
            }

            return low;
        }

        public void Dispose() => files.ForEach(f => f.Dispose());
    }

    /// <summary>The rows between two borders, sorted.</summary>
    sealed class Part : IDisposable
    {
        Part(KeyedRow[] rows, int count) => (Rows, Count) = (rows, count);

        /// <summary>Rented: longer than <see cref="Count"/>.</summary>
        public KeyedRow[] Rows { get; }

        public int Count { get; }

        public static Part Read(RunFiles runs, KeyedRow? from, KeyedRow? to)
        {
            var slices = new (int From, int Count)[runs.Count];
            var (count, longest) = (0, 0);
            for (var run = 0; run < slices.Length; run++)
            {
                var start = from is { } first ? runs.Find(run, first) : 0;
                var rows = (to is { } end ? runs.Find(run, end) : runs.RowsOf(run)) - start;
                slices[run] = (start, rows);
                (count, longest) = (count + rows, Math.Max(longest, rows));
            }

            var unsorted = LargeArrays<KeyedRow>.Pool.Rent(count);
            var bytes = LargeArrays<byte>.Pool.Rent(longest * RecordBytes);
            var filled = 0;
            for (var run = 0; run < slices.Length; run++)
            {
                var records = bytes.AsSpan(0, slices[run].Count * RecordBytes);
                runs.Read(run, slices[run].From, records);
                for (; records.Length > 0; records = records[RecordBytes..])
                {
                    unsorted[filled++] = Decode(records, run);
                }
            }

            var sorted = LargeArrays<KeyedRow>.Pool.Rent(count);
            Sort(unsorted.AsSpan(0, count), sorted.AsSpan(0, count));
            LargeArrays<byte>.Pool.Return(bytes);
            LargeArrays<KeyedRow>.Pool.Return(unsorted);
            return new Part(sorted, count);
        }

        /// <summary>Keys are mostly hashes: dealt out evenly between the least and the greatest into as many buckets as there are rows, few meet in one.</summary>
        static void Sort(ReadOnlySpan<KeyedRow> rows, Span<KeyedRow> sorted)
        {
            var (least, greatest) = (ulong.MaxValue, 0UL);
            foreach (var row in rows)
            {
                (least, greatest) = (Math.Min(least, row.Key.High), Math.Max(greatest, row.Key.High));
            }

            var spread = rows.Length == 0 ? 0 : greatest - least;
            var shift = Math.Max(0, 64 - BitOperations.LeadingZeroCount(spread) - BitOperations.Log2((uint)rows.Length | 1));
            var buckets = (int)(spread >> shift) + 1;
            var ends = LargeArrays<int>.Pool.Rent(buckets);
            Array.Clear(ends, 0, buckets);
            foreach (var row in rows)
            {
                ends[(row.Key.High - least) >> shift]++;
            }

            for (int bucket = 0, start = 0; bucket < buckets; bucket++)
            {
                (ends[bucket], start) = (start, start + ends[bucket]);
            }

            foreach (var row in rows)
            {
                sorted[ends[(row.Key.High - least) >> shift]++] = row;
            }

            for (int bucket = 0, start = 0; bucket < buckets; start = ends[bucket++])
            {
                SortBucket(sorted[start..ends[bucket]]);
            }

            LargeArrays<int>.Pool.Return(ends);
        }

        // Rows come by batch and row, so those of equal keys stay in that order.
        static void SortBucket(Span<KeyedRow> rows)
        {
            if (rows.Length > FewRows)
            {
                rows.Sort(InOrder);
                return;
            }

            for (var i = 1; i < rows.Length; i++)
            {
                var row = rows[i];
                var at = i;
                for (; at > 0 && rows[at - 1].Key > row.Key; at--)
                {
                    rows[at] = rows[at - 1];
                }

                rows[at] = row;
            }
        }

        public void Dispose() => LargeArrays<KeyedRow>.Pool.Return(Rows);
    }

    static KeyedRow Decode(ReadOnlySpan<byte> record, int batch) => new(
        new RowKey(BinaryPrimitives.ReadUInt64LittleEndian(record), BinaryPrimitives.ReadUInt64LittleEndian(record[8..])),
        batch,
        BinaryPrimitives.ReadInt32LittleEndian(record[16..]));
}
