namespace Sluice.Embedded.Durable;

/// <summary>
/// The one thread of one replay. Continuations of durable tasks run here, in order; one that comes from another thread means that the orchestrator
/// awaited something that is not durable, and is reported instead of run.
/// </summary>
sealed class OrchestratorLoop(Action foreign) : SynchronizationContext
{
    readonly Queue<(SendOrPostCallback Callback, object? State)> posted = new();
    int thread = Environment.CurrentManagedThreadId;

    public bool IsHere => Volatile.Read(ref thread) == Environment.CurrentManagedThreadId;

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsHere)
        {
            posted.Enqueue((d, state));
        }
        else
        {
            foreign();
        }
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (IsHere)
        {
            d(state);
        }
        else
        {
            foreign();
        }
    }

    public override SynchronizationContext CreateCopy() => this;

    public void Drain()
    {
        while (posted.TryDequeue(out var next))
        {
            next.Callback(next.State);
        }
    }

    /// <summary>From here on every thread is foreign.</summary>
    public void Close() => Volatile.Write(ref thread, -1);
}
