using Microsoft.DurableTask;

namespace Sluice.Functions;

/// <summary>The one retry policy: three retries after 1, 2 and 4 seconds, and only for what is expected to pass.</summary>
public static class Retry
{
    public static TaskOptions Transient { get; } = TaskOptions.FromRetryPolicy(
        new RetryPolicy(maxNumberOfAttempts: 4, firstRetryInterval: TimeSpan.FromSeconds(1), backoffCoefficient: 2)
        {
            HandleFailure = failure => failure.IsCausedBy<TransientException>(),
        });
}
