using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sluice.Native;
using Sluice.Steps;

namespace Sluice.Connectors;

/// <summary>
/// Reads Parquet files. Integers become 64-bit integers; unsigned and 128-bit ones that do not fit, decimals of more than 15 digits, times,
/// intervals, UUIDs and enums become text; nested values JSON text; timestamps microseconds in UTC, or text where that would lose digits;
/// binary values text when all of the file's are UTF-8, otherwise hexadecimal.
/// </summary>
/// <remarks>
/// A shard is a range of rows, with borders that follow the rows' content. Reading depends on the whole file, so any edit of a file reads
/// all of its shards again; but ranges whose rows did not change give the same batches as before, and work on those is not repeated.
/// </remarks>
[Source("parquet", Aliases = ["parquet_connector"])]
public sealed partial class ParquetSource(ParquetSource.Options options) : Source
{
    public sealed record Options
    {
        /// <summary>File, folder or pattern (<c>data/*.parquet</c>) to read.</summary>
        [Required]
        public string FilePath { get; init; } = "";

        /// <summary>Columns to read; others are not even decoded. All when empty. Each file must have them.</summary>
        public IReadOnlyList<string> Columns { get; init; } = [];
    }

    public override string FilePath => options.FilePath;

    public override async IAsyncEnumerable<Shard> ListShardsAsync(InputFiles inputs, ShardCut cut, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var file in await inputs.ListAsync(options.FilePath, cancellation))
        {
            using var local = await inputs.OpenAsync(file.Path, cancellation);
            await using var content = File.OpenRead(local.Path);
            var sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellation));
            foreach (var shard in await Task.Run(() => Guard(file.Path, local.Path, path => Cut(file, path, sha256, cut, cancellation)), cancellation))
            {
                yield return shard;
            }
        }
    }

    public override async Task<ShardRows> ReadAsync(InputFiles inputs, Shard shard, Schema? schema, CancellationToken cancellation)
    {
        using var local = await inputs.OpenAsync(shard.File, cancellation);
        return await Task.Run(() => Guard(shard.File, local.Path, path => Read(path, shard, schema, cancellation)), cancellation);
    }

    ShardRows Read(string path, Shard shard, Schema? schema, CancellationToken cancellation)
    {
        // Its own database: pages of a foreign file that fill the memory must not take it from everybody else.
        using var db = ParquetFile.NewDb();
        using var connection = db.Connect();
        var range = JsonSerializer.Deserialize<Range>(shard.Detail!)!;
        var columns = Wanted(connection, shard.File, path, schema?.Select(field => field.Name).ToHashSet(StringComparer.Ordinal), cancellation);
        var typed = new Schema(columns.Select(column => column.Field(range.AsText)));
        using var reader = connection.Query(Select(path, columns, range), cancellation);
        var rows = ParquetFile.Collect(reader, typed, shard.Records, cancellation);
        if (rows.Rows != shard.Records)
        {
            throw new SourceException(
                $"The Parquet file \"{shard.File}\" has changed or is damaged: found {rows.Rows:N0} rows from row {shard.FirstLine:N0}, expected {shard.Records:N0}. Run again.");
        }

        return new ShardRows(schema is null ? TableShape.Narrowed(rows) : TableShape.Shaped(rows, schema), []);
    }

    /// <summary>The columns that the options ask for, with how SQL reads each.</summary>
    List<ParquetColumn> Wanted(DuckDbConnection connection, string file, string path, HashSet<string>? needed, CancellationToken cancellation)
    {
        var all = new List<ParquetColumn>();
        using (var reader = connection.Query($"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {Scan(path)})", cancellation))
        {
            while (reader.Read())
            {
                var names = reader.Values<DuckDbString>(0);
                var types = reader.Values<DuckDbString>(1);
                for (var row = 0; row < reader.RowCount; row++)
                {
                    all.Add(new ParquetColumn(Encoding.UTF8.GetString(names[row].Bytes), Encoding.UTF8.GetString(types[row].Bytes)));
                }
            }
        }

        if (options.Columns.FirstOrDefault(name => all.TrueForAll(column => column.Name != name)) is { } missing)
        {
            throw new SourceException(
                $"The Parquet file \"{file}\" has no column '{missing}'. It has: {string.Join(", ", all.Select(column => column.Name))}. Correct the option columns.");
        }

        var asked = options.Columns.Count == 0 ? all : all.FindAll(column => options.Columns.Contains(column.Name));
        return needed is null ? asked : asked.FindAll(column => needed.Contains(column.Name)) is { Count: > 0 } some ? some : asked;
    }

    static string Scan(string path) => $"read_parquet({DuckDbSql.FileToRead(path)}, hive_partitioning = false)";

    /// <summary>A column of the file by the name is taken before the virtual one that counts rows.</summary>
    const string RowNumber = "file_row_number";

    static string Select(string path, List<ParquetColumn> columns, Range range)
    {
        var expressions = string.Join(", ", columns.Select(column => column.Expression(range.AsText)));
        return range.Virtual
            ? $"SELECT {expressions} FROM {Scan(path)} WHERE {RowNumber} >= {range.From} AND {RowNumber} < {range.From + range.Rows}"
            : $"SELECT {expressions} FROM {Scan(path)} LIMIT {range.Rows} OFFSET {range.From}";
    }

    /// <summary>Reads the file, or a copy that DuckDB understands, and names the file in whatever is wrong with it.</summary>
    static T Guard<T>(string file, string path, Func<string, T> read)
    {
        var copy = Path.Combine(Path.GetTempPath(), $"sluice-{Guid.NewGuid():N}.parquet");
        try
        {
            return read(ParquetRepair.Rewrite(path, copy) ? copy : path);
        }
        catch (DuckDbException cause) when (cause.Message.StartsWith("Out of Memory", StringComparison.Ordinal))
        {
            throw new SourceException(
                $"The Parquet file \"{file}\" has a page or a cell that does not fit into the memory DuckDB may take: {cause.Message.TrimEnd('.')}. "
                + "Name smaller columns in the option columns, or write it again with smaller pages.",
                cause);
        }
        catch (DuckDbException cause)
        {
            throw new SourceException(
                EndsAsParquet(path)
                    ? $"The Parquet file \"{file}\" cannot be read: {cause.Message.TrimEnd('.')}. Expected a whole Parquet file; copy it again, or write it again with another tool or codec."
                    : $"The Parquet file \"{file}\" is cut off or no Parquet file: found {new FileInfo(path).Length:N0} bytes that do not end with PAR1. Expected a whole Parquet file; copy it again, or correct the type of the source.",
                cause);
        }
        catch (DataException cause)
        {
            throw new SourceException($"The Parquet file \"{file}\" cannot be read: {cause.Message}", cause);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    static bool EndsAsParquet(string path)
    {
        using var file = File.OpenRead(path);
        var end = new byte[Math.Min(4, file.Length)];
        file.Seek(-end.Length, SeekOrigin.End);
        file.ReadExactly(end);
        return end.AsSpan().SequenceEqual("PAR1"u8);
    }

    /// <summary>What a shard needs besides its file.</summary>
    /// <param name="From">First row, from 0.</param>
    /// <param name="Rows">Rows.</param>
    /// <param name="AsText">Columns, by position in the file's selection, that the narrower type does not hold in the whole file.</param>
    /// <param name="Virtual">Whether rows can be found by their number; false when a column has taken its name.</param>
    sealed record Range(long From, int Rows, IReadOnlyList<string> AsText, bool Virtual);
}
