using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Sluice.Embedded.Durable;

namespace Sluice.Embedded.Tests.Durable;

/// <summary>Contract tests 67 to 73: crashes, leases, poison.</summary>
public sealed class DurabilityTests
{
    [Fact]
    [Trait("Contract", "67")]
    public async Task An_activity_that_was_running_at_a_kill_runs_again_and_its_effect_counts_once()
    {
        var effects = new ConcurrentDictionary<string, int>();
        var deliveries = new ConcurrentQueue<int>();
        var isRunning = new TaskCompletionSource();
        await using var hub = await new Harness()
            .ActivityAsync("Effect", async call =>
            {
                deliveries.Enqueue(call.Invocation.DeliveryCount);
                if (deliveries.Count == 1)
                {
                    isRunning.SetResult();
                    await new TaskCompletionSource().Task.WaitAsync(call.Cancellation);
                }

                effects.TryAdd($"{call.Invocation.InstanceId}/{call.Invocation.TaskId}", 1);
                return "done";
            })
            .Orchestrator("Run", async context => await context.CallActivityAsync<string>("Effect"))
            .StartAsync();
        var id = await hub.ScheduleAsync("Run");
        await isRunning.Task;

        await hub.KillAndStartAsync();
        var end = await hub.EndAsync(id);

        Assert.Equal("done", end.ReadOutputAs<string>());
        Assert.Equal([1, 2], deliveries);
        Assert.Single(effects);
    }

    [Fact]
    [Trait("Contract", "68")]
    public async Task A_kill_after_the_effect_and_before_the_commit_delivers_again()
    {
        var runs = 0;
        var faults = new TestFaults();
        await using var hub = await new Harness(faults: faults)
            .Activity("Effect", _ => Interlocked.Increment(ref runs))
            .Orchestrator("Run", async context => await context.CallActivityAsync<int>("Effect"))
            .StartAsync();
        faults.CrashAt(FaultPoints.ActivityReturned);

        var id = await hub.ScheduleAsync("Run");
        await Dead(hub, id);
        await hub.StartAsync();
        var end = await hub.EndAsync(id);

        Assert.Equal(2, end.ReadOutputAs<int>());
        Assert.Equal(1, hub.Engine.History(id)!.Count(e => e.Kind == EventKind.TaskCompleted));
    }

    [Theory]
    [Trait("Contract", "69")]
    [InlineData(FaultPoints.TurnReplayed)]
    [InlineData("turn.before")]
    [InlineData("turn.written")]
    [InlineData(FaultPoints.Commit)]
    public async Task A_kill_between_replay_and_commit_of_a_turn_schedules_nothing_twice(string point)
    {
        var runs = new ConcurrentBag<int>();
        var faults = new TestFaults();
        await using var hub = await new Harness(faults: faults)
            .Activity("Count", call =>
            {
                runs.Add(call.Invocation.TaskId);
                return null;
            })
            .Orchestrator("Run", async context =>
            {
                await context.WaitForExternalEvent<int>("go");
                await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => context.CallActivityAsync("Count")));
                return "done";
            })
            .StartAsync();
        var id = await hub.ScheduleAsync("Run");
        await hub.RuntimeStatusAsync(id, OrchestrationRuntimeStatus.Running);
        await hub.Client.SuspendInstanceAsync(id);
        await hub.RuntimeStatusAsync(id, OrchestrationRuntimeStatus.Suspended);
        await hub.Client.RaiseEventAsync(id, "go", 1);
        await Eventually.IsTrue(() => hub.Engine.History(id)!.Any(e => e.Kind == EventKind.EventRaised), "the event");

        // The point "commit" is also reached by the write of the resume itself.
        faults.CrashAt(point, point == FaultPoints.Commit ? 2 : 1);
        await hub.Client.ResumeInstanceAsync(id);
        await Dead(hub, id);
        Assert.DoesNotContain(new Store(hub.Folder).History(id), e => e.Kind == EventKind.TaskScheduled);
        await hub.StartAsync();
        await hub.EndAsync(id);

        Assert.Equal(10, hub.Engine.History(id)!.Count(e => e.Kind == EventKind.TaskScheduled));
        Assert.Equal(10, runs.Count);
    }

    [Fact]
    [Trait("Contract", "70")]
    public async Task A_second_engine_on_the_store_is_refused_until_the_first_is_gone()
    {
        await using var hub = await new Harness().Orchestrator("Now", _ => Task.FromResult<object?>(1)).StartAsync();
        var first = hub.Engine;

        var refused = await Assert.ThrowsAsync<EngineStoreException>(hub.StartAsync);
        await first.StopAsync(CancellationToken.None);
        await hub.StartAsync();
        var end = await hub.RunAsync("Now");

        Assert.Contains($"The durable store '{hub.Folder}' is in use", refused.Message, StringComparison.Ordinal);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, end.RuntimeStatus);
    }

    [Fact]
    [Trait("Contract", "70")]
    public async Task Workers_share_instances_and_no_instance_is_in_two_turns_at_once()
    {
        var inTurn = new ConcurrentDictionary<string, int>();
        var collisions = 0;
        await using var hub = await new Harness()
            .Activity("Step", call => call.Input<int>())
            .Orchestrator("Run", async context =>
            {
                var sum = 0;
                for (var i = 0; i < 10; i++)
                {
                    if (inTurn.AddOrUpdate(context.InstanceId, 1, (_, count) => count + 1) > 1)
                    {
                        Interlocked.Increment(ref collisions);
                    }

                    Thread.SpinWait(500);
                    inTurn[context.InstanceId] = 0;
                    sum += await context.CallActivityAsync<int>("Step", i);
                }

                return sum;
            })
            .StartAsync();

        var ids = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => hub.ScheduleAsync("Run")));
        var ends = await Task.WhenAll(ids.Select(hub.EndAsync));

        Assert.All(ends, end => Assert.Equal(45, end.ReadOutputAs<int>()));
        Assert.Equal(0, collisions);
    }

    [Fact]
    [Trait("Contract", "71")]
    public async Task A_lease_that_runs_out_hands_the_activity_over_and_the_late_result_is_ignored()
    {
        var clock = new TestClock();
        var faults = new TestFaults { Leaks = _ => true };
        var go = new TaskCompletionSource();
        var deliveries = 0;
        await using var hub = await new Harness(clock, faults)
            .ActivityAsync("Work", async _ =>
            {
                var delivery = Interlocked.Increment(ref deliveries);
                if (delivery == 1)
                {
                    await go.Task;
                }

                return delivery;
            })
            .Orchestrator("Run", async context =>
            {
                var first = await context.CallActivityAsync<int>("Work");
                return first * 10 + await context.WaitForExternalEvent<int>("end");
            })
            .StartAsync();
        var id = await hub.ScheduleAsync("Run");
        await Eventually.IsTrue(() => deliveries == 1, "the first delivery");

        clock.Advance(TimeSpan.FromMinutes(6));
        await Eventually.IsTrue(() => hub.Engine.History(id)!.Any(e => e.Kind == EventKind.TaskCompleted), "the second delivery");
        var completions = faults.Reached["complete.written"];
        go.SetResult();
        await Eventually.IsTrue(() => faults.Reached["complete.written"] > completions, "the late answer");
        await hub.Client.RaiseEventAsync(id, "end", 5);
        var end = await hub.EndAsync(id);

        Assert.Equal(25, end.ReadOutputAs<int>());
        Assert.Single(hub.Engine.History(id)!, e => e.Kind == EventKind.TaskCompleted);
    }

    [Fact]
    [Trait("Contract", "71")]
    public async Task A_long_activity_keeps_its_lease_by_renewal()
    {
        var clock = new TestClock();
        var faults = new TestFaults();
        var go = new TaskCompletionSource();
        var deliveries = 0;
        await using var hub = await new Harness(clock, faults)
            .ActivityAsync("Work", async _ =>
            {
                Interlocked.Increment(ref deliveries);
                await go.Task;
                return "done";
            })
            .Orchestrator("Run", async context => await context.CallActivityAsync<string>("Work"))
            .StartAsync();
        var id = await hub.ScheduleAsync("Run");
        await Eventually.IsTrue(() => deliveries == 1, "the delivery");

        for (var minute = 0; minute < 20; minute++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        await Eventually.IsTrue(() => faults.Reached.GetValueOrDefault("renew.written") > 5, "renewals");
        go.SetResult();
        await hub.EndAsync(id);

        Assert.Equal(1, deliveries);
    }

    [Fact]
    [Trait("Contract", "72")]
    public async Task A_second_answer_is_ignored()
    {
        var runs = 0;
        var faults = new TestFaults { Doubles = _ => true };
        await using var hub = await new Harness(faults: faults)
            .Activity("Work", _ => Interlocked.Increment(ref runs))
            .Orchestrator("Run", async context =>
            {
                var first = await context.CallActivityAsync<int>("Work");
                await context.WaitForExternalEvent<int>("end");
                return first;
            })
            .StartAsync();
        var id = await hub.ScheduleAsync("Run");

        await Eventually.IsTrue(() => hub.Engine.History(id)!.Count(e => e.Kind == EventKind.TaskCompleted) == 2, "two answers");
        await hub.Client.RaiseEventAsync(id, "end", 1);
        var end = await hub.EndAsync(id);

        Assert.Equal(2, runs);
        Assert.Equal(1, end.ReadOutputAs<int>());
    }

    [Fact]
    [Trait("Contract", "73")]
    public async Task An_activity_that_ends_the_process_each_time_fails_and_others_go_on()
    {
        var faults = new TestFaults();
        await using var hub = await new Harness(faults: faults, configure: options => options with { MaxDeliveries = 3 })
            .Activity("Good", _ => "good")
            .Activity("Deadly", _ => "never")
            .Orchestrator("Run", async context =>
            {
                var good = await context.CallActivityAsync<string>("Good");
                try
                {
                    return good + await context.CallActivityAsync<string>("Deadly");
                }
                catch (TaskFailedException failed)
                {
                    return good + ": " + failed.FailureDetails.ErrorMessage;
                }
            })
            .StartAsync();
        faults.Watch = (point, subject) =>
        {
            if (point == FaultPoints.ActivityStarting && subject == "Deadly")
            {
                throw new EngineKilledException("deadly");
            }
        };

        var id = await hub.ScheduleAsync("Run");
        for (var crash = 0; crash < 3; crash++)
        {
            await Dead(hub, id);
            await hub.StartAsync();
        }

        var end = await hub.EndAsync(id);

        Assert.StartsWith("good: The activity 'Deadly' was delivered 3 times and never "
            + "completed", end.ReadOutputAs<string>(), StringComparison.Ordinal);
    }

    static async Task Dead(Harness hub, string id)
        => await Assert.ThrowsAsync<EngineKilledException>(() => hub.Client.WaitForInstanceCompletionAsync(id).WaitAsync(Eventually.Limit));
}
