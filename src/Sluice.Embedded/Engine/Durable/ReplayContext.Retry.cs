using Microsoft.DurableTask;

namespace Sluice.Embedded.Durable;

/// <content>Retries, with the timers that Azure records (Azure/durabletask src/DurableTask.Core/RetryInterceptor.cs).</content>
sealed partial class ReplayContext
{
    Task<T> WithRetry<T>(TaskRetryOptions? retry, string name, Func<Task<T>> call)
        => retry?.Policy is { } policy ? ByPolicy(policy, call)
            : retry?.Handler is { } handler ? ByHandler(handler, call)
            : call();

    async Task<T> ByPolicy<T>(RetryPolicy policy, Func<Task<T>> call)
    {
        var started = now;
        for (var attempt = 1; ; attempt++)
        {
            Exception failure;
            try
            {
                return await call();
            }
            catch (Exception error) when (!Failures.IsNonRetriable(error))
            {
                failure = error;
            }

            if (attempt == policy.MaxNumberOfAttempts)
            {
                // Durable Task records one timer that is due at once here: an old error of it that old histories depend on.
                await CreateTimer(now, CancellationToken.None);
            }
            else if (Delay(policy, attempt, started, failure) is { } delay)
            {
                await CreateTimer(now + delay, CancellationToken.None);
                continue;
            }

            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>min(first × coefficient^(attempt−1), max), or nothing when it shall not be tried again.</summary>
    TimeSpan? Delay(RetryPolicy policy, int attempt, DateTime started, Exception failure)
    {
        var details = (failure as TaskFailedException)?.FailureDetails ?? TaskFailureDetails.FromException(failure);
        try
        {
            if (!policy.HandleFailure(details))
            {
                return null;
            }
        }
        // A filter that throws must not hide the failure that it was asked about.
        catch (Exception)
        {
            return null;
        }

        if (policy.RetryTimeout != Timeout.InfiniteTimeSpan && now - started >= policy.RetryTimeout)
        {
            return null;
        }

        var longest = policy.MaxRetryInterval == Timeout.InfiniteTimeSpan ? TimeSpan.FromDays(3650) : policy.MaxRetryInterval;
        var delay = policy.FirstRetryInterval.TotalMilliseconds * Math.Pow(policy.BackoffCoefficient, attempt - 1);
        return delay < longest.TotalMilliseconds ? TimeSpan.FromMilliseconds(delay) : longest;
    }

    async Task<T> ByHandler<T>(AsyncRetryHandler handler, Func<Task<T>> call)
    {
        var started = now;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (TaskFailedException failure) when (!Failures.IsNonRetriable(failure))
            {
                if (!await handler(new(this, attempt, failure.FailureDetails, now - started, CancellationToken.None)))
                {
                    throw;
                }
            }
        }
    }
}
