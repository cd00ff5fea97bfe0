using System.Buffers;
using Sluice.Native;

namespace Sluice.Batches;

static partial class ParquetFile
{
    /// <summary>A batch as rows of a query. Texts stay where they are: they are pinned until the query is over.</summary>
    sealed unsafe class BatchScan(Batch batch, CancellationToken cancellation) : DuckDbScan(batch.Schema.Select(field => DuckDbTypeOf(field.Type)))
    {
        readonly MemoryHandle[] pins = [.. batch.Columns.Select(column => column is TextColumn text ? text.Memory.Pin() : default)];
        int at;

        public override void Dispose()
        {
            base.Dispose();
            foreach (var pin in pins)
            {
                pin.Dispose();
            }
        }

        protected override int Fill(Chunk chunk)
        {
            cancellation.ThrowIfCancellationRequested();
            var (from, count) = (at, Math.Min(DuckDbLibrary.ChunkRows, batch.Rows - at));
            for (var column = 0; column < batch.Schema.Count && count > 0; column++)
            {
                CopyValues(chunk, column, batch[column], from, count);
                if (batch[column] is TextColumn text)
                {
                    Point(text, (byte*)pins[column].Pointer, from, chunk.Values<DuckDbString>(column)[..count]);
                }
            }

            at += count;
            return count;
        }

        static void Point(TextColumn text, byte* bytes, int from, Span<DuckDbString> strings)
        {
            var offsets = text.Offsets.Slice(from, strings.Length + 1);
            for (var row = 0; row < strings.Length; row++)
            {
                strings[row] = DuckDbString.At(bytes + offsets[row], offsets[row + 1] - offsets[row]);
            }
        }
    }
}
