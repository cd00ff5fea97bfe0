namespace Sluice.Native;

/// <summary>Holds a connection for one call, and interrupts it when the token is cancelled.</summary>
sealed class DuckDbCall : IDisposable
{
    // DuckDB forgets an interrupt that comes just before a query starts, so it is repeated until the call ends.
    static readonly TimeSpan RepeatEvery = TimeSpan.FromMilliseconds(20);

    readonly Lock gate = new();
    readonly DuckDbConnection connection;
    readonly CancellationTokenRegistration registration;
    Timer? repeat;
    bool ended;

    internal DuckDbCall(DuckDbConnection connection, CancellationToken cancellation)
    {
        this.connection = connection;
        registration = cancellation.UnsafeRegister(static call => ((DuckDbCall)call!).Cancel(), this);
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (ended)
            {
                return;
            }
            // Under the lock, so that no interrupt of this call reaches the next one.
            ended = true;
            repeat?.Dispose();
        }
        registration.Dispose();
        connection.End();
    }

    void Cancel()
    {
        lock (gate)
        {
            if (!ended)
            {
                repeat = new Timer(static call => ((DuckDbCall)call!).Interrupt(), this, TimeSpan.Zero, RepeatEvery);
            }
        }
    }

    void Interrupt()
    {
        lock (gate)
        {
            if (!ended && !connection.Handle.IsClosed)
            {
                connection.Interrupt();
            }
        }
    }
}
