using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sluice.Native;

namespace Sluice.Connectors;

public sealed partial class ParquetSource
{
    List<Shard> Cut(InputFile file, string path, string sha256, ShardCut cut, CancellationToken cancellation)
    {
        if (file.Bytes == 0)
        {
            throw new SourceException($"The Parquet file \"{file.Path}\" is empty: found 0 bytes, expected a Parquet file. Write it again, or leave it out.");
        }

        ParquetRepair.Check(path, file.Path);
        using var db = ParquetFile.NewDb();
        using var connection = db.Connect();
        var columns = Wanted(connection, file.Path, path, null, cancellation);
        if (columns.Count > cut.MaxColumns)
        {
            throw new SourceException($"The Parquet file \"{file.Path}\" has {columns.Count:N0} columns; the limit is {cut.MaxColumns:N0}. Name the ones to read in the option columns.");
        }

        var (rows, bytes) = Size(connection, path, cancellation);
        if (options.Columns.Count == 0 && rows > 0 && bytes / rows > cut.MaxRecordBytes)
        {
            throw new SourceException($"The Parquet file \"{file.Path}\" has records of {bytes / rows:N0} bytes on average; {Limit(cut)}");
        }

        var asText = AsText(connection, path, columns, cancellation);
        var whole = new Range(0, int.MaxValue, asText, columns.TrueForAll(column => column.Name != RowNumber) && !HasColumn(connection, path, RowNumber, cancellation));
        var ends = rows <= cut.MaxRecords && bytes <= cut.TargetBytes ? [rows] : Borders(connection, file.Path, path, columns, whole, cut, cancellation);
        var shards = new List<Shard>();
        var from = 0L;
        foreach (var end in ends)
        {
            var detail = JsonSerializer.Serialize(whole with { From = from, Rows = (int)(end - from) });
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{sha256} {detail} {string.Join('\n', options.Columns)}")));
            shards.Add(new Shard(file.Path, 0, file.Bytes, hash, from + 1, (int)(end - from), detail));
            from = end;
        }

        return shards;
    }

    /// <summary>Rows, and bytes before compression, from the footer.</summary>
    static (long Rows, long Bytes) Size(DuckDbConnection connection, string path, CancellationToken cancellation)
    {
        var file = DuckDbSql.FileToRead(path);
        using var reader = connection.Query(
            $"""
            SELECT (SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata({file})),
                   (SELECT coalesce(sum(total_uncompressed_size), 0)::BIGINT FROM parquet_metadata({file}))
            """,
            cancellation);
        return reader.Read() ? (reader.Values<long>(0)[0], reader.Values<long>(1)[0]) : (0, 0);
    }

    static bool HasColumn(DuckDbConnection connection, string path, string name, CancellationToken cancellation)
    {
        using var reader = connection.Query($"SELECT 1 FROM (DESCRIBE SELECT * FROM {Scan(path)}) WHERE lower(column_name) = {DuckDbSql.Literal(name)}", cancellation);
        return reader.Read();
    }

    /// <summary>Columns whose values in the whole file do not fit the narrower type: one answer for a file, however it is cut.</summary>
    static List<string> AsText(DuckDbConnection connection, string path, List<ParquetColumn> columns, CancellationToken cancellation)
    {
        var asked = columns.FindAll(column => column.Fits is not null);
        if (asked.Count == 0)
        {
            return [];
        }

        using var reader = connection.Query($"SELECT {string.Join(", ", asked.Select(column => column.Fits))} FROM {Scan(path)}", cancellation);
        return reader.Read() ? [.. asked.Where((_, i) => !reader.Values<bool>(i)[0]).Select(column => column.Name)] : [];
    }

    /// <summary>Row numbers after which a shard ends, by the rows' content. One pass, one chunk in memory.</summary>
    static List<long> Borders(DuckDbConnection connection, string file, string path, List<ParquetColumn> columns, Range whole, ShardCut cut, CancellationToken cancellation)
    {
        var schema = new Schema(columns.Select(column => column.Field(whole.AsText)));
        var expressions = string.Join(", ", columns.Select(column => column.Expression(whole.AsText)));
        using var reader = connection.Query($"SELECT {expressions} FROM {Scan(path)}", cancellation);
        var ends = new List<long>();
        long row = 0, first = 0, bytes = 0;
        foreach (var chunk in ParquetFile.Chunks(reader, schema, cancellation))
        {
            var keys = RowHash.Rows(chunk.Columns, chunk.Rows);
            for (var i = 0; i < chunk.Rows; i++)
            {
                row++;
                var size = BytesOf(chunk, i);
                if (size > cut.MaxRecordBytes)
                {
                    throw new SourceException($"The Parquet file \"{file}\" has a record of {size:N0} bytes, row {row:N0}; {Limit(cut)}");
                }

                bytes += size;
                if (row - first == cut.MaxRecords || cut.EndsAfter(bytes, bytes / (row - first), keys[i].High))
                {
                    ends.Add(row);
                    (first, bytes) = (row, 0);
                }
            }
        }

        if (first < row || ends.Count == 0)
        {
            ends.Add(row);
        }

        return ends;
    }

    static string Limit(ShardCut cut) =>
        $"the limit is {cut.MaxRecordBytes:N0}. Name smaller columns in the option columns, or raise max_record_bytes under optimization, which may be {ShardCut.MostRecordBytes:N0} at most.";

    static long BytesOf(Batch chunk, int row)
    {
        long bytes = 0;
        foreach (var column in chunk.Columns)
        {
            bytes += column is TextColumn text ? text[row].Length + sizeof(int) : sizeof(long);
        }

        return bytes;
    }
}
