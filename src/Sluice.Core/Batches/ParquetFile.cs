using System.Text.Json;
using Sluice.Native;

namespace Sluice.Batches;

/// <summary>How pages of a Parquet file are compressed.</summary>
public enum ParquetCompression
{
    /// <summary>Smallest of the three.</summary>
    Zstd = 0,

    /// <summary>Faster to write, larger.</summary>
    Snappy = 1,

    /// <summary>Fastest and largest.</summary>
    None = 2,
}

/// <summary>
/// The format of batch files: a plain Parquet file that any reader opens, with the exact schema under the footer key <c>sluice.schema</c>,
/// because Parquet's own knows neither formats nor names that differ only in case. The same batch gives the same bytes everywhere for
/// one version of DuckDB, whose name is in every file.
/// </summary>
static partial class ParquetFile
{
    internal const string SchemaKey = "sluice.schema";

    /// <summary>Rows of a row group; a multiple of DuckDB's 2,048 so that chunks line up.</summary>
    internal const int RowGroupRows = 122_880;

    static readonly Lazy<DuckDb> shared = new(NewDb);

    /// <summary>
    /// A database of 512 MiB. A query runs in the thread that asks, for files are worked on side by side: with workers of its own, DuckDB spends a tenth of a run on
    /// waiting for them.
    /// </summary>
    internal static DuckDb NewDb() => new(new DuckDbOptions { Threads = 1 });

    /// <summary>The process's database for files of its own. Never disposed.</summary>
    internal static DuckDb SharedDb => shared.Value;

    /// <summary>What a batch file holds, from its footer alone.</summary>
    /// <exception cref="DataException">It is not a batch file.</exception>
    public static (Schema Schema, int Rows) Describe(DuckDb db, string file)
    {
        using var connection = db.Connect();
        var footer = ReadFooter(connection, file, CancellationToken.None);
        return (new Schema(footer.Fields), footer.Rows);
    }

    /// <summary>
    /// Names of the columns in the file, one per field. Equal to the fields' names unless Parquet readers could not tell two apart
    /// (they compare without case) or SQL cannot say one (empty, NUL): those get a number.
    /// </summary>
    internal static string[] PhysicalNames(Schema schema)
    {
        var taken = new HashSet<string>(schema.Select(field => field.Name), StringComparer.Ordinal);
        var used = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var names = new string[schema.Count];
        for (var i = 0; i < names.Length; i++)
        {
            var plain = schema[i].Name.Replace("\0", "", StringComparison.Ordinal);
            plain = plain.Length == 0 ? "column" : plain;
            var name = plain;
            for (var number = 2; (name != schema[i].Name && taken.Contains(name)) || !used.Add(name); number++)
            {
                name = $"{plain}_{number}";
            }

            names[i] = name;
        }

        return names;
    }

    internal static string SqlType(ColumnType type) => type switch
    {
        ColumnType.Text => "VARCHAR",
        ColumnType.Boolean => "BOOLEAN",
        ColumnType.Int64 => "BIGINT",
        ColumnType.Float64 => "DOUBLE",
        ColumnType.Date => "DATE",
        ColumnType.Timestamp => "TIMESTAMP",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown column type."),
    };

    static DuckDbType DuckDbTypeOf(ColumnType type) => type switch
    {
        ColumnType.Text => DuckDbType.Varchar,
        ColumnType.Boolean => DuckDbType.Boolean,
        ColumnType.Int64 => DuckDbType.BigInt,
        ColumnType.Float64 => DuckDbType.Double,
        ColumnType.Date => DuckDbType.Date,
        ColumnType.Timestamp => DuckDbType.Timestamp,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown column type."),
    };

    static Footer ReadFooter(DuckDbConnection connection, string file, CancellationToken cancellation)
    {
        // Literal, because parquet_kv_metadata binds its file when the statement is prepared. The key is compared as bytes: it is a BLOB.
        using var reader = Ask(file, () => connection.Query(
            $"SELECT value FROM parquet_kv_metadata({DuckDbSql.FileToRead(file)}) WHERE key = '{SchemaKey}'::BLOB", cancellation));
        if (!Ask(file, reader.Read))
        {
            throw NotABatch(file, $"found no footer key '{SchemaKey}'");
        }

        var json = reader.Values<DuckDbString>(0)[0];
        try
        {
            var footer = JsonSerializer.Deserialize<Footer>(json.Bytes);
            return footer is { Version: Footer.Current, Fields.Count: > 0 } ? footer : throw NotABatch(file, $"found version {footer?.Version} of its format");
        }
        catch (JsonException cause)
        {
            throw NotABatch(file, $"its footer key '{SchemaKey}' is damaged ({cause.Message})");
        }
    }

    static DataException NotABatch(string file, string found) => new(
        $"The file \"{file}\" is not a batch file: {found}; expected a Parquet file that this version wrote. Delete it and run the pipeline again.");

    /// <summary>Names the file in whatever DuckDB has against it.</summary>
    static T Ask<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DuckDbException cause)
        {
            throw new DataException($"The batch file \"{file}\" cannot be read: {cause.Message} Delete it and run the pipeline again.", cause);
        }
    }

    /// <summary>What the footer key holds.</summary>
    sealed record Footer(int Version, int Rows, IReadOnlyList<Field> Fields)
    {
        public const int Current = 1;
    }
}
