using Microsoft.DurableTask.Client;

namespace Sluice.Embedded.Durable;

/// <summary>
/// Takes a failed execution back to the turn before its first failure, as a new execution: results that came later are delivered again where their call is
/// still in the history, and calls that have no result are made again; failed children are rewound in turn. Runs inside the commit loop's transaction.
/// </summary>
sealed class Rewinding(StoreWriter writer, Starting starting, Action<Message> route, Action<ActivityTask> enqueue, DateTime now)
{
    /// <summary>Only what has failed can be rewound, and only when no child of it still runs.</summary>
    public bool IsPossible(InstanceRow row) => row.Status == OrchestrationRuntimeStatus.Failed
        && writer.ChildrenOf(row.Id).All(child => child.Status == OrchestrationRuntimeStatus.Failed ? IsPossible(child) : child.IsTerminal);

    public void Rewind(InstanceRow row, string? reason, string? parentExecution = null)
    {
        var history = writer.History(row.Id);
        var cut = Cut(history);
        var kept = history[..cut];
        var calls = kept.Where(e => e.IsScheduled && e.Kind != EventKind.EventSent).ToDictionary(e => e.EventId);
        var again = history[cut..].Where(e => IsInput(e) && (e.RelatedId < 0 || calls.ContainsKey(e.RelatedId))).ToList();
        var next = row with
        {
            ExecutionId = Starting.NewId(),
            Status = cut == 0 ? OrchestrationRuntimeStatus.Pending : OrchestrationRuntimeStatus.Running,
            Updated = now,
            Completed = null,
            Output = null,
            Failure = null,
            Parent = parentExecution is null ? row.Parent : row.Parent! with { ExecutionId = parentExecution },
        };
        writer.DeleteHistory(row.Id);
        writer.AppendHistory(row.Id, 0, kept);
        writer.Update(next);
        Send(next, now, new(EventKind.ExecutionRewound, now) { Data = reason });
        again.ForEach(e => Send(next, now, e));
        var answered = kept.Concat(again).Select(e => e.RelatedId).ToHashSet();
        foreach (var call in calls.Values.Where(call => !answered.Contains(call.EventId)))
        {
            Repeat(next, call, reason);
        }
    }

    /// <summary>Where the turn begins that saw the first failure; without one, the last turn: the orchestrator itself failed there.</summary>
    static int Cut(List<HistoryEvent> history)
    {
        var failure = history.FindIndex(e => e.Kind is EventKind.TaskFailed or EventKind.SubOrchestrationInstanceFailed);
        return history.FindLastIndex(failure < 0 ? history.Count - 1 : failure, e => e.Kind == EventKind.OrchestratorStarted);
    }

    /// <summary>What came from outside the orchestrator, and may come again.</summary>
    static bool IsInput(HistoryEvent e) => e.Kind is EventKind.ExecutionStarted or EventKind.TaskCompleted or EventKind.SubOrchestrationInstanceCompleted
        or EventKind.TimerFired or EventKind.EventRaised or EventKind.ExecutionSuspended or EventKind.ExecutionResumed;

    void Repeat(InstanceRow row, HistoryEvent call, string? reason)
    {
        var decision = new Decision(call.Kind, call.EventId, call.Name)
        {
            Data = call.Data,
            Version = call.Details?.Version,
            InstanceId = call.Details?.InstanceId,
            Tags = call.Details?.Tags,
        };
        switch (call.Kind)
        {
            case EventKind.TaskScheduled:
                var task = writer.Schedule(row, decision);
                writer.AfterCommit(() => enqueue(task));
                break;
            case EventKind.TimerCreated:
                var due = call.Details!.FireAt!.Value;
                Send(row, due, new(EventKind.TimerFired, due) { RelatedId = call.EventId });
                break;
            case EventKind.SubOrchestrationInstanceCreated
                when writer.Find(decision.InstanceId!) is { Status: OrchestrationRuntimeStatus.Failed } child && child.Parent?.InstanceId == row.Id:
                Rewind(child, reason, row.ExecutionId);
                break;
            case EventKind.SubOrchestrationInstanceCreated:
                starting.TryStart(writer, starting.Child(row, decision, now), now);
                break;
        }
    }

    void Send(InstanceRow row, DateTime visibleAt, HistoryEvent e)
    {
        var message = writer.Send(row.Id, row.ExecutionId, visibleAt, e);
        writer.AfterCommit(() => route(message));
    }
}
