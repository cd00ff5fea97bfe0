namespace Sluice.Native;

/// <summary>
/// One connection: one call at a time, from any thread. A second call meanwhile, or while a <see cref="DuckDbReader"/> is open, is refused.
/// A cancelled token interrupts the query and the call throws <see cref="OperationCanceledException"/>.
/// </summary>
sealed class DuckDbConnection : IDisposable
{
    readonly DuckDbConnectionHandle handle;
    int busy;

    internal DuckDbConnection(DuckDbConnectionHandle handle)
    {
        this.handle = handle;
    }

    internal DuckDbConnectionHandle Handle => handle;

    /// <summary>Runs one or more statements without parameters.</summary>
    /// <returns>Rows changed or copied by the last of them.</returns>
    /// <exception cref="DuckDbException">What DuckDB said.</exception>
    public long Execute(string sql, CancellationToken cancellation = default)
    {
        RefuseNul(sql);
        using var call = Begin(cancellation);
        var state = DuckDbLibrary.Query(handle, sql, out var result);
        return Finish(state, ref result, cancellation);
    }

    /// <summary>Prepares a statement with parameters, written $1, $2…</summary>
    /// <exception cref="DuckDbException">What DuckDB said.</exception>
    public DuckDbStatement Prepare(string sql)
    {
        RefuseNul(sql);
        using var call = Begin(CancellationToken.None);
        if (DuckDbLibrary.Prepare(handle, sql, out var statement) == DuckDbLibrary.Success)
        {
            return new DuckDbStatement(this, statement);
        }
        using (statement)
        {
            throw DuckDbException.From(DuckDbLibrary.PrepareError(statement));
        }
    }

    /// <summary>Runs a query without parameters and streams its result.</summary>
    /// <exception cref="DuckDbException">What DuckDB said; a later part of the result may fail in <see cref="DuckDbReader.Read"/>.</exception>
    public DuckDbReader Query(string sql, CancellationToken cancellation = default)
    {
        using var statement = Prepare(sql);
        return statement.Query(cancellation);
    }

    /// <summary>Stops the running query, which then fails. Safe from any thread.</summary>
    public void Interrupt() => DuckDbLibrary.Interrupt(handle);

    public void Dispose() => handle.Dispose();

    /// <summary>Takes the connection for one call, or for the life of a reader.</summary>
    internal DuckDbCall Begin(CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(handle.IsClosed, this);
        cancellation.ThrowIfCancellationRequested();
        if (Interlocked.Exchange(ref busy, 1) != 0)
        {
            throw new InvalidOperationException("A DuckDB connection does one thing at a time, and another call or an open reader holds this one. "
                + "Dispose the reader first, or take a second connection.");
        }
        return new DuckDbCall(this, cancellation);
    }

    internal void End() => Volatile.Write(ref busy, 0);

    /// <summary>Frees the result of a statement that returns no rows, and throws what it says.</summary>
    internal static long Finish(int state, ref DuckDbLibrary.Result result, CancellationToken cancellation)
    {
        try
        {
            if (state != DuckDbLibrary.Success)
            {
                throw Failure(ref result, cancellation);
            }
            return DuckDbLibrary.RowsChanged(ref result);
        }
        finally
        {
            DuckDbLibrary.DestroyResult(ref result);
        }
    }

    /// <summary>The error of a result; a cancellation when the token asked for it.</summary>
    internal static Exception Failure(ref DuckDbLibrary.Result result, CancellationToken cancellation)
    {
        var error = DuckDbException.From(DuckDbLibrary.ResultError(ref result));
        return cancellation.IsCancellationRequested && error.Kind == DuckDbErrorKind.Interrupted
            ? new OperationCanceledException("The DuckDB query was cancelled.", error, cancellation)
            : error;
    }

    static void RefuseNul(string sql)
    {
        if (sql.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("SQL has a NUL character, at which DuckDB would silently stop reading; expected none.", nameof(sql));
        }
    }
}
