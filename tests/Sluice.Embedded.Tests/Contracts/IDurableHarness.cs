using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Sluice.Embedded.Tests.Durable;

namespace Sluice.Embedded.Tests.Contracts;

/// <summary>What a backend offers beyond Microsoft's client, or leaves to the backend in Microsoft's own words. A test that needs more is skipped.</summary>
[Flags]
public enum Capabilities
{
    None = 0,

    /// <summary>The events of an instance can be read.</summary>
    History = 1,

    /// <summary>The test moves the clock.</summary>
    Clock = 2,

    /// <summary>The backend can be crashed at a point, deliver twice and lose leases.</summary>
    Faults = 4,

    /// <summary>The worker can be ended as a kill of its process would.</summary>
    Kill = 8,

    /// <summary>An id that is taken is refused, by the statuses that the caller names.</summary>
    Dedupe = 16,

    /// <summary>ContinueAsNewOptions.NewVersion is honoured.</summary>
    NewVersion = 32,
    RecursiveTermination = 64,
    Restart = 128,
    Rewind = 256,

    /// <summary>Messages to unknown and finished instances are answered.</summary>
    DeliveryReports = 512,
    VersionStrategies = 1024,

    /// <summary>Sizes of payloads, custom status and the form of ids are limited as in docs/embedded.md.</summary>
    Limits = 2048,
}

/// <summary>A place where the contract runs. Static, because what it can do decides which tests exist.</summary>
public interface IDurableBackend
{
    static abstract string Name { get; }
    static abstract Capabilities Capabilities { get; }

    static abstract IDurableHarness Create(HubOptions options);
}

/// <summary>One task hub with its worker. Everything that Microsoft's API can say is said through <see cref="Client"/>.</summary>
public interface IDurableHarness : IAsyncDisposable
{
    DurableTaskClient Client { get; }

    IDurableHarness Orchestrator(string name, Func<TaskOrchestrationContext, Task<object?>> code);

    IDurableHarness ActivityAsync(string name, Func<ActivityCall, Task<object?>> code);

    /// <summary>Starts the worker, also once more after a stop or a kill.</summary>
    Task<IDurableHarness> StartAsync();

    /// <summary>Waits for what runs up to the drain timeout, and abandons the rest.</summary>
    Task StopAsync();

    /// <summary>Ends the worker as a kill of its process would.</summary>
    void Kill();

    /// <summary>Completes when the worker has died of a fault.</summary>
    Task DiedAsync(string instanceId);

    /// <summary>The events of the current execution, oldest first, also while no worker runs.</summary>
    IReadOnlyList<HistoryEntry> History(string instanceId);

    string ExecutionId(string instanceId);

    /// <summary>What a management call's exception says of the instance.</summary>
    Delivery Explain(Exception error);
}

/// <summary>What became of a message.</summary>
public enum Delivery
{
    Accepted,
    NotFound,
    Finished,
}

/// <summary>How a hub is set up. Every number has the value that most tests want.</summary>
public sealed record HubOptions
{
    public TimeProvider Clock { get; init; } = TimeProvider.System;
    public TestFaults? Faults { get; init; }
    public ILoggerFactory? Loggers { get; init; }
    public int MaxConcurrentActivities { get; init; } = 4;
    public int MaxDeliveries { get; init; } = 10;
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether state may be kept between turns; false: every turn begins with the stored history.</summary>
    public bool KeepsState { get; init; } = true;

    /// <summary>May change between two starts of the worker.</summary>
    public string DefaultVersion { get; set; } = "";
    public string VersionMatchStrategy { get; init; } = "None";
    public string VersionFailureStrategy { get; init; } = "Reject";
}

/// <summary>What an activity of a test sees. <see cref="TaskId"/> and <see cref="DeliveryCount"/> are told by backends with faults.</summary>
public sealed record ActivityCall(string InstanceId, int TaskId, string Version, string? Json, int DeliveryCount, CancellationToken Cancellation)
{
    public T Input<T>() => Microsoft.DurableTask.Converters.JsonDataConverter.Default.Deserialize<T>(Json)!;
}

/// <summary>One event of a history, with Durable Task's names for the kinds.</summary>
public sealed record HistoryEntry(EventKind Kind, int EventId, int RelatedId, string? Name, string? Data, DateTime Timestamp, DateTime? FireAt);

public enum EventKind
{
    OrchestratorStarted,
    OrchestratorCompleted,
    ExecutionStarted,
    ExecutionCompleted,
    ExecutionTerminated,
    ExecutionSuspended,
    ExecutionResumed,
    ExecutionRewound,
    TaskScheduled,
    TaskCompleted,
    TaskFailed,
    SubOrchestrationInstanceCreated,
    SubOrchestrationInstanceCompleted,
    SubOrchestrationInstanceFailed,
    TimerCreated,
    TimerFired,
    EventSent,
    EventRaised,
}
