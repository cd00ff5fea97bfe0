using Microsoft.DurableTask;

namespace Sluice.Embedded.Durable;

/// <summary>Runs user code for the engine. The host implements it over functions, tests over delegates.</summary>
public interface ITaskExecutor
{
    bool HasOrchestrator(string name);

    bool HasActivity(string name);

    /// <summary>
    /// Runs an orchestrator once (one replay). Must run on the calling thread until it awaits a durable task. The result is already JSON.
    /// </summary>
    Task<string?> RunOrchestratorAsync(string name, TaskOrchestrationContext context);

    /// <summary>Runs an activity. It may be called twice for one task: delivery is at least once. The result is already JSON.</summary>
    Task<string?> RunActivityAsync(string name, ActivityInvocation invocation, CancellationToken cancellation);
}

/// <summary>One delivery of an activity. <paramref name="Input"/> is JSON; <paramref name="DeliveryCount"/> is 1 for the first.</summary>
public sealed record ActivityInvocation(string InstanceId, int TaskId, string Version, string? Input, int DeliveryCount);
