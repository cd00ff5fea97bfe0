namespace Sluice.Embedded.Durable;

/// <content>
/// External events. Names ignore case; events that nobody waits for yet are kept in order; the latest waiter gets the next event, as in Durable Task.
/// </content>
sealed partial class ReplayContext
{
    readonly Dictionary<string, Stack<Waiter>> waiters = new(StringComparer.OrdinalIgnoreCase);
    readonly List<HistoryEvent> buffered = [];

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        Guard();
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        var source = new TaskCompletionSource<T>();
        if (!waiters.TryGetValue(eventName, out var stack))
        {
            waiters.Add(eventName, stack = new());
        }
        else if (stack.TryPeek(out var top) && top.Type != typeof(T))
        {
            throw new ArgumentException(
                $"Orchestrator '{Name}' waits for event '{eventName}' with two types: found '{typeof(T).FullName}', expected "
                    + $"'{top.Type.FullName}' as before.", nameof(eventName));
        }

        stack.Push(new(typeof(T), source.Task, json => Complete(source, json)));
        if (buffered.FindIndex(e => string.Equals(e.Name, eventName, StringComparison.OrdinalIgnoreCase)) is >= 0 and var first)
        {
            var early = buffered[first];
            buffered.RemoveAt(first);
            Raise(early);
        }

        cancellationToken.Register(() => source.TrySetCanceled(cancellationToken));
        return source.Task;
    }

    /// <summary>Gives an event to the latest waiter. When that one was cancelled the event is lost with it, as in Azure: never laxer.</summary>
    void Raise(HistoryEvent e)
    {
        if (waiters.TryGetValue(e.Name!, out var stack) && stack.TryPop(out var waiter))
        {
            waiter.Complete(e.Data);
        }
        else
        {
            buffered.Add(e);
        }
    }

    void Complete<T>(TaskCompletionSource<T> source, string? json)
    {
        T value;
        try
        {
            value = payloads.Read<T>(json);
        }
        catch (Exception error) when (error is System.Text.Json.JsonException or NotSupportedException or InvalidCastException)
        {
            source.TrySetException(error);
            return;
        }

        source.TrySetResult(value);
    }

    sealed record Waiter(Type Type, Task Task, Action<string?> Complete);
}
