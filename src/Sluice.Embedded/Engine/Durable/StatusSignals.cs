using System.Collections.Concurrent;

namespace Sluice.Embedded.Durable;

/// <summary>Wakes those who wait for an instance to change, after the change is committed.</summary>
sealed class StatusSignals
{
    readonly ConcurrentDictionary<string, TaskCompletionSource> waiting = new(StringComparer.Ordinal);
    volatile Exception? end;

    /// <summary>Completes at the next change. Take it before reading the state, or a change in between is missed.</summary>
    public Task NextChange(string id)
    {
        var next = waiting.GetOrAdd(id, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        return end is { } reason ? Task.FromException(reason) : next;
    }

    public void Changed(string id)
    {
        if (waiting.TryRemove(id, out var source))
        {
            source.TrySetResult();
        }
    }

    public void End(Exception reason)
    {
        end = reason;
        foreach (var id in waiting.Keys)
        {
            if (waiting.TryRemove(id, out var source))
            {
                source.TrySetException(reason);
            }
        }
    }
}
