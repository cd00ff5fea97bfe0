using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Sluice.Embedded.Durable;

/// <summary>Something that an orchestrator decided in a replay. It is either already in the history, or new.</summary>
sealed record Decision(EventKind Kind, int Id, string? Name)
{
    public string? Data { get; init; }
    public string? Version { get; init; }
    public string? InstanceId { get; init; }
    public DateTime FireAt { get; init; }
    public IDictionary<string, string>? Tags { get; init; }

    public HistoryEvent ToEvent(DateTime now) => new(Kind, now)
    {
        EventId = Id,
        Name = Name,
        Data = Data,
        Details = Kind switch
        {
            EventKind.TimerCreated => new() { FireAt = FireAt },
            EventKind.TaskScheduled when Tags is null && Version is null => null,
            _ => new() { Version = Version, InstanceId = InstanceId, Tags = Tags },
        },
    };

    public override string ToString() => Describe(Kind, Name);

    public static string Describe(EventKind kind, string? name) => kind switch
    {
        EventKind.TaskScheduled => $"activity '{name}'",
        EventKind.SubOrchestrationInstanceCreated => $"sub-orchestration '{name}'",
        EventKind.EventSent => $"sent event '{name}'",
        EventKind.TimerCreated => "timer",
        _ => kind.ToString(),
    };
}

/// <summary>How an execution ended.</summary>
sealed record Ending(OrchestrationRuntimeStatus Status)
{
    public string? Output { get; init; }
    public TaskFailureDetails? Failure { get; init; }
    public bool Recursive { get; init; }

    public static Ending Terminated(HistoryEvent stop)
        => new(OrchestrationRuntimeStatus.Terminated) { Output = stop.Data, Recursive = stop.Details?.Recursive == true };

    public static Ending Failed(TaskFailureDetails failure) => new(OrchestrationRuntimeStatus.Failed) { Failure = failure };
}

/// <summary>The wish to begin again with a new input.</summary>
sealed record Continuation(string? Input, bool PreserveEvents, string? Version);

/// <summary>What a replay came to. At most one of <see cref="Ending"/> and <see cref="Continuation"/> is set; neither while tasks are open.</summary>
sealed record ReplayResult
{
    public required IReadOnlyList<Decision> Decisions { get; init; }
    public required bool IsSuspended { get; init; }
    public (string? Json, bool IsSet) CustomStatus { get; init; }
    public Ending? Ending { get; init; }
    public Continuation? Continuation { get; init; }
    public IReadOnlyList<HistoryEvent> Unprocessed { get; init; } = [];
}
