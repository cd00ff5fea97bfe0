namespace Sluice.Embedded.Durable;

/// <summary>What became of a message to an instance; an HTTP management API answers 202, 404 or 410.</summary>
public enum SendOutcome
{
    Accepted,
    NotFound,
    Finished,
}

/// <content>Operations on instances. The client and the HTTP management API are thin layers over these.</content>
public sealed partial class DurableEngine
{
    /// <summary>Raises an external event; <paramref name="json"/> is its payload.</summary>
    public async Task<SendOutcome> RaiseEventAsync(string instanceId, string eventName, string? json)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        payloads.Check(json, $"event '{eventName}'");
        using var span = Spans.RaiseEvent(eventName, instanceId);
        return await SendAsync(instanceId, now => new(EventKind.EventRaised, now) { Name = eventName, Data = json });
    }

    public Task<SendOutcome> SuspendAsync(string instanceId, string? reason)
        => SendAsync(instanceId, now => new(EventKind.ExecutionSuspended, now) { Data = reason });

    public Task<SendOutcome> ResumeAsync(string instanceId, string? reason)
        => SendAsync(instanceId, now => new(EventKind.ExecutionResumed, now) { Data = reason });

    /// <summary>Ends an instance; <paramref name="json"/> becomes its output. Running activities go on, their results are dropped.</summary>
    public Task<SendOutcome> TerminateAsync(string instanceId, string? json, bool recursive)
    {
        payloads.Check(json, "output of a termination");
        return SendAsync(instanceId, now => new(EventKind.ExecutionTerminated, now) { Data = json, Details = new() { Recursive = recursive } });
    }

    /// <summary>Runs a failed instance again from before its first failure. Finished: it has not failed, or a child of it still runs.</summary>
    public Task<SendOutcome> RewindAsync(string instanceId, string? reason)
    {
        var running = Started;
        return running.Commits.Submit("rewind", instanceId, writer =>
        {
            var row = writer.Find(instanceId);
            if (row is null || row.Id != instanceId)
            {
                return SendOutcome.NotFound;
            }

            var rewinding = new Rewinding(writer, running.Starting, running.Delayed.Add, running.Activities.Enqueue, Now);
            if (!rewinding.IsPossible(row))
            {
                return SendOutcome.Finished;
            }

            rewinding.Rewind(row, reason);
            writer.AfterCommit(() => signals.Changed(instanceId));
            return SendOutcome.Accepted;
        });
    }

    /// <summary>History of the current execution, oldest first; null when the instance is unknown.</summary>
    internal IReadOnlyList<HistoryEvent>? History(string instanceId)
        => Started.Store.Find(instanceId) is null ? null : Started.Store.History(instanceId);

    /// <summary>Ends the engine as a kill of the process would: for tests of what comes after.</summary>
    internal void Kill() => Started.Commits.Kill(new EngineKilledException());

    internal InstanceRow? Find(string instanceId) => Started.Store.Find(instanceId);

    internal Execution? Load(string instanceId) => Started.Store.Load(instanceId);

    internal Store Store => Started.Store;

    /// <summary>Null when started, else the instance in the way.</summary>
    internal Task<InstanceRow?> StartInstanceAsync(InstanceRow row, DateTime visibleAt, Func<InstanceRow, bool>? blocking)
        => Started.Commits.Submit("start", row.Name, writer =>
        {
            var obstacle = Started.Starting.TryStart(writer, row, visibleAt, blocking);
            writer.AfterCommit(() => signals.Changed(row.Id));
            return obstacle;
        });

    /// <summary>Removes ended instances, and ended children with <paramref name="recursive"/>. Returns how many.</summary>
    internal Task<int> PurgeAsync(string instanceId, bool recursive)
        => Started.Commits.Submit("purge", instanceId, writer => Purge(writer, instanceId, recursive));

    internal async Task<InstanceRow> WaitAsync(string instanceId, Func<InstanceRow, bool> isReached, CancellationToken cancellation)
    {
        while (true)
        {
            var change = signals.NextChange(instanceId);
            if (Find(instanceId) is { } row && isReached(row))
            {
                return row;
            }

            await change.WaitAsync(cancellation);
        }
    }

    internal string DefaultVersion => options.DefaultVersion;

    internal DateTime Now => clock.GetUtcNow().UtcDateTime;

    Task<SendOutcome> SendAsync(string instanceId, Func<DateTime, HistoryEvent> build)
    {
        var running = Started;
        return running.Commits.Submit("send", instanceId, writer =>
        {
            var row = writer.Find(instanceId);
            if (row is null || row.Id != instanceId)
            {
                return SendOutcome.NotFound;
            }

            if (row.IsTerminal)
            {
                return SendOutcome.Finished;
            }

            var now = Now;
            var message = writer.Send(instanceId, null, now, build(now));
            writer.AfterCommit(() => running.Delayed.Add(message));
            return SendOutcome.Accepted;
        });
    }

    int Purge(StoreWriter writer, string instanceId, bool recursive)
    {
        if (writer.Find(instanceId) is not { IsTerminal: true } row || row.Id != instanceId)
        {
            return 0;
        }

        var count = 1;
        if (recursive)
        {
            foreach (var child in writer.ChildrenOf(instanceId))
            {
                count += Purge(writer, child.Id, recursive);
            }
        }

        writer.Delete(instanceId);
        writer.AfterCommit(() => Started.Mailboxes.Forget(instanceId));
        return count;
    }
}
