using Sluice.Native;

namespace Sluice.Batches;

static partial class ParquetFile
{
    /// <summary>Reads a batch file, or only the columns named.</summary>
    /// <exception cref="DataException">It is not a batch file, is damaged, or lacks a column.</exception>
    public static Batch Read(DuckDb db, string file, IReadOnlySet<string>? columns = null, CancellationToken cancellation = default)
    {
        using var connection = db.Connect();
        var footer = ReadFooter(connection, file, cancellation);
        var whole = new Schema(footer.Fields);
        if (columns?.FirstOrDefault(name => !whole.Has(name)) is { } missing)
        {
            throw whole.Missing(missing);
        }

        var schema = columns is null ? whole : whole.Select(columns);
        if (schema.Count == 0)
        {
            return new Batch(schema, [], footer.Rows);
        }

        var names = PhysicalNames(whole);
        var wanted = string.Join(", ", schema.Select(field => DuckDbSql.Identifier(names[whole.IndexOf(field.Name)])));
        var sql = $"SELECT {wanted} FROM read_parquet({DuckDbSql.FileToRead(file)}, hive_partitioning = false)";
        return Ask(file, () =>
        {
            using var reader = connection.Query(sql, cancellation);
            var batch = Collect(reader, schema, footer.Rows, cancellation);
            return batch.Rows == footer.Rows
                ? batch
                : throw new DataException($"The batch file \"{file}\" is damaged: found {batch.Rows:N0} rows, expected {footer.Rows:N0}. Delete it and run the pipeline again.");
        });
    }

    /// <summary>All rows of a result whose columns have the types of the schema.</summary>
    internal static Batch Collect(DuckDbReader reader, Schema schema, int expectedRows, CancellationToken cancellation)
    {
        var collectors = schema.Select(field => Collector.For(field.Type, expectedRows)).ToArray();
        var rows = 0;
        while (reader.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            for (var column = 0; column < collectors.Length; column++)
            {
                collectors[column].Add(reader, column);
            }

            rows += reader.RowCount;
        }

        return new Batch(schema, collectors.Select(collector => collector.Finish()), rows);
    }

    /// <summary>A result chunk by chunk, each at most 2,048 rows.</summary>
    internal static IEnumerable<Batch> Chunks(DuckDbReader reader, Schema schema, CancellationToken cancellation)
    {
        while (reader.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            var columns = schema.Select((field, i) =>
            {
                var collector = Collector.For(field.Type, reader.RowCount);
                collector.Add(reader, i);
                return collector.Finish();
            });
            yield return new Batch(schema, columns, reader.RowCount);
        }
    }

    /// <summary>Grows one column chunk by chunk.</summary>
    abstract class Collector
    {
        ulong[]? validity;

        protected int Rows { get; private set; }

        public static Collector For(ColumnType type, int rows) => type switch
        {
            ColumnType.Text => new TextCollector(rows),
            ColumnType.Boolean => new ValueCollector<bool>(type, rows),
            ColumnType.Float64 => new ValueCollector<double>(type, rows),
            ColumnType.Date => new ValueCollector<int>(type, rows),
            _ => new ValueCollector<long>(type, rows),
        };

        public void Add(DuckDbReader reader, int column)
        {
            var bits = reader.Validity(column);
            Take(reader, column, bits);
            AddValidity(bits, reader.RowCount);
            Rows += reader.RowCount;
        }

        public abstract Column Finish();

        protected abstract void Take(DuckDbReader reader, int column, ReadOnlySpan<ulong> bits);

        protected ulong[]? Validity() => validity?.AsSpan(0, (Rows + 63) >> 6).ToArray();

        void AddValidity(ReadOnlySpan<ulong> bits, int count)
        {
            if (validity is null && AllPresent(bits, count))
            {
                return;
            }

            var words = (Rows + count + 63) >> 6;
            if (validity is null)
            {
                validity = new ulong[Math.Max(words, 64)];
                Fill(validity, 0, Rows);
            }

            if (words > validity.Length)
            {
                Array.Resize(ref validity, Math.Max(words, validity.Length * 2));
            }

            if (bits.IsEmpty)
            {
                Fill(validity, Rows, count);
            }
            else
            {
                Or(validity, Rows, bits, count);
            }
        }

        static bool AllPresent(ReadOnlySpan<ulong> bits, int count)
        {
            if (bits.IsEmpty || count == 0)
            {
                return true;
            }

            var last = (count - 1) >> 6;
            return !bits[..last].ContainsAnyExcept(ulong.MaxValue) && (bits[last] | ~Low(((count - 1) & 63) + 1)) == ulong.MaxValue;
        }

        static void Fill(ulong[] target, int from, int count)
        {
            for (var row = from; row < from + count;)
            {
                var run = Math.Min(64 - (row & 63), from + count - row);
                target[row >> 6] |= Low(run) << (row & 63);
                row += run;
            }
        }

        static void Or(ulong[] target, int from, ReadOnlySpan<ulong> bits, int count)
        {
            var shift = from & 63;
            for (var word = 0; word << 6 < count; word++)
            {
                var value = bits[word] & Low(Math.Min(64, count - (word << 6)));
                var at = (from >> 6) + word;
                target[at] |= value << shift;
                if (shift != 0 && value >> (64 - shift) is not 0 and var carried)
                {
                    target[at + 1] |= carried;
                }
            }
        }

        static ulong Low(int bits) => bits == 64 ? ulong.MaxValue : (1UL << bits) - 1;
    }

    sealed class ValueCollector<T>(ColumnType type, int rows) : Collector
        where T : unmanaged
    {
        T[] values = rows == 0 ? [] : GC.AllocateUninitializedArray<T>(rows);

        public override Column Finish() => new ValueColumn<T>(type, values, Validity(), Rows);

        protected override void Take(DuckDbReader reader, int column, ReadOnlySpan<ulong> bits)
        {
            var count = reader.RowCount;
            if (Rows + count > values.Length)
            {
                Array.Resize(ref values, Math.Max(Rows + count, values.Length * 2));
            }

            var target = values.AsSpan(Rows, count);
            reader.Values<T>(column).CopyTo(target);
            if (!bits.IsEmpty)
            {
                // What DuckDB leaves in the place of a null is undefined; equal columns must have equal bytes.
                for (var row = 0; row < count; row++)
                {
                    if (!DuckDbReader.IsValid(bits, row))
                    {
                        target[row] = default;
                    }
                }
            }
        }
    }

    sealed class TextCollector(int rows) : Collector
    {
        int[] offsets = new int[rows + 1];
        byte[] bytes = [];
        int used;

        public override Column Finish() => new TextColumn(bytes, offsets, Rows, Validity());

        protected override void Take(DuckDbReader reader, int column, ReadOnlySpan<ulong> bits)
        {
            var texts = reader.Values<DuckDbString>(column);
            if (Rows + texts.Length >= offsets.Length)
            {
                Array.Resize(ref offsets, Math.Max(Rows + texts.Length + 1, offsets.Length * 2));
            }

            long total = used;
            for (var row = 0; row < texts.Length; row++)
            {
                total += DuckDbReader.IsValid(bits, row) ? texts[row].Length : 0;
            }

            Reserve(total);
            for (var row = 0; row < texts.Length; row++)
            {
                if (DuckDbReader.IsValid(bits, row))
                {
                    ref readonly var text = ref texts[row];
                    text.Bytes.CopyTo(bytes.AsSpan(used));
                    used += text.Length;
                }

                offsets[Rows + row + 1] = used;
            }
        }

        void Reserve(long total)
        {
            if (total > Array.MaxLength)
            {
                throw new DataException($"A text column of one batch would hold {total:N0} bytes or more; the limit is {Array.MaxLength:N0}. Use smaller batches.");
            }

            if (total > bytes.Length)
            {
                // The first chunk tells how long the rest will be, about.
                var guess = used == 0 ? total * Math.Max(rows, 2048) / 2048 * 17 / 16 : bytes.Length * 2L;
                Array.Resize(ref bytes, (int)Math.Min(Array.MaxLength, Math.Max(total, Math.Min(guess, 1 << 30))));
            }
        }
    }
}
