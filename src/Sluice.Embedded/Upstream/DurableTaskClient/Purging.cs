namespace Microsoft.DurableTask.Client;

/// <summary>What a purge removed. Upstream: microsoft/durabletask-dotnet src/Client/Core/PurgeResult.cs, 1.25.0.</summary>
public class PurgeResult(int count, bool? isComplete)
{
    public PurgeResult(int count)
        : this(count, null)
    {
    }

    public int PurgedInstanceCount { get; } = count;
    public bool? IsComplete { get; } = isComplete;
}

/// <summary>Which instances to purge. Upstream: microsoft/durabletask-dotnet src/Client/Core/PurgeInstancesFilter.cs, 1.25.0.</summary>
public record PurgeInstancesFilter(
    DateTimeOffset? CreatedFrom = null, DateTimeOffset? CreatedTo = null, IEnumerable<OrchestrationRuntimeStatus>? Statuses = null)
{
    public TimeSpan? Timeout { get; init; }
}

/// <summary>How to purge. Upstream: microsoft/durabletask-dotnet src/Client/Core/PurgeInstanceOptions.cs, 1.25.0.</summary>
public record PurgeInstanceOptions(bool Recursive = false);

/// <summary>How to terminate. Upstream: microsoft/durabletask-dotnet src/Client/Core/TerminateInstanceOptions.cs, 1.25.0.</summary>
public record TerminateInstanceOptions(object? Output = null, bool Recursive = false);
