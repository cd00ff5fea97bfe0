using System.Runtime.InteropServices;

namespace Sluice.Native;

/// <summary>
/// Streams a result in chunks of at most 2,048 rows, whose columns are spans over DuckDB's memory: nothing is copied or boxed.
/// Spans are valid until the next <see cref="Read"/> or <see cref="Dispose"/>. Not thread-safe; holds its connection until disposed.
/// </summary>
/// <example>
/// <code>
/// using var database = new DuckDb();
/// using var connection = database.Connect();
/// using var reader = connection.Query($"SELECT price, title FROM read_parquet({DuckDbSql.FileToRead(path)})", cancellation);
/// while (reader.Read())
/// {
///     var prices = reader.Values&lt;double&gt;(0);
///     var titles = reader.Values&lt;DuckDbString&gt;(1);
///     var validity = reader.Validity(1);            // empty: no nulls in this chunk
///     for (var row = 0; row &lt; reader.RowCount; row++)
///     {
///         if (DuckDbReader.IsValid(validity, row))
///         {
///             Use(prices[row], titles[row].Bytes);  // UTF-8 in place; Values of null rows are undefined
///         }
///     }
/// }
/// </code>
/// Cast in SQL what is not in <see cref="DuckDbType"/> (DECIMAL, LIST, UUID…), for example CAST(list AS JSON)::VARCHAR.
/// </example>
sealed unsafe class DuckDbReader : IDisposable
{
    readonly DuckDbCall call;
    readonly CancellationToken cancellation;
    readonly string[] names;
    readonly DuckDbType[] types;
    DuckDbLibrary.Result result;
    nint chunk;
    bool ended;
    bool disposed;

    internal DuckDbReader(DuckDbCall call, DuckDbLibrary.Result result, CancellationToken cancellation)
    {
        this.call = call;
        this.result = result;
        this.cancellation = cancellation;
        names = new string[DuckDbLibrary.ColumnCount(ref result)];
        types = new DuckDbType[names.Length];
        for (var column = 0; column < names.Length; column++)
        {
            names[column] = Marshal.PtrToStringUTF8(DuckDbLibrary.ColumnName(ref result, column)) ?? "";
            types[column] = DuckDbLibrary.ColumnType(ref result, column);
        }
    }

    /// <summary>Names of the columns, in order.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>Types of the columns, in order; a value outside <see cref="DuckDbType"/> must be cast in SQL.</summary>
    public IReadOnlyList<DuckDbType> Types => types;

    /// <summary>Rows in the current chunk.</summary>
    public int RowCount { get; private set; }

    /// <summary>Moves to the next chunk. False at the end.</summary>
    /// <exception cref="DuckDbException">What DuckDB said about the part of the query that ran now.</exception>
    public bool Read()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        FreeChunk();
        while (chunk == 0 && !ended)
        {
            cancellation.ThrowIfCancellationRequested();
            chunk = DuckDbLibrary.FetchChunk(result);
            if (chunk == 0)
            {
                // Asked once more, DuckDB would call the end an error.
                ended = true;
                if (DuckDbLibrary.ResultError(ref result) != 0)
                {
                    throw DuckDbConnection.Failure(ref result, cancellation);
                }
            }
            else if ((RowCount = (int)DuckDbLibrary.ChunkSize(chunk)) == 0)
            {
                FreeChunk();
            }
        }
        return !ended;
    }

    /// <summary>
    /// A column of the current chunk. T is the type that <see cref="DuckDbType"/> names: int for DATE, long for TIMESTAMP,
    /// <see cref="DuckDbString"/> for text.
    /// </summary>
    /// <exception cref="InvalidOperationException">T is not the column's type.</exception>
    public ReadOnlySpan<T> Values<T>(int column) where T : unmanaged
    {
        if (types[column].Element() != typeof(T))
        {
            types[column].Require<T>($"'{names[column]}' ({column})");
        }
        return new ReadOnlySpan<T>((void*)DuckDbLibrary.VectorData(Vector(column)), RowCount);
    }

    /// <summary>
    /// Validity of a column of the current chunk: bit r % 64 of word r / 64 is set when row r is not null. May be empty when no row is null.
    /// </summary>
    public ReadOnlySpan<ulong> Validity(int column)
    {
        var validity = DuckDbLibrary.VectorValidity(Vector(column));
        return validity == 0 ? default : new ReadOnlySpan<ulong>((void*)validity, (RowCount + 63) / 64);
    }

    /// <summary>Whether a row is not null.</summary>
    public static bool IsValid(ReadOnlySpan<ulong> validity, int row) => validity.IsEmpty || ((validity[row >> 6] >> (row & 63)) & 1) != 0;

    public void Dispose()
    {
        if (disposed)
        {
            return;
        }
        disposed = true;
        FreeChunk();
        DuckDbLibrary.DestroyResult(ref result);
        call.Dispose();
    }

    nint Vector(int column)
    {
        if (chunk == 0)
        {
            throw new InvalidOperationException("The reader is not on a chunk; call Read first, and stop when it returns false.");
        }
        return DuckDbLibrary.ChunkVector(chunk, column);
    }

    void FreeChunk()
    {
        RowCount = 0;
        if (chunk != 0)
        {
            DuckDbLibrary.DestroyChunk(ref chunk);
            chunk = 0;
        }
    }
}
