using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Sluice.Embedded.Durable;

namespace Sluice.Embedded.Tests.Durable;

/// <summary>Contract tests 74 to 77: concurrency, stopping, payloads, soak; and stores that cannot be used.</summary>
public sealed class LimitTests
{
    [Fact]
    [Trait("Contract", "74")]
    public async Task No_more_activities_run_at_once_than_allowed()
    {
        var (running, most) = (0, 0);
        var gate = new Lock();
        await using var hub = await new Harness(configure: options => options with { MaxConcurrentActivities = 3 })
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
        await using var hub = await new Harness(configure: options => options with { DrainTimeout = TimeSpan.FromMilliseconds(300) })
            .ActivityAsync("Short", async call =>
            {
                deliveries.GetOrAdd("short", _ => []).Enqueue(call.Invocation.DeliveryCount);
                isRunning.Signal();
                await go.Task;
                return "short";
            })
            .ActivityAsync("Long", async call =>
            {
                deliveries.GetOrAdd("long", _ => []).Enqueue(call.Invocation.DeliveryCount);
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

        var stop = hub.Engine.StopAsync(CancellationToken.None);
        go.SetResult();
        await stop;
        await hub.StartAsync();
        var end = await hub.EndAsync(id);

        Assert.Equal("short long", end.ReadOutputAs<string>());
        Assert.Equal([1], deliveries["short"]);
        Assert.Equal([1, 1], deliveries["long"]);
    }

    [Theory]
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
        await using var hub = await new Harness()
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

    [Fact]
    [Trait("Contract", "77")]
    public async Task A_thousand_instances_in_parallel_complete()
    {
        await using var hub = await new Harness(configure: options => options with { MaxCachedExecutions = 50 })
            .Activity("Step", call => call.Input<int>() + 1)
            .Orchestrator("Run", async context =>
            {
                var value = context.GetInput<int>();
                for (var i = 0; i < 3; i++)
                {
                    value = await context.CallActivityAsync<int>("Step", value);
                }

                return value;
            })
            .StartAsync();

        var ids = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => hub.ScheduleAsync("Run", i)));
        var ends = await Task.WhenAll(ids.Select(hub.EndAsync));

        Assert.Equal(Enumerable.Range(3, 1000), ends.Select(end => end.ReadOutputAs<int>()));
    }

    [Fact]
    public async Task A_store_of_a_newer_version_is_refused()
    {
        await using var hub = await new Harness().StartAsync();
        await hub.Engine.StopAsync(CancellationToken.None);
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(hub.Folder, "durable.db")};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(hub.StartAsync);

        Assert.Contains("has schema version '99', expected 1 or less", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_client_of_an_engine_that_is_not_started_says_so()
    {
        var engine = new DurableEngine(
            new() { Path = "unused" }, new DelegateExecutor(), Microsoft.DurableTask.Converters.JsonDataConverter.Default, TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);

        var refused = Assert.Throws<InvalidOperationException>(() => engine.Find("x"));

        Assert.Contains("The durable engine is not started.", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("claim")]
    [InlineData("complete")]
    [InlineData("turn")]
    public async Task A_write_that_fails_for_a_while_is_repeated_and_no_work_is_done_twice(string write)
    {
        var clock = new TestClock();
        var (failures, runs) = (0, 0);
        var faults = new TestFaults
        {
            Watch = (point, _) =>
            {
                if (point == write + ".written" && Interlocked.Increment(ref failures) <= 3)
                {
                    throw new IOException("disk full");
                }
            },
        };
        await using var hub = await new Harness(clock, faults)
            .Activity("Work", _ => Interlocked.Increment(ref runs))
            .Orchestrator("Run", async context => await context.CallActivityAsync<int>("Work"))
            .StartAsync();

        var id = await hub.ScheduleAsync("Run");
        await Eventually.IsTrue(
            async () =>
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                return (await hub.Client.GetInstanceAsync(id))!.IsCompleted;
            },
            "the end");

        Assert.Equal(1, (await hub.EndAsync(id)).ReadOutputAs<int>());
        Assert.True(failures > 3);
    }

    [Fact]
    public async Task A_file_that_is_no_store_is_refused()
    {
        await using var hub = new Harness();
        await File.WriteAllTextAsync(Path.Combine(hub.Folder, "durable.db"), new string('x', 5000));

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(hub.StartAsync);

        Assert.Contains("cannot be opened: found 'SQLite Error 26: 'file is not a database'.'", refused.Message, StringComparison.Ordinal);
        Assert.Equal(5000, new FileInfo(Path.Combine(hub.Folder, "durable.db")).Length);
    }
}
