namespace Microsoft.DurableTask.Client;

/// <summary>Upstream: microsoft/durabletask-dotnet src/Client/Core/StartOrchestrationOptionsExtensions.cs, 1.25.0.</summary>
public static class StartOrchestrationOptionsExtensions
{
    public static StartOrchestrationOptions WithDedupeStatuses(
        this StartOrchestrationOptions options, params OrchestrationRuntimeStatus[] dedupeStatuses)
        => options with { DedupeStatuses = [.. dedupeStatuses.Select(status => status.ToString())] };
}
