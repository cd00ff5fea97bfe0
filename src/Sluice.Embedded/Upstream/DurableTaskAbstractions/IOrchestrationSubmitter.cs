namespace Microsoft.DurableTask.Internal;

/// <summary>Starts orchestrations. Upstream: microsoft/durabletask-dotnet@c3d5d87a src/Abstractions/Internal/IOrchestrationSubmitter.cs.</summary>
public interface IOrchestrationSubmitter
{
    Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default);
}
