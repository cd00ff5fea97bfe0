namespace Microsoft.DurableTask.Internal;

/// <summary>Starts orchestrations. Upstream: microsoft/durabletask-dotnet src/Abstractions/Internal/IOrchestrationSubmitter.cs, 1.25.0.</summary>
public interface IOrchestrationSubmitter
{
    Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default);
}
