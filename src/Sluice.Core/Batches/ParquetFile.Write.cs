using System.Runtime.ExceptionServices;
using System.Text.Json;
using Sluice.Native;

namespace Sluice.Batches;

static partial class ParquetFile
{
    /// <summary>Writes a batch, in the order of its rows. <see cref="Batch.Origin"/> is of the run, not of the data, and is not written.</summary>
    /// <exception cref="DataException">The batch has no columns, or text that is not UTF-8.</exception>
    /// <exception cref="DuckDbException">The file cannot be written.</exception>
    public static void Write(
        DuckDb db, Batch batch, string file, ParquetCompression compression = ParquetCompression.Zstd, CancellationToken cancellation = default)
    {
        Writable.CheckSchema(batch.Schema, file);
        Writable.CheckText(batch);
        using var connection = db.Connect();
        var footer = JsonSerializer.Serialize(new Footer(Footer.Current, batch.Rows, [.. batch.Schema]));
        var more = $", KV_METADATA {{{DuckDbSql.Literal(SchemaKey)}: {DuckDbSql.Literal(footer)}}}";
        var doubles = new DoubleBits(batch.Schema);
        doubles.Add(batch);
        using var rows = new BatchScan(batch, cancellation);
        try
        {
            CopyTo(connection, rows.Sql, batch.Schema, file, compression, more + doubles.CopyOption, cancellation);
        }
        catch (DuckDbException) when (rows.Failure is { } cause)
        {
            ExceptionDispatchInfo.Throw(cause);
        }
    }

    internal const string Table = "batch";

    /// <summary>A table for rows of the schema, the connection's own. Columns go by position: SQL compares their names without case.</summary>
    internal static void CreateTable(DuckDbConnection connection, Schema schema) =>
        connection.Execute($"CREATE TEMP TABLE {Table} ({string.Join(", ", schema.Select((field, i) => $"c{i} {SqlType(field.Type)}"))})");

    /// <summary>Writes the rows of a table or scan, in order, in row groups whose borders depend on nothing but the row number.</summary>
    internal static void CopyTo(
        DuckDbConnection connection, string from, Schema schema, string file, ParquetCompression compression, string more, CancellationToken cancellation)
    {
        var columns = string.Join(", ", PhysicalNames(schema).Select((name, i) => $"c{i} AS {DuckDbSql.Identifier(name)}"));
        var codec = compression switch
        {
            ParquetCompression.Zstd => "zstd, COMPRESSION_LEVEL 1",
            ParquetCompression.Snappy => "snappy",
            ParquetCompression.None => "uncompressed",
            _ => throw new ArgumentOutOfRangeException(nameof(compression), compression, "Unknown compression."),
        };

        // Callers write to a temporary name already; DuckDB's own would stay behind when the disk is full.
        connection.Execute(
            $"COPY (SELECT {columns} FROM {from}) TO {DuckDbSql.Literal(file)} (FORMAT parquet, USE_TMP_FILE false, ROW_GROUP_SIZE {RowGroupRows}, COMPRESSION {codec}{more})",
            cancellation);
    }

    internal static void Append(DuckDbAppender appender, Batch batch, CancellationToken cancellation)
    {
        Writable.CheckText(batch);
        for (var from = 0; from < batch.Rows; from += DuckDbAppender.MaxRows)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Math.Min(DuckDbAppender.MaxRows, batch.Rows - from);
            for (var column = 0; column < batch.Schema.Count; column++)
            {
                Fill(appender, column, batch[column], from, count);
            }

            appender.Append(count);
        }
    }

    static void Fill(DuckDbAppender appender, int at, Column column, int from, int count)
    {
        CopyValues(appender, at, column, from, count);
        if (column is TextColumn text)
        {
            for (var row = 0; row < count; row++)
            {
                appender.SetText(at, row, text[from + row]);
            }
        }
    }

    /// <summary>Validity, and values but texts.</summary>
    static void CopyValues<TChunk>(TChunk chunk, int at, Column column, int from, int count)
        where TChunk : IDuckDbChunk, allows ref struct
    {
        if (column.Validity is { } bits)
        {
            // Chunks start at multiples of 2,048, so their validity words are the column's own.
            bits.AsSpan(from >> 6, (count + 63) >> 6).CopyTo(chunk.Validity(at));
        }

        switch (column)
        {
            case ValueColumn<bool> flags:
                flags.Values.Slice(from, count).CopyTo(chunk.Values<bool>(at));
                break;
            case ValueColumn<int> dates:
                dates.Values.Slice(from, count).CopyTo(chunk.Values<int>(at));
                break;
            case ValueColumn<long> integers:
                integers.Values.Slice(from, count).CopyTo(chunk.Values<long>(at));
                break;
            case ValueColumn<double> numbers:
                numbers.Values.Slice(from, count).CopyTo(chunk.Values<double>(at));
                break;
            case not TextColumn:
                throw new ArgumentException($"Unknown column kind {column.GetType().Name}.", nameof(column));
        }
    }
}
