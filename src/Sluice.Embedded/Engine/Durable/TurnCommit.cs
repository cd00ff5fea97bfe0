using System.Text.Json;
using Microsoft.DurableTask.Client;

namespace Sluice.Embedded.Durable;

/// <summary>
/// The one atomic commit of a turn: history, instance row, consumed messages and everything that goes out. Runs inside the commit loop's transaction.
/// </summary>
sealed class TurnCommit(Execution execution, IReadOnlyList<Message> consumed, IReadOnlyList<HistoryEvent> fresh, ReplayResult result, DateTime now)
{
    readonly InstanceRow row = execution.Row;
    readonly List<HistoryEvent> appended = [];

    /// <summary>Writes everything; returns the new state to keep, or null when the execution is over or begins again.</summary>
    public Execution? Write(StoreWriter writer, Starting starting, Action<Message> route, Action<ActivityTask> enqueue)
    {
        // A group that failed is written once more, entry by entry: begin from nothing each time.
        appended.Clear();
        appended.AddRange(fresh);
        writer.Delete(consumed);
        foreach (var decision in result.Decisions)
        {
            appended.Add(decision.ToEvent(now));
            GoOut(writer, decision, starting, route, enqueue);
        }

        var next = row with
        {
            Updated = now,
            Status = result.IsSuspended ? OrchestrationRuntimeStatus.Suspended : OrchestrationRuntimeStatus.Running,
            CustomStatus = result.CustomStatus.IsSet ? result.CustomStatus.Json : row.CustomStatus,
        };
        if (result.Continuation is { } continuation)
        {
            BeginAgain(writer, next, continuation, route);
            return null;
        }

        next = result.Ending is { } ending ? Finish(writer, next, ending, route) : next;
        appended.Add(new(EventKind.OrchestratorCompleted, now));
        writer.AppendHistory(row.Id, execution.History.Count, appended);
        writer.Update(next);
        Result = next;
        return next.IsTerminal ? null : new(next, [.. execution.History, .. appended]);
    }

    public string Name => row.Name;

    /// <summary>The row as written.</summary>
    public InstanceRow Result { get; private set; } = execution.Row;

    /// <summary>Spans of what this turn ended or sent.</summary>
    public void Trace()
    {
        if (!Spans.AreHeard)
        {
            return;
        }

        foreach (var fired in fresh.Where(e => e.Kind == EventKind.TimerFired))
        {
            if (execution.History.Find(e => e.Kind == EventKind.TimerCreated && e.EventId == fired.RelatedId) is { } created)
            {
                Spans.Timer(row, created);
            }
        }

        foreach (var sent in appended.Where(e => e.Kind == EventKind.EventSent))
        {
            Spans.SentEvent(row, sent);
        }
    }

    void GoOut(StoreWriter writer, Decision decision, Starting starting, Action<Message> route, Action<ActivityTask> enqueue)
    {
        switch (decision.Kind)
        {
            case EventKind.TaskScheduled:
                var task = writer.Schedule(row, decision);
                writer.AfterCommit(() => enqueue(task));
                break;
            case EventKind.TimerCreated:
                Send(writer, row.Id, row.ExecutionId, decision.FireAt, new(EventKind.TimerFired, decision.FireAt) { RelatedId = decision.Id }, route);
                break;
            case EventKind.SubOrchestrationInstanceCreated:
                StartChild(writer, decision, starting, route);
                break;
            case EventKind.EventSent when writer.Find(decision.InstanceId!) is { IsTerminal: false } target && target.Id == decision.InstanceId:
                Send(writer, target.Id, null, now, new(EventKind.EventRaised, now) { Name = decision.Name, Data = decision.Data }, route);
                break;
        }
    }

    void StartChild(StoreWriter writer, Decision decision, Starting starting, Action<Message> route)
    {
        var child = starting.Child(row, decision, now);
        if (starting.TryStart(writer, child, now) is not null)
        {
            var failed = new HistoryEvent(EventKind.SubOrchestrationInstanceFailed, now)
            {
                RelatedId = decision.Id,
                Details = new() { Failure = Failures.ChildExists(child.Id), IsNonRetriable = true },
            };
            Send(writer, row.Id, row.ExecutionId, now, failed, route);
        }
    }

    /// <summary>
    /// A new execution of the same instance: history cleared, kept events first in line, answers to the old execution ignored from here on.
    /// </summary>
    void BeginAgain(StoreWriter writer, InstanceRow next, Continuation continuation, Action<Message> route)
    {
        next = next with { ExecutionId = Starting.NewId(), Input = continuation.Input, Version = continuation.Version ?? row.Version };
        writer.DeleteHistory(row.Id);
        writer.Update(next);
        Result = next;
        var messages = writer.SendFirst(
            row.Id, [(next.ExecutionId, Starting.StartEvent(next)), .. result.Unprocessed.Select(e => ((string?)null, e))]);
        writer.AfterCommit(() => messages.ForEach(route));
    }

    InstanceRow Finish(StoreWriter writer, InstanceRow next, Ending ending, Action<Message> route)
    {
        next = next with
        {
            Status = ending.Status,
            Completed = now,
            Output = ending.Failure is { } failure ? JsonSerializer.Serialize(failure.ToString()) : ending.Output,
            Failure = ending.Failure is null ? null : JsonSerializer.Serialize(ending.Failure),
        };
        if (ending.Status != OrchestrationRuntimeStatus.Terminated)
        {
            appended.Add(new(EventKind.ExecutionCompleted, now)
            {
                Name = ending.Status.ToString(),
                Data = ending.Output,
                Details = ending.Failure is null ? null : new() { Failure = ending.Failure },
            });
        }

        writer.DeleteMessagesOf(row.Id);
        if (row.Parent is { } parent)
        {
            Send(writer, parent.InstanceId, parent.ExecutionId, now, Answer(parent, ending), route);
        }

        if (ending.Recursive)
        {
            foreach (var child in writer.ChildrenOf(row.Id).Where(child => !child.IsTerminal))
            {
                var stop = new HistoryEvent(EventKind.ExecutionTerminated, now) { Data = ending.Output, Details = new() { Recursive = true } };
                Send(writer, child.Id, child.ExecutionId, now, stop, route);
            }
        }

        return next;
    }

    HistoryEvent Answer(ParentLink parent, Ending ending) => ending.Status == OrchestrationRuntimeStatus.Completed
        ? new(EventKind.SubOrchestrationInstanceCompleted, now) { RelatedId = parent.TaskId, Data = ending.Output }
        : new(EventKind.SubOrchestrationInstanceFailed, now)
        {
            RelatedId = parent.TaskId,
            Details = new() { Failure = ending.Failure ?? Failures.Terminated(row.Id) },
        };

    static void Send(StoreWriter writer, string instance, string? execution, DateTime visibleAt, HistoryEvent e, Action<Message> route)
    {
        var message = writer.Send(instance, execution, visibleAt, e);
        writer.AfterCommit(() => route(message));
    }
}
