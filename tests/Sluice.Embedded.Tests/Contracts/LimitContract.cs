using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Sluice.Embedded.Tests.Durable;

namespace Sluice.Embedded.Tests.Contracts;

/// <summary>Contract tests 74 to 77: concurrency, stopping, payloads, soak.</summary>
public abstract class LimitContract<TBackend> : DurableContract<TBackend>
    where TBackend : IDurableBackend
{
    [Fact]
    [Trait("Contract", "74")]
    public async Task No_more_activities_run_at_once_than_allowed()
    {
        var (running, most) = (0, 0);
        var gate = new Lock();
        await using var hub = await Hub(configure: options => options with { MaxConcurrentActivities = 3 })
            .ActivityAsync("Work", async _ =>
            {
                lock (gate)
                {
                    most = Math.Max(most, ++running);
                }

                await Task.Yield();
                lock (gate)
                {
                    running--;
                }

                return null;
            })
            .Orchestrator("Run", async context =>
            {
                await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => context.CallActivityAsync("Work")));
                return null;
            })
            .StartAsync();

        await hub.RunAsync("Run");

        Assert.InRange(most, 1, 3);
    }

    [Fact]
    [Trait("Contract", "75")]
    public async Task A_graceful_stop_waits_for_what_runs_and_abandons_what_takes_too_long()
    {
        var isRunning = new CountdownEvent(2);
        var go = new TaskCompletionSource();
        var deliveries = new ConcurrentDictionary<string, ConcurrentQueue<int>>();
        await using var hub = await Hub(configure: options => options with { DrainTimeout = TimeSpan.FromMilliseconds(300) })
            .ActivityAsync("Short", async call =>
            {
                deliveries.GetOrAdd("short", _ => []).Enqueue(call.DeliveryCount);
                isRunning.Signal();
                await go.Task;
                return "short";
            })
            .ActivityAsync("Long", async call =>
            {
                deliveries.GetOrAdd("long", _ => []).Enqueue(call.DeliveryCount);
                if (deliveries["long"].Count == 1)
                {
                    isRunning.Signal();
                    await new TaskCompletionSource().Task.WaitAsync(call.Cancellation);
                }

                return "long";
            })
            .Orchestrator("Run", async context => string.Join(' ', await Task.WhenAll(
                context.CallActivityAsync<string>("Short"), context.CallActivityAsync<string>("Long"))))
            .StartAsync();
        var id = await hub.ScheduleAsync("Run");
        Assert.True(isRunning.Wait(Eventually.Limit));

        var stop = hub.StopAsync();
        go.SetResult();
        await stop;
        await hub.StartAsync();
        var end = await hub.EndAsync(id);

        Assert.Equal("short long", end.ReadOutputAs<string>());
        Assert.Equal([1], deliveries["short"]);
        Assert.Equal([1, 1], deliveries["long"]);
    }

    [ContractTheory(Needs = Capabilities.Limits)]
    [Trait("Contract", "76")]
    [InlineData("start")]
    [InlineData("event")]
    [InlineData("activity input")]
    [InlineData("activity output")]
    [InlineData("output")]
    [InlineData("new input")]
    public async Task A_payload_over_the_limit_is_refused_with_name_size_and_limit(string place)
    {
        var runs = 0;
        var large = new string('x', 16 * 1024);
        await using var hub = await Hub()
            .Activity("Large", _ =>
            {
                Interlocked.Increment(ref runs);
                return large;
            })
            .Orchestrator("Run", async context =>
            {
                switch (place)
                {
                    case "activity input":
                        await context.CallActivityAsync("Large", large);
                        break;
                    case "activity output":
                        await context.CallActivityAsync("Large", options: new TaskOptions(new RetryPolicy(3, TimeSpan.FromMilliseconds(1))));
                        break;
                    case "new input":
                        context.ContinueAsNew(large);
                        break;
                    case "event":
                        await context.WaitForExternalEvent<string>("e");
                        break;
                    default:
                        return large;
                }

                return null;
            })
            .StartAsync();

        string message;
        if (place is "start")
        {
            message = (await Assert.ThrowsAnyAsync<ArgumentException>(() => hub.ScheduleAsync("Run", large))).Message;
        }
        else
        {
            var id = await hub.ScheduleAsync("Run");
            message = place == "event"
                ? (await Assert.ThrowsAnyAsync<ArgumentException>(() => hub.Client.RaiseEventAsync(id, "e", large))).Message
                : (await hub.EndAsync(id)).FailureDetails!.ErrorMessage;
        }

        Assert.Contains("is too large: found 16386 bytes of JSON, expected at most 16384.", message, StringComparison.Ordinal);
        Assert.Contains(place switch
        {
            "event" => "event 'e'",
            "activity input" or "activity output" => $"{place[9..]} of activity 'Large'",
            _ =>
            "orchestrator 'Run'"
        }, message, StringComparison.Ordinal);
        Assert.InRange(runs, 0, 1);
    }

    [Theory]
    [Trait("Contract", "76")]
    [InlineData(10)]
    [InlineData(60)]
    [InlineData(300)]
    [InlineData(1536)]
    public async Task A_payload_of_any_size_comes_back_whole_or_is_refused(int kilobytes)
    {
        var payload = string.Concat(Enumerable.Repeat("0123456789abcdef", kilobytes * 64));
        await using var hub = await Hub().Orchestrator("Echo", context => Task.FromResult<object?>(context.GetInput<string>())).StartAsync();

        string? id = null;
        var refused = await Record.ExceptionAsync(async () => id = await hub.ScheduleAsync("Echo", payload));

        if (refused is null)
        {
            Assert.Equal(payload, (await hub.EndAsync(id!)).ReadOutputAs<string>());
        }
        else
        {
            Assert.Contains("too large", refused.Message, StringComparison.Ordinal);
            Assert.Equal(0, await hub.Client.GetAllInstancesAsync().CountAsync());
        }
    }

    [Fact]
    [Trait("Contract", "77")]
    public async Task A_thousand_instances_that_live_at_once_complete()
    {
        await using var hub = await Hub()
            .Activity("Step", call => call.Input<int>() + 1)
            .Orchestrator("Run", async context =>
            {
                var value = await context.CallActivityAsync<int>("Step", context.GetInput<int>());
                value += await context.WaitForExternalEvent<int>("go");
                return await context.CallActivityAsync<int>("Step", value);
            })
            .StartAsync();

        var ids = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => hub.ScheduleAsync("Run", i)));
        var alive = await Task.WhenAll(ids.Select(id => hub.Client.WaitForInstanceStartAsync(id)));
        await Task.WhenAll(ids.Select(id => hub.Client.RaiseEventAsync(id, "go", 10)));
        var ends = await Task.WhenAll(ids.Select(hub.EndAsync));

        Assert.All(alive, instance => Assert.Equal(OrchestrationRuntimeStatus.Running, instance.RuntimeStatus));
        Assert.Equal(Enumerable.Range(12, 1000), ends.Select(end => end.ReadOutputAs<int>()));
    }
}
