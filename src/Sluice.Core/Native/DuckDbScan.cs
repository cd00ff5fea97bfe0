using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice.Native;

/// <summary>DuckDB's memory for a chunk of rows, to be filled.</summary>
interface IDuckDbChunk
{
    /// <summary>Space for 2,048 values of a column.</summary>
    Span<T> Values<T>(int column)
        where T : unmanaged;

    /// <summary>Bit r % 64 of word r / 64 is 0 for a null. Asked for only where there are nulls.</summary>
    Span<ulong> Validity(int column);
}

/// <summary>
/// Rows of ours that a query reads where they lie, chunk by chunk, without a table in between: <c>SELECT … FROM {scan.Sql}</c>.
/// One query per scan. Its columns are named c0, c1…
/// </summary>
abstract unsafe class DuckDbScan : IDisposable
{
    const string Function = "sluice_scan";

    // Queries name a scan by its number: DuckDB's values cannot hold an object of ours.
    static readonly ConcurrentDictionary<long, DuckDbScan> open = new();
    static long last;

    readonly long id = Interlocked.Increment(ref last);
    readonly DuckDbType[] types;
    Exception? failure;

    protected DuckDbScan(IEnumerable<DuckDbType> types)
    {
        this.types = [.. types];
        open[id] = this;
    }

    /// <summary>What stands after FROM.</summary>
    public string Sql => $"{Function}({id})";

    /// <summary>What <see cref="Fill"/> threw, after the query failed; null when DuckDB itself failed.</summary>
    public Exception? Failure => failure;

    /// <summary>Makes scans known to a database, once.</summary>
    public static void Register(DuckDbConnection connection)
    {
        var function = DuckDbLibrary.CreateTableFunction();
        var number = DuckDbLibrary.CreateLogicalType(DuckDbType.BigInt);
        try
        {
            DuckDbLibrary.SetTableFunctionName(function, Function);
            DuckDbLibrary.AddTableFunctionParameter(function, number);
            DuckDbLibrary.SetTableFunctionBind(function, &Bind);
            DuckDbLibrary.SetTableFunctionInit(function, &Init);
            DuckDbLibrary.SetTableFunction(function, &Next);
            if (DuckDbLibrary.RegisterTableFunction(connection.Handle, function) != DuckDbLibrary.Success)
            {
                throw new DuckDbException($"DuckDB did not take the table function '{Function}'.");
            }
        }
        finally
        {
            DuckDbLibrary.DestroyLogicalType(ref number);
            DuckDbLibrary.DestroyTableFunction(ref function);
        }
    }

    public virtual void Dispose() => open.TryRemove(id, out _);

    /// <summary>Fills the next chunk, at most <see cref="DuckDbLibrary.ChunkRows"/> rows; gives their number, 0 at the end.</summary>
    protected abstract int Fill(Chunk chunk);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void Bind(nint info)
    {
        var value = DuckDbLibrary.BindParameter(info, 0);
        var id = DuckDbLibrary.GetInt64(value);
        DuckDbLibrary.DestroyValue(ref value);
        if (!open.TryGetValue(id, out var scan))
        {
            DuckDbLibrary.SetBindError(info, $"There is no scan {id}: it was disposed before its query.");
            return;
        }

        for (var column = 0; column < scan.types.Length; column++)
        {
            var type = DuckDbLibrary.CreateLogicalType(scan.types[column]);
            DuckDbLibrary.AddResultColumn(info, $"c{column}", type);
            DuckDbLibrary.DestroyLogicalType(ref type);
        }

        DuckDbLibrary.SetBindData(info, (nint)id, 0);
    }

    // Rows come in order from one thread.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void Init(nint info) => DuckDbLibrary.SetMaxThreads(info, 1);

    // No exception may cross into native code: it is kept, and the query fails.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void Next(nint info, nint chunk)
    {
        if (!open.TryGetValue(DuckDbLibrary.FunctionBindData(info), out var scan))
        {
            DuckDbLibrary.SetFunctionError(info, "The scan was disposed during its query.");
            return;
        }

        try
        {
            DuckDbLibrary.SetChunkSize(chunk, scan.Fill(new Chunk(chunk)));
        }
        catch (Exception e)
        {
            scan.failure = e;
            DuckDbLibrary.SetFunctionError(info, e.Message);
        }
    }

    /// <summary>DuckDB's memory for the rows that come next.</summary>
    protected readonly ref struct Chunk : IDuckDbChunk
    {
        readonly nint chunk;

        internal Chunk(nint chunk) => this.chunk = chunk;

        public Span<T> Values<T>(int column)
            where T : unmanaged => new((void*)DuckDbLibrary.VectorData(DuckDbLibrary.ChunkVector(chunk, column)), DuckDbLibrary.ChunkRows);

        public Span<ulong> Validity(int column)
        {
            var vector = DuckDbLibrary.ChunkVector(chunk, column);
            DuckDbLibrary.EnsureValidityWritable(vector);
            return new((void*)DuckDbLibrary.VectorValidity(vector), DuckDbLibrary.ChunkRows / 64);
        }
    }
}
