using Microsoft.DurableTask.Client;
using Sluice.Embedded.Tests.Durable;

namespace Sluice.Embedded.Tests.Contracts;

/// <summary>Contract tests 32 to 36: durable timers.</summary>
public abstract class TimerContract<TBackend> : DurableContract<TBackend>
    where TBackend : IDurableBackend
{
    [ContractTheory(Needs = Capabilities.Clock | Capabilities.Kill)]
    [Trait("Contract", "32")]
    [InlineData("none")]
    [InlineData("stop")]
    [InlineData("kill")]
    public async Task A_timer_fires_when_due_and_not_before_also_after_a_restart(string restart)
    {
        var clock = new TestClock();
        await using var hub = await Hub(clock)
            .Orchestrator("Sleep", async context =>
            {
                var from = context.CurrentUtcDateTime;
                context.SetCustomStatus("asleep");
                await context.CreateTimer(TimeSpan.FromHours(10), CancellationToken.None);
                return (context.CurrentUtcDateTime - from).TotalHours;
            })
            .StartAsync();
        var id = await hub.ScheduleAsync("Sleep");
        await hub.StatusAsync(id, "asleep");

        clock.Advance(TimeSpan.FromHours(10) - TimeSpan.FromTicks(1));
        await (restart switch
        {
            "stop" => hub.StopAndStartAsync(),
            "kill" => hub.KillAndStartAsync(),
            _ => Task.CompletedTask,
        });
        var before = await hub.Client.GetInstanceAsync(id);
        clock.Advance(TimeSpan.FromTicks(1) + TimeSpan.FromMilliseconds(1));
        var end = await hub.EndAsync(id);

        Assert.Equal(OrchestrationRuntimeStatus.Running, before!.RuntimeStatus);
        Assert.InRange(end.ReadOutputAs<double>(), 10, 10.001);
    }

    [ContractFact(Needs = Capabilities.Clock | Capabilities.Kill)]
    [Trait("Contract", "32")]
    public async Task A_timer_that_came_due_while_nothing_ran_fires_at_the_next_start()
    {
        var clock = new TestClock();
        await using var hub = await Hub(clock)
            .Orchestrator("Sleep", async context =>
            {
                context.SetCustomStatus("asleep");
                await context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
                return "woken";
            })
            .StartAsync();
        var id = await hub.ScheduleAsync("Sleep");
        await hub.StatusAsync(id, "asleep");

        hub.Kill();
        clock.Advance(TimeSpan.FromDays(2));
        await hub.StartAsync();
        var end = await hub.EndAsync(id);

        Assert.Equal("woken", end.ReadOutputAs<string>());
    }

    [ContractFact(Needs = Capabilities.Clock | Capabilities.History)]
    [Trait("Contract", "33")]
    public async Task A_past_due_time_fires_at_once_and_is_in_the_history()
    {
        await using var hub = await Hub(new TestClock())
            .Orchestrator("Past", async context =>
            {
                await context.CreateTimer(context.CurrentUtcDateTime.AddDays(-1), CancellationToken.None);
                return "fired";
            })
            .StartAsync();

        var end = await hub.RunAsync("Past", id: "past");

        Assert.Equal("fired", end.ReadOutputAs<string>());
        Assert.Single(hub.History("past"), e => e.Kind == EventKind.TimerCreated);
        Assert.Single(hub.History("past"), e => e.Kind == EventKind.TimerFired);
    }

    [ContractFact(Needs = Capabilities.Clock | Capabilities.History)]
    [Trait("Contract", "34")]
    public async Task A_cancelled_timer_does_not_hold_the_completion_and_its_fire_is_ignored()
    {
        var clock = new TestClock();
        await using var hub = await Hub(clock)
            .Activity("Work", _ => "done")
            .Orchestrator("Race", async context =>
            {
                using var source = new CancellationTokenSource();
                var timer = context.CreateTimer(TimeSpan.FromHours(1), source.Token);
                var work = context.CallActivityAsync<string>("Work");
                await Task.WhenAny(timer, work);
                source.Cancel();
                if (context.GetInput<bool>())
                {
                    context.SetCustomStatus("waiting");
                    await context.WaitForExternalEvent<int>("go");
                }

                return timer.IsCanceled;
            })
            .StartAsync();

        var quick = await hub.RunAsync("Race", false);
        var id = await hub.ScheduleAsync("Race", true);
        await hub.StatusAsync(id, "waiting");
        clock.Advance(TimeSpan.FromHours(2));
        await Eventually.IsTrue(() => hub.History(id).Any(e => e.Kind == EventKind.TimerFired), "the late fire");
        await hub.Client.RaiseEventAsync(id, "go", 1);
        var late = await hub.EndAsync(id);

        Assert.True(quick.ReadOutputAs<bool>());
        Assert.True(late.ReadOutputAs<bool>());
    }

    [ContractFact(Needs = Capabilities.Clock)]
    [Trait("Contract", "18")]
    public async Task A_timer_that_is_not_cancelled_holds_the_completion()
    {
        var clock = new TestClock();
        await using var hub = await Hub(clock)
            .Orchestrator("Held", context =>
            {
                _ = context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
                context.SetCustomStatus("returned");
                return Task.FromResult<object?>("result");
            })
            .StartAsync();

        var id = await hub.ScheduleAsync("Held");
        await hub.StatusAsync(id, "returned");
        var held = await hub.Client.GetInstanceAsync(id);
        clock.Advance(TimeSpan.FromHours(1));
        var end = await hub.EndAsync(id);

        Assert.Equal(OrchestrationRuntimeStatus.Running, held!.RuntimeStatus);
        Assert.Equal("result", end.ReadOutputAs<string>());
    }

    [ContractFact(Needs = Capabilities.Clock | Capabilities.History)]
    [Trait("Contract", "35")]
    public async Task A_timer_of_10_days_is_split_into_legs_of_3_and_the_total_is_right()
    {
        var clock = new TestClock();
        await using var hub = await Hub(clock)
            .Orchestrator("Long", async context =>
            {
                var from = context.CurrentUtcDateTime;
                await context.CreateTimer(TimeSpan.FromDays(10), CancellationToken.None);
                return (context.CurrentUtcDateTime - from).TotalDays;
            })
            .StartAsync();
        var id = await hub.ScheduleAsync("Long");

        foreach (var (leg, days) in new[] { (1, 3), (2, 3), (3, 3), (4, 1) })
        {
            await Eventually.IsTrue(() => hub.History(id).Count(e => e.Kind == EventKind.TimerCreated) == leg, $"leg {leg}");
            clock.Advance(TimeSpan.FromDays(days));
        }

        var end = await hub.EndAsync(id);

        Assert.Equal(10, end.ReadOutputAs<double>(), 3);
        Assert.Equal(4, hub.History(id).Count(e => e.Kind == EventKind.TimerFired));
    }

    [ContractFact(Needs = Capabilities.Clock | Capabilities.History)]
    [Trait("Contract", "36")]
    public async Task Of_500_timers_that_are_due_together_all_fire()
    {
        var clock = new TestClock();
        await using var hub = await Hub(clock)
            .Orchestrator("Many", async context =>
            {
                context.SetCustomStatus("asleep");
                await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None)));
                return 500;
            })
            .StartAsync();
        var id = await hub.ScheduleAsync("Many");
        await hub.StatusAsync(id, "asleep");

        clock.Advance(TimeSpan.FromMinutes(2));
        var end = await hub.EndAsync(id);

        Assert.Equal(500, end.ReadOutputAs<int>());
        Assert.Equal(500, hub.History(id).Count(e => e.Kind == EventKind.TimerFired));
    }
}
