namespace Sluice.Embedded.Durable;

/// <content>Plays history events into the orchestrator.</content>
sealed partial class ReplayContext
{
    readonly SortedDictionary<int, Decision> held = [];
    readonly List<HistoryEvent> whileSuspended = [];

    public bool IsSuspended { get; private set; }
    public Ending? Stopped { get; private set; }

    /// <summary>Whether anything durable can still wake the orchestrator.</summary>
    public bool CanWake => open.Count > 0 || waiters.Values.Any(stack => stack.Any(waiter => !waiter.Task.IsCompleted));

    public bool HasOpenTasks => open.Count > 0;
    public IReadOnlyList<Decision> NewDecisions => [.. decisions.Values];
    public IReadOnlyList<HistoryEvent> Unprocessed => buffered;

    /// <summary>Plays one event; false when the execution is over and the rest must not be played.</summary>
    public bool Play(HistoryEvent e, bool isPast, Action start)
    {
        replaying = isPast;
        switch (e.Kind)
        {
            case EventKind.OrchestratorStarted:
                now = e.Timestamp;
                break;
            case EventKind.OrchestratorCompleted:
                ExpectNothingNew();
                break;
            case EventKind.ExecutionTerminated:
                Stopped = Ending.Terminated(e);
                break;
            case EventKind.IllegalAwait:
                Stopped = Ending.Failed(Failures.IllegalAwait(row.Name, row.Id));
                break;
            case EventKind.ExecutionSuspended:
                Suspend();
                break;
            case EventKind.ExecutionResumed:
                Resume(start);
                break;
            default:
                if (IsSuspended)
                {
                    whileSuspended.Add(e);
                }
                else
                {
                    Continue(e, start);
                }

                break;
        }

        return Stopped is null;
    }

    void Continue(HistoryEvent e, Action start)
    {
        if (e.Kind == EventKind.ExecutionStarted)
        {
            start();
        }
        else if (e.IsScheduled)
        {
            Match(e);
        }
        else if (e.Kind == EventKind.EventRaised)
        {
            Raise(e);
        }
        else if (open.Remove(e.RelatedId, out var task))
        {
            // Anything else answers a call. A second answer finds no open task and is ignored: the first wins.
            task.Complete(e);
        }

        loop.Drain();
    }

    /// <summary>What the code has just decided must be what the history has at this place. Inputs are not compared.</summary>
    void Match(HistoryEvent e)
    {
        var recorded = Decision.Describe(e.Kind, e.Name);
        if (!decisions.Remove(e.EventId, out var decided))
        {
            Deviate($"Expected at #{e.EventId}: {recorded}. Found: the code schedules nothing there.");
        }
        else if (decided.Kind != e.Kind || !string.Equals(decided.Name, e.Name, StringComparison.OrdinalIgnoreCase))
        {
            Deviate($"Expected at #{e.EventId}: {recorded}. Found: {decided}.");
        }
    }

    void ExpectNothingNew()
    {
        if (!IsSuspended && decisions.Count > 0)
        {
            var (id, extra) = decisions.First();
            Deviate($"Expected at #{id}: nothing in this turn. Found: {extra}.");
        }
    }

    void Deviate(string what) => Stopped = Ending.Failed(Failures.NonDeterministic(row.Name, row.Id, what));

    /// <summary>What was decided in the same turn is held until the resume, and events queue up meanwhile.</summary>
    void Suspend()
    {
        if (!IsSuspended)
        {
            IsSuspended = true;
            Move(decisions, held);
        }
    }

    void Resume(Action start)
    {
        if (!IsSuspended)
        {
            return;
        }

        IsSuspended = false;
        Move(held, decisions);
        var queued = whileSuspended.ToList();
        whileSuspended.Clear();
        queued.ForEach(e => Continue(e, start));
    }

    static void Move(SortedDictionary<int, Decision> from, SortedDictionary<int, Decision> to)
    {
        foreach (var (id, decision) in from)
        {
            to.Add(id, decision);
        }

        from.Clear();
    }
}
