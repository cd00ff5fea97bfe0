using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Sluice.Bench;

/// <summary>DuckDB as its users call it: a CSV to Parquet, and SUMMARIZE of the result. Neither rules nor cleaning: a floor, not the same work.</summary>
static partial class DuckDbPeer
{
    public static void Run(string csv, string parquet)
    {
        Check(Open(null, out var database), "open");
        Check(Connect(database, out var connection), "connect");
        Time(connection, "copy", $"COPY (SELECT * FROM read_csv('{csv}', sample_size = -1)) TO '{parquet}' (FORMAT parquet, COMPRESSION zstd)");
        Time(connection, "summarize", $"SUMMARIZE SELECT * FROM '{parquet}'");
    }

    static void Time(nint connection, string name, string sql)
    {
        var watch = Stopwatch.StartNew();
        Check(Query(connection, sql, 0), sql);
        Console.WriteLine($"{name} {watch.Elapsed.TotalSeconds:0.00}");
    }

    static void Check(int state, string what)
    {
        if (state != 0)
        {
            throw new InvalidOperationException($"DuckDB did not: {what}");
        }
    }

    [LibraryImport("duckdb", EntryPoint = "duckdb_open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string? path, out nint database);

    [LibraryImport("duckdb", EntryPoint = "duckdb_connect")]
    private static partial int Connect(nint database, out nint connection);

    [LibraryImport("duckdb", EntryPoint = "duckdb_query", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Query(nint connection, string sql, nint result);
}
