namespace Microsoft.DurableTask;

/// <summary>A retry policy or a retry handler. Upstream: microsoft/durabletask-dotnet@c3d5d87a src/Abstractions/TaskRetryOptions.cs.</summary>
public sealed class TaskRetryOptions
{
    public TaskRetryOptions(RetryPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        Policy = policy;
    }

    public TaskRetryOptions(AsyncRetryHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Handler = handler;
    }

    public RetryPolicy? Policy { get; }
    public AsyncRetryHandler? Handler { get; }

    public static implicit operator TaskRetryOptions(RetryPolicy policy) => FromRetryPolicy(policy);
    public static implicit operator TaskRetryOptions(AsyncRetryHandler handler) => FromRetryHandler(handler);
    public static implicit operator TaskRetryOptions(RetryHandler handler) => FromRetryHandler(handler);

    public static TaskRetryOptions FromRetryPolicy(RetryPolicy policy) => new(policy);
    public static TaskRetryOptions FromRetryHandler(AsyncRetryHandler handler) => new(handler);
    public static TaskRetryOptions FromRetryHandler(RetryHandler handler) => new(context => Task.FromResult(handler(context)));
}

/// <summary>Decides on a further attempt. Upstream: microsoft/durabletask-dotnet@c3d5d87a src/Abstractions/RetryHandler.cs.</summary>
public delegate bool RetryHandler(RetryContext retryContext);

/// <summary>Decides on a further attempt. Upstream: microsoft/durabletask-dotnet@c3d5d87a src/Abstractions/RetryHandler.cs.</summary>
public delegate Task<bool> AsyncRetryHandler(RetryContext retryContext);

/// <summary>What a retry handler sees. Upstream: microsoft/durabletask-dotnet@c3d5d87a src/Abstractions/RetryHandler.cs.</summary>
public record RetryContext(
    TaskOrchestrationContext OrchestrationContext, int LastAttemptNumber, TaskFailureDetails LastFailure,
    TimeSpan TotalRetryTime, CancellationToken CancellationToken);
