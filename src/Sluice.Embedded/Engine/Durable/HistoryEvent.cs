using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.DurableTask;

namespace Sluice.Embedded.Durable;

/// <summary>Kinds of history events, with Durable Task's names. The numbers are stored.</summary>
enum EventKind
{
    OrchestratorStarted = 1,
    OrchestratorCompleted = 2,
    ExecutionStarted = 3,
    ExecutionCompleted = 4,
    ExecutionTerminated = 5,
    ExecutionSuspended = 6,
    ExecutionResumed = 7,
    TaskScheduled = 8,
    TaskCompleted = 9,
    TaskFailed = 10,
    SubOrchestrationInstanceCreated = 11,
    SubOrchestrationInstanceCompleted = 12,
    SubOrchestrationInstanceFailed = 13,
    TimerCreated = 14,
    TimerFired = 15,
    EventSent = 16,
    EventRaised = 17,

    /// <summary>Ours: a continuation came back on a foreign thread after its turn had ended.</summary>
    IllegalAwait = 18,
    ExecutionRewound = 19,
}

/// <summary>
/// One row of history. <see cref="EventId"/> is the sequence id of what was scheduled, <see cref="RelatedId"/> the one that a completion answers; −1
/// when neither.
/// <see cref="Data"/> is the payload as JSON.
/// </summary>
sealed record HistoryEvent(EventKind Kind, DateTime Timestamp)
{
    public int EventId { get; init; } = -1;
    public int RelatedId { get; init; } = -1;
    public string? Name { get; init; }
    public string? Data { get; init; }
    public EventDetails? Details { get; init; }

    public bool IsScheduled
        => Kind is EventKind.TaskScheduled or EventKind.TimerCreated or EventKind.SubOrchestrationInstanceCreated or EventKind.EventSent;
}

/// <summary>What only some events carry; stored as one JSON column, so that the frequent events pay nothing for it.</summary>
sealed record EventDetails
{
    static readonly JsonSerializerOptions options = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault };

    public string? Version { get; init; }
    public string? InstanceId { get; init; }
    public DateTime? FireAt { get; init; }
    public TaskFailureDetails? Failure { get; init; }
    public bool IsNonRetriable { get; init; }
    public bool Recursive { get; init; }
    public IDictionary<string, string>? Tags { get; init; }

    public static string? Write(EventDetails? details) => details is null ? null : JsonSerializer.Serialize(details, options);
    public static EventDetails? Read(string? json) => json is null ? null : JsonSerializer.Deserialize<EventDetails>(json, options);
}

/// <summary>An event on its way to an instance. A null execution id means: whichever execution is current.</summary>
sealed record Message(long Seq, string InstanceId, string? ExecutionId, DateTime VisibleAt, HistoryEvent Event);

/// <summary>A scheduled activity that waits for a worker.</summary>
sealed record ActivityTask(
    long Seq, string InstanceId, string ExecutionId, int TaskId, string Name, string Version, string? Input, string? TraceParent);
