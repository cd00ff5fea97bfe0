using System.Text.Unicode;

namespace Sluice.Native;

/// <summary>
/// Adds rows to a table, chunk by chunk, through spans over DuckDB's memory. Not thread-safe. Rows are in the table for
/// certain after <see cref="Complete"/> only; when disposed without it, some of them are.
/// </summary>
/// <example>
/// <code>
/// connection.Execute("CREATE TEMP TABLE batch (price DOUBLE, title VARCHAR)");
/// using (var appender = new DuckDbAppender(connection, "batch"))
/// {
///     for (var start = 0; start &lt; rows; start += DuckDbAppender.MaxRows)
///     {
///         var count = Math.Min(DuckDbAppender.MaxRows, rows - start);
///         source.Prices.AsSpan(start, count).CopyTo(appender.Values&lt;double&gt;(0));
///         for (var row = 0; row &lt; count; row++)
///         {
///             if (source.HasTitle(start + row)) { appender.SetText(1, row, source.Title(start + row)); }
///             else { appender.SetNull(1, row); }
///         }
///         appender.Append(count);
///     }
///     appender.Complete();
/// }
/// connection.Execute($"COPY batch TO {DuckDbSql.Literal(path)} (FORMAT parquet, COMPRESSION zstd)", cancellation);
/// connection.Execute("DROP TABLE batch");
/// </code>
/// </example>
sealed unsafe class DuckDbAppender : IDuckDbChunk, IDisposable
{
    /// <summary>Rows that one chunk holds at most.</summary>
    public const int MaxRows = DuckDbLibrary.ChunkRows;

    readonly DuckDbConnection connection;
    readonly DuckDbType[] types;
    readonly nint[] vectors;
    readonly nint[] values;
    readonly nint[] validities;
    nint appender;
    nint chunk;

    /// <summary>Opens an appender for all columns of a table.</summary>
    /// <exception cref="DuckDbException">No such table.</exception>
    public DuckDbAppender(DuckDbConnection connection, string table)
    {
        this.connection = connection;
        using var call = connection.Begin(CancellationToken.None);
        if (DuckDbLibrary.CreateAppender(connection.Handle, null, table, out appender) != DuckDbLibrary.Success)
        {
            var error = DuckDbException.From(DuckDbLibrary.AppenderError(appender));
            _ = DuckDbLibrary.DestroyAppender(ref appender);
            throw error;
        }
        types = new DuckDbType[DuckDbLibrary.AppenderColumnCount(appender)];
        vectors = new nint[types.Length];
        values = new nint[types.Length];
        validities = new nint[types.Length];
        var logical = new nint[types.Length];
        for (var column = 0; column < types.Length; column++)
        {
            logical[column] = DuckDbLibrary.AppenderColumnType(appender, column);
            types[column] = DuckDbLibrary.TypeId(logical[column]);
        }
        chunk = DuckDbLibrary.CreateChunk(logical, logical.Length);
        for (var column = 0; column < types.Length; column++)
        {
            DuckDbLibrary.DestroyLogicalType(ref logical[column]);
        }
        Point();
    }

    /// <summary>Types of the table's columns.</summary>
    public IReadOnlyList<DuckDbType> Types => types;

    /// <summary>Space for the 2,048 values of a column of the chunk being filled. For text use <see cref="SetText"/>.</summary>
    /// <exception cref="InvalidOperationException">T is not the column's type.</exception>
    public Span<T> Values<T>(int column) where T : unmanaged
    {
        Require<T>(column);
        if (typeof(T) == typeof(DuckDbString))
        {
            throw new InvalidOperationException($"Column {column} holds text or bytes; expected SetText or SetBytes.");
        }
        return new Span<T>((void*)values[column], MaxRows);
    }

    /// <summary>
    /// The validity words of a column of the chunk being filled, all ones at first: clear bit r % 64 of word r / 64 to make row r null.
    /// </summary>
    public Span<ulong> Validity(int column)
    {
        ObjectDisposedException.ThrowIf(chunk == 0, this);
        if (validities[column] == 0)
        {
            DuckDbLibrary.EnsureValidityWritable(vectors[column]);
            validities[column] = DuckDbLibrary.VectorValidity(vectors[column]);
        }
        return new Span<ulong>((void*)validities[column], MaxRows / 64);
    }

    public void SetNull(int column, int row) => Validity(column)[row >> 6] &= ~(1UL << (row & 63));

    /// <summary>Copies UTF-8 into a VARCHAR column.</summary>
    /// <exception cref="ArgumentException">The bytes are not UTF-8.</exception>
    public void SetText(int column, int row, ReadOnlySpan<byte> utf8)
    {
        RequireType(column, DuckDbType.Varchar);
        if (!Utf8.IsValid(utf8))
        {
            throw new ArgumentException($"Column {column}, row {row} of the chunk: found bytes that are not UTF-8; expected text in UTF-8.");
        }
        Assign(column, row, utf8);
    }

    /// <summary>Copies bytes into a BLOB column.</summary>
    public void SetBytes(int column, int row, ReadOnlySpan<byte> bytes)
    {
        RequireType(column, DuckDbType.Blob);
        Assign(column, row, bytes);
    }

    /// <summary>Adds the first <paramref name="rows"/> rows of the chunk to the table, and starts an empty chunk.</summary>
    /// <exception cref="DuckDbException">What DuckDB said, for instance that a value is null where the table has NOT NULL.</exception>
    public void Append(int rows)
    {
        ObjectDisposedException.ThrowIf(chunk == 0, this);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, MaxRows);
        using var call = connection.Begin(CancellationToken.None);
        DuckDbLibrary.SetChunkSize(chunk, rows);
        Ensure(DuckDbLibrary.AppendChunk(appender, chunk));
        DuckDbLibrary.ResetChunk(chunk);
        Point();
    }

    /// <summary>Writes the last rows to the table. Nothing can be added afterwards.</summary>
    /// <exception cref="DuckDbException">What DuckDB said.</exception>
    public void Complete()
    {
        ObjectDisposedException.ThrowIf(chunk == 0, this);
        using var call = connection.Begin(CancellationToken.None);
        Ensure(DuckDbLibrary.CloseAppender(appender));
        DuckDbLibrary.DestroyChunk(ref chunk);
        chunk = 0;
    }

    public void Dispose()
    {
        if (chunk != 0)
        {
            DuckDbLibrary.DestroyChunk(ref chunk);
            chunk = 0;
        }
        if (appender != 0)
        {
            // Destroying would write what is left, which after an error is half a batch.
            _ = DuckDbLibrary.ClearAppender(appender);
            _ = DuckDbLibrary.DestroyAppender(ref appender);
            appender = 0;
        }
    }

    // A reset gives vectors their own buffers again, and forgets validity.
    void Point()
    {
        for (var column = 0; column < types.Length; column++)
        {
            vectors[column] = DuckDbLibrary.ChunkVector(chunk, column);
            values[column] = DuckDbLibrary.VectorData(vectors[column]);
            validities[column] = 0;
        }
    }

    void Assign(int column, int row, ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)MaxRows, nameof(row));
        if (bytes.Length <= DuckDbString.MaxInlined)
        {
            ((DuckDbString*)values[column])[row] = new DuckDbString(bytes);
        }
        else
        {
            DuckDbLibrary.AssignString(vectors[column], row, bytes, bytes.Length);
        }
    }

    void RequireType(int column, DuckDbType type)
    {
        ObjectDisposedException.ThrowIf(chunk == 0, this);
        if (types[column] != type)
        {
            throw new InvalidOperationException($"Column {column} has DuckDB type '{types[column]}'; expected '{type}'.");
        }
    }

    void Require<T>(int column) where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(chunk == 0, this);
        types[column].Require<T>($"{column}");
    }

    void Ensure(int state)
    {
        if (state != DuckDbLibrary.Success)
        {
            throw DuckDbException.From(DuckDbLibrary.AppenderError(appender));
        }
    }
}
