namespace Microsoft.DurableTask.Client;

/// <summary>What a purge removed. Upstream: microsoft/durabletask-dotnet@c3d5d87a src/Client/Core/PurgeResult.cs.</summary>
public class PurgeResult(int count, bool? isComplete)
{
    public PurgeResult(int count)
        : this(count, null)
    {
    }

    public int PurgedInstanceCount { get; } = count;
    public bool? IsComplete { get; } = isComplete;
}

/// <summary>Which instances to purge. Upstream: microsoft/durabletask-dotnet@c3d5d87a src/Client/Core/PurgeInstancesFilter.cs.</summary>
public record PurgeInstancesFilter(
    DateTimeOffset? CreatedFrom = null, DateTimeOffset? CreatedTo = null, IEnumerable<OrchestrationRuntimeStatus>? Statuses = null)
{
    public TimeSpan? Timeout { get; init; }
}

/// <summary>How to purge. Upstream: microsoft/durabletask-dotnet@c3d5d87a src/Client/Core/PurgeInstanceOptions.cs.</summary>
public record PurgeInstanceOptions(bool Recursive = false);

/// <summary>How to terminate. Upstream: microsoft/durabletask-dotnet@c3d5d87a src/Client/Core/TerminateInstanceOptions.cs.</summary>
public record TerminateInstanceOptions(object? Output = null, bool Recursive = false);
