using System.Text;

namespace Sluice.Native;

/// <summary>A prepared statement. Parameters count from 1 and keep their values until bound anew.</summary>
sealed class DuckDbStatement : IDisposable
{
    readonly DuckDbConnection connection;
    readonly DuckDbStatementHandle handle;

    internal DuckDbStatement(DuckDbConnection connection, DuckDbStatementHandle handle)
    {
        this.connection = connection;
        this.handle = handle;
    }

    public DuckDbStatement Bind(int parameter, long value) => Bound(DuckDbLibrary.Bind(handle, parameter, value), parameter);

    public DuckDbStatement Bind(int parameter, double value) => Bound(DuckDbLibrary.Bind(handle, parameter, value), parameter);

    public DuckDbStatement Bind(int parameter, bool value) => Bound(DuckDbLibrary.Bind(handle, parameter, value), parameter);

    /// <summary>Binds text, or NULL.</summary>
    public DuckDbStatement Bind(int parameter, string? value)
    {
        if (value is null)
        {
            return BindNull(parameter);
        }
        var utf8 = Encoding.UTF8.GetBytes(value);
        return Bound(DuckDbLibrary.Bind(handle, parameter, utf8, utf8.Length), parameter);
    }

    public DuckDbStatement BindNull(int parameter) => Bound(DuckDbLibrary.BindNull(handle, parameter), parameter);

    /// <summary>Runs the statement.</summary>
    /// <returns>Rows changed or copied.</returns>
    /// <exception cref="DuckDbException">What DuckDB said.</exception>
    public long Execute(CancellationToken cancellation = default)
    {
        using var call = connection.Begin(cancellation);
        var state = DuckDbLibrary.Execute(handle, out var result);
        return DuckDbConnection.Finish(state, ref result, cancellation);
    }

    /// <summary>Runs the query and streams its result. The statement may be disposed before the reader.</summary>
    /// <exception cref="DuckDbException">What DuckDB said; a later part of the result may fail in <see cref="DuckDbReader.Read"/>.</exception>
    public DuckDbReader Query(CancellationToken cancellation = default)
    {
        var call = connection.Begin(cancellation);
        try
        {
            var state = DuckDbLibrary.ExecuteStreaming(handle, out var result);
            if (state != DuckDbLibrary.Success)
            {
                DuckDbConnection.Finish(state, ref result, cancellation);
            }
            return new DuckDbReader(call, result, cancellation);
        }
        catch
        {
            call.Dispose();
            throw;
        }
    }

    public void Dispose() => handle.Dispose();

    DuckDbStatement Bound(int state, int parameter)
    {
        if (state != DuckDbLibrary.Success)
        {
            throw new ArgumentOutOfRangeException(nameof(parameter), parameter,
                $"The SQL has no parameter '${parameter}'; expected 1 to {DuckDbLibrary.ParameterCount(handle)}.");
        }
        return this;
    }
}
