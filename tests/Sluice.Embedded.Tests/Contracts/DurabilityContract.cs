using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Sluice.Embedded.Tests.Durable;

namespace Sluice.Embedded.Tests.Contracts;

/// <summary>Contract tests 67 to 73: crashes, leases, poison.</summary>
public abstract class DurabilityContract<TBackend> : DurableContract<TBackend>
    where TBackend : IDurableBackend
{
    [ContractFact(Needs = Capabilities.Kill)]
    [Trait("Contract", "67")]
    public async Task An_activity_that_was_running_at_a_kill_runs_again_and_its_effect_counts_once()
    {
        var effects = new ConcurrentDictionary<string, int>();
        var deliveries = new ConcurrentQueue<int>();
        var isRunning = new TaskCompletionSource();
        await using var hub = await Hub()
            .ActivityAsync("Effect", async call =>
            {
                deliveries.Enqueue(call.DeliveryCount);
                if (deliveries.Count == 1)
                {
                    isRunning.SetResult();
                    await new TaskCompletionSource().Task.WaitAsync(call.Cancellation);
                }

                effects.TryAdd($"{call.InstanceId}/{call.TaskId}", 1);
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

    [ContractFact(Needs = Capabilities.History | Capabilities.Faults)]
    [Trait("Contract", "68")]
    public async Task A_kill_after_the_effect_and_before_the_commit_delivers_again()
    {
        var runs = 0;
        var faults = new TestFaults();
        await using var hub = await Hub(faults: faults)
            .Activity("Effect", _ => Interlocked.Increment(ref runs))
            .Orchestrator("Run", async context => await context.CallActivityAsync<int>("Effect"))
            .StartAsync();
        faults.CrashAt(TestFaults.ActivityReturned);

        var id = await hub.ScheduleAsync("Run");
        await hub.DiedAsync(id);
        await hub.StartAsync();
        var end = await hub.EndAsync(id);

        Assert.Equal(2, end.ReadOutputAs<int>());
        Assert.Equal(1, hub.History(id).Count(e => e.Kind == EventKind.TaskCompleted));
    }

    [ContractTheory(Needs = Capabilities.History | Capabilities.Faults)]
    [Trait("Contract", "69")]
    [InlineData(TestFaults.TurnReplayed)]
    [InlineData("turn.before")]
    [InlineData("turn.written")]
    [InlineData(TestFaults.Commit)]
    public async Task A_kill_between_replay_and_commit_of_a_turn_schedules_nothing_twice(string point)
    {
        var runs = new ConcurrentBag<int>();
        var faults = new TestFaults();
        await using var hub = await Hub(faults: faults)
            .Activity("Count", call =>
            {
                runs.Add(call.TaskId);
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
        await Eventually.IsTrue(() => hub.History(id).Any(e => e.Kind == EventKind.EventRaised), "the event");

        // The point "commit" is also reached by the write of the resume itself.
        faults.CrashAt(point, point == TestFaults.Commit ? 2 : 1);
        await hub.Client.ResumeInstanceAsync(id);
        await hub.DiedAsync(id);
        Assert.DoesNotContain(hub.History(id), e => e.Kind == EventKind.TaskScheduled);
        await hub.StartAsync();
        await hub.EndAsync(id);

        Assert.Equal(10, hub.History(id).Count(e => e.Kind == EventKind.TaskScheduled));
        Assert.Equal(10, runs.Count);
    }

    [Fact]
    [Trait("Contract", "70")]
    public async Task Workers_share_instances_and_no_instance_is_in_two_turns_at_once()
    {
        var inTurn = new ConcurrentDictionary<string, int>();
        var collisions = 0;
        await using var hub = await Hub()
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

    [ContractFact(Needs = Capabilities.Clock | Capabilities.History | Capabilities.Faults)]
    [Trait("Contract", "71")]
    public async Task A_lease_that_runs_out_hands_the_activity_over_and_the_late_result_is_ignored()
    {
        var clock = new TestClock();
        var faults = new TestFaults { Leaks = _ => true };
        var go = new TaskCompletionSource();
        var deliveries = 0;
        await using var hub = await Hub(clock, faults)
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
        await Eventually.IsTrue(() => hub.History(id).Any(e => e.Kind == EventKind.TaskCompleted), "the second delivery");
        var completions = faults.Reached["complete.written"];
        go.SetResult();
        await Eventually.IsTrue(() => faults.Reached["complete.written"] > completions, "the late answer");
        await hub.Client.RaiseEventAsync(id, "end", 5);
        var end = await hub.EndAsync(id);

        Assert.Equal(25, end.ReadOutputAs<int>());
        Assert.Single(hub.History(id), e => e.Kind == EventKind.TaskCompleted);
    }

    [ContractFact(Needs = Capabilities.Clock | Capabilities.Faults)]
    [Trait("Contract", "71")]
    public async Task A_long_activity_keeps_its_lease_by_renewal()
    {
        var clock = new TestClock();
        var faults = new TestFaults();
        var go = new TaskCompletionSource();
        var deliveries = 0;
        await using var hub = await Hub(clock, faults)
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

    [ContractFact(Needs = Capabilities.History | Capabilities.Faults)]
    [Trait("Contract", "72")]
    public async Task A_second_answer_is_ignored()
    {
        var runs = 0;
        var faults = new TestFaults { Doubles = _ => true };
        await using var hub = await Hub(faults: faults)
            .Activity("Work", _ => Interlocked.Increment(ref runs))
            .Orchestrator("Run", async context =>
            {
                var first = await context.CallActivityAsync<int>("Work");
                await context.WaitForExternalEvent<int>("end");
                return first;
            })
            .StartAsync();
        var id = await hub.ScheduleAsync("Run");

        await Eventually.IsTrue(() => hub.History(id).Count(e => e.Kind == EventKind.TaskCompleted) == 2, "two answers");
        await hub.Client.RaiseEventAsync(id, "end", 1);
        var end = await hub.EndAsync(id);

        Assert.Equal(2, runs);
        Assert.Equal(1, end.ReadOutputAs<int>());
    }

    [ContractFact(Needs = Capabilities.Faults)]
    [Trait("Contract", "73")]
    public async Task An_activity_that_ends_the_process_each_time_fails_and_others_go_on()
    {
        var faults = new TestFaults();
        await using var hub = await Hub(faults: faults, configure: options => options with { MaxDeliveries = 3 })
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
            if (point == TestFaults.ActivityStarting && subject == "Deadly")
            {
                throw TestFaults.Crash("deadly");
            }
        };

        var id = await hub.ScheduleAsync("Run");
        for (var crash = 0; crash < 3; crash++)
        {
            await hub.DiedAsync(id);
            await hub.StartAsync();
        }

        var end = await hub.EndAsync(id);

        Assert.StartsWith("good: The activity 'Deadly' was delivered 3 times and never "
            + "completed", end.ReadOutputAs<string>(), StringComparison.Ordinal);
    }
}
