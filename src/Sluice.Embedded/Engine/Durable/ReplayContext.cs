using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Sluice.Embedded.Durable;

/// <summary>
/// The context of one replay. It is built anew for every turn and plays the whole history of the execution, so nothing survives between turns but
/// history.
/// Semantics: Azure/durabletask src/DurableTask.Core/TaskOrchestrationContext.cs and microsoft/durabletask-dotnet src/Worker/Core/Shims.
/// </summary>
sealed partial class ReplayContext(
    InstanceRow row, Payloads payloads, ILoggerFactory loggers, OrchestratorLoop loop, Action foreign) : TaskOrchestrationContext
{
    // Azure splits longer timers into legs, because storage queues cannot hide a message for longer. The history must look the same here.
    static readonly TimeSpan longestTimer = TimeSpan.FromDays(3);

    readonly SortedDictionary<int, Decision> decisions = [];
    readonly Dictionary<int, OpenTask> open = [];
    int nextId;
    int guidCounter;
    DateTime now;
    bool replaying;

    public override TaskName Name => row.Name;
    public override string InstanceId => row.Id;
    public override string Version => row.Version;
    public override ParentOrchestrationInstance? Parent { get; } = row.Parent is { } parent ? new(parent.Name, parent.InstanceId) : null;
    public override DateTime CurrentUtcDateTime => now;
    public override bool IsReplaying => replaying;
    protected override ILoggerFactory LoggerFactory => loggers;

    public Continuation? Continuation { get; private set; }
    public (string? Json, bool IsSet) CustomStatus { get; private set; }

    public override T? GetInput<T>()
        where T : default => payloads.Read<T>(row.Input);

    public override void SetCustomStatus(object? customStatus)
    {
        Guard();
        CustomStatus = (payloads.WriteStatus(customStatus, row.Name), true);
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true)
        => ContinueAsNew(new ContinueAsNewOptions { NewInput = newInput, PreserveUnprocessedEvents = preserveUnprocessedEvents });

    public override void ContinueAsNew(ContinueAsNewOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Guard();
        Continuation = new(
            payloads.Write(options.NewInput, $"new input of orchestrator '{row.Name}'"),
            options.PreserveUnprocessedEvents,
            string.IsNullOrWhiteSpace(options.NewVersion) ? null : options.NewVersion);
    }

    public override Guid NewGuid()
    {
        Guard();
        return NameGuid.Create($"{InstanceId}_{now:o}_{guidCounter++}");
    }

    public override void SendEvent(string instanceId, string eventName, object payload)
    {
        Guard();
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        Names.CheckInstanceId(instanceId);
        Decide(new(EventKind.EventSent, nextId++, eventName) { Data = payloads.Write(payload, $"event '{eventName}'"), InstanceId = instanceId });
    }

    /// <summary>Scheduling from another thread would make the order of calls, and with it the replay, a matter of luck.</summary>
    void Guard()
    {
        if (!loop.IsHere)
        {
            foreign();
            throw new InvalidOperationException(
                $"Orchestrator '{row.Name}' of instance '{row.Id}' used its context from another thread than its own, or after its turn. "
                + "Expected calls on the orchestrator's thread only: do not use Task.Run, ConfigureAwait(false) or awaits of non-durable tasks in "
                + "an orchestrator.");
        }
    }

    void Decide(Decision decision) => decisions.Add(decision.Id, decision);

    Task<T> Open<T>(Decision decision, Func<HistoryEvent, T> result)
    {
        Decide(decision);

        // Continuations on purpose run inside SetResult: the thread is the orchestrator's, and the order is that of the history.
        var source = new TaskCompletionSource<T>();
        open.Add(decision.Id, new(decision, answer => Complete(source, answer, result), () => source.TrySetCanceled()));
        return source.Task;

        void Complete(TaskCompletionSource<T> source, HistoryEvent answer, Func<HistoryEvent, T> result)
        {
            if (answer.Kind is EventKind.TaskFailed or EventKind.SubOrchestrationInstanceFailed)
            {
                source.TrySetException(Failures.Exception(decision.Name!, decision.Id, answer.Details));
                return;
            }

            T value;
            try
            {
                value = result(answer);
            }
            catch (Exception error) when (error is System.Text.Json.JsonException or NotSupportedException or InvalidCastException)
            {
                source.TrySetException(error);
                return;
            }

            source.TrySetResult(value);
        }
    }

    /// <summary>A call without a result yet: while there is one, the execution neither completes nor continues as new.</summary>
    sealed record OpenTask(Decision Decision, Action<HistoryEvent> Complete, Action Cancel);
}
