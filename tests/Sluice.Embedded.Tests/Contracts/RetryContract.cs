using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Sluice.Embedded.Tests.Durable;

namespace Sluice.Embedded.Tests.Contracts;

/// <summary>Contract tests 25 to 31: retries.</summary>
public abstract class RetryContract<TBackend> : DurableContract<TBackend>
    where TBackend : IDurableBackend
{
    [ContractFact(Needs = Capabilities.Clock | Capabilities.History)]
    [Trait("Contract", "25")]
    public async Task Delays_grow_by_the_coefficient_up_to_the_maximum()
    {
        var clock = new TestClock();
        await using var hub = await Hub(clock)
            .Activity("Fail", _ => throw new IOException("again"))
            .Orchestrator("Retry", async context => await context.CallActivityAsync<int>(
                "Fail", options: TaskOptions.FromRetryPolicy(new(5, TimeSpan.FromSeconds(10), 3, TimeSpan.FromMinutes(1)))))
            .StartAsync();

        var id = await hub.ScheduleAsync("Retry");
        for (var retry = 1; retry < 5; retry++)
        {
            await Timers(hub, id, retry);
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        await hub.EndAsync(id);
        var history = hub.History(id);
        var delays = history.Where(e => e.Kind == EventKind.TimerCreated).Select(e => (e.FireAt!.Value - TurnOf(history, e)).TotalSeconds);

        // The last one is due at once: Durable Task records it when the attempts are used up.
        Assert.Equal([10, 30, 60, 60, 0], delays);
        Assert.Equal(5, history.Count(e => e.Kind == EventKind.TaskScheduled));
    }

    [ContractTheory(Needs = Capabilities.History)]
    [Trait("Contract", "26")]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Attempts_are_limited_and_the_last_error_surfaces(int attempts)
    {
        var calls = 0;
        await using var hub = await Hub()
            .Activity("Fail", _ => throw new IOException($"attempt {Interlocked.Increment(ref calls)}"))
            .Orchestrator("Retry", async context => await context.CallActivityAsync<int>(
                "Fail", options: TaskOptions.FromRetryPolicy(new(attempts, TimeSpan.FromMilliseconds(1)))))
            .StartAsync();

        var end = await hub.RunAsync("Retry", id: "run");

        Assert.Equal(attempts, calls);
        Assert.Equal($"attempt {attempts}", end.FailureDetails!.InnerFailure!.ErrorMessage);
        Assert.Equal(attempts, hub.History("run").Count(e => e.Kind == EventKind.TimerFired));
    }

    [ContractFact(Needs = Capabilities.Clock | Capabilities.History)]
    [Trait("Contract", "27")]
    public async Task The_retry_timeout_stops()
    {
        var clock = new TestClock();
        await using var hub = await Hub(clock)
            .Activity("Fail", _ => throw new IOException("again"))
            .Orchestrator("Retry", async context => await context.CallActivityAsync<int>(
                "Fail", options: TaskOptions.FromRetryPolicy(new(100, TimeSpan.FromMinutes(1), retryTimeout: TimeSpan.FromMinutes(2)))))
            .StartAsync();

        var id = await hub.ScheduleAsync("Retry");
        for (var retry = 1; retry <= 2; retry++)
        {
            await Timers(hub, id, retry);
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        await hub.EndAsync(id);

        Assert.Equal(3, hub.History(id).Count(e => e.Kind == EventKind.TaskScheduled));
        Assert.Equal(2, hub.History(id).Count(e => e.Kind == EventKind.TimerCreated));
    }

    [ContractTheory(Needs = Capabilities.History)]
    [Trait("Contract", "28")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_refusing_filter_stops_at_once(bool isThrowing)
    {
        var policy = new RetryPolicy(10, TimeSpan.FromHours(1))
        {
            HandleFailure = failure => isThrowing ? throw new InvalidOperationException("broken filter") : !failure.IsCausedBy<IOException>(),
        };
        await using var hub = await Hub()
            .Activity("Fail", _ => throw new FileNotFoundException("gone"))
            .Orchestrator("Retry", async context => await context.CallActivityAsync<int>("Fail", options: new TaskOptions(policy)))
            .StartAsync();

        var end = await hub.RunAsync("Retry", id: "run");

        Assert.Equal("gone", end.FailureDetails!.InnerFailure!.ErrorMessage);
        Assert.DoesNotContain(hub.History("run"), e => e.Kind == EventKind.TimerCreated);
    }

    [ContractFact(Needs = Capabilities.Clock)]
    [Trait("Contract", "29")]
    public async Task A_handler_sees_attempt_failure_and_total_time()
    {
        var clock = new TestClock();
        var seen = new ConcurrentDictionary<int, string>();
        await using var hub = await Hub(clock)
            .Activity("Fail", call =>
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                throw new IOException("at " + call.TaskId);
            })
            .Orchestrator("Retry", async context =>
                await context.CallActivityAsync<int>("Fail", options: TaskOptions.FromRetryHandler((RetryContext retry) =>
            {
                seen[retry.LastAttemptNumber] = $"{retry.LastFailure.ErrorMessage} after {retry.TotalRetryTime.TotalSeconds} s";
                return retry.LastAttemptNumber < 3;
            })))
            .StartAsync();

        await hub.RunAsync("Retry");

        Assert.Equal(["at 0 after 1 s", "at 1 after 2 s", "at 2 after 3 s"], seen.OrderBy(entry => entry.Key).Select(entry => entry.Value));
    }

    [Fact]
    [Trait("Contract", "30")]
    public void An_impossible_policy_is_refused()
    {
        var second = TimeSpan.FromSeconds(1);

        Assert.Throws<ArgumentOutOfRangeException>("maxNumberOfAttempts", () => new RetryPolicy(0, second));
        Assert.Throws<ArgumentOutOfRangeException>("firstRetryInterval", () => new RetryPolicy(1, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>("backoffCoefficient", () => new RetryPolicy(1, second, 0.9));
        Assert.Throws<ArgumentOutOfRangeException>("maxRetryInterval", () => new RetryPolicy(1, second, 1, second / 2));
        Assert.Throws<ArgumentOutOfRangeException>("retryTimeout", () => new RetryPolicy(1, second, 1, null, second / 2));
        Assert.Equal(Timeout.InfiniteTimeSpan, new RetryPolicy(1, second, 1, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan).MaxRetryInterval);
    }

    [ContractFact(Needs = Capabilities.Clock | Capabilities.History | Capabilities.Kill)]
    [Trait("Contract", "31")]
    public async Task A_restart_does_not_reset_the_attempts()
    {
        var clock = new TestClock();
        var calls = 0;
        await using var hub = await Hub(clock)
            .Activity("Fail", _ => throw new IOException($"attempt {Interlocked.Increment(ref calls)}"))
            .Orchestrator("Retry", async context => await context.CallActivityAsync<int>(
                "Fail", options: TaskOptions.FromRetryPolicy(new(3, TimeSpan.FromMinutes(1)))))
            .StartAsync();

        var id = await hub.ScheduleAsync("Retry");
        for (var retry = 1; retry <= 2; retry++)
        {
            await Timers(hub, id, retry);
            await hub.KillAndStartAsync();
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        var end = await hub.EndAsync(id);

        Assert.Equal(3, calls);
        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
    }

    static Task Timers(IDurableHarness hub, string id, int count)
        => Eventually.IsTrue(() => hub.History(id).Count(e => e.Kind == EventKind.TimerCreated) == count, $"timer {count}");

    static DateTime TurnOf(IReadOnlyList<HistoryEntry> history, HistoryEntry e)
        => history.TakeWhile(other => other != e).Last(other => other.Kind == EventKind.OrchestratorStarted).Timestamp;
}
