using Microsoft.DurableTask.Client;
using Sluice.Functions.Api;
using Sluice.Functions.Orchestrations;
using Sluice.Functions.Tests.App;
using Sluice.Llm;
using Sluice.Runs;

namespace Sluice.Functions.Tests.Orchestrations;

/// <summary>A run that has spent its budget waits for a decision, and goes on or ends by it.</summary>
public sealed class BudgetPauseTests
{
    static readonly RunRequest request = new("run", "pipelines/p.yaml", "p.yaml", "/in", ApprovalTime: TimeSpan.FromDays(3));

    static readonly ApprovalDecision approved = new(2m, "anna", default);

    volatile ApprovalDecision? decision;
    volatile bool refused;
    int looks;

    /// <summary>A run of one asking stage whose second unit cannot be paid until something is decided.</summary>
    FakeActivities Activities() => new()
    {
        Advance = advance => advance.After switch
        {
            StageKind.Start => new Stage(StageKind.Ask, 0, "ask: mood", 2, 0),
            _ => new Stage(StageKind.Done, 0, "done", 0, 0, new RunOutcome("v-1", "t", false, null, null)),
        },
        Unit = (unit, _) => unit.Unit == 1 && decision is null ? throw new BudgetException("The run may spend 1.00 US dollars.") : Task.CompletedTask,
        Decision = _ =>
        {
            Interlocked.Increment(ref looks);
            return refused ? throw new BudgetException("anna refused a higher budget.") : decision;
        },
    };

    [Fact]
    public async Task A_run_waits_says_for_what_and_goes_on_when_it_is_approved()
    {
        var activities = Activities();
        await using var hub = await FakeHub.StartAsync(activities);
        await hub.StartAsync(nameof(RunPipeline), "run", request);

        var status = await WaitingAsync(hub);
        Assert.Equal(("waiting_for_approval", "ask: mood", 1.1m), (status.Status, status.Stage, status.Approval!.LeastUsd));
        Assert.Equal("The run may spend 1.00 US dollars.", status.Approval.Reason);
        decision = approved;
        await hub.Client.RaiseEventAsync("run", BudgetPause.Decided(1), "anna", CancellationToken.None);

        Assert.Equal("v-1", RunStatus.Of(await hub.EndAsync("run")).Version);
        Assert.Equal([0, 0, 1, 1], activities.Units.Select(u => u.Unit).Order());
        Assert.Single(activities.Asks);

        // The units that were stopped are a child of their own, and what follows is asked for once.
        Assert.NotNull(await hub.Client.GetInstanceAsync("run.9-0-1", CancellationToken.None));
        Assert.Equal([StageKind.Start, StageKind.Ask], activities.Advances.Select(a => a.After));
    }

    [Fact]
    public async Task A_decision_whose_event_was_lost_is_found_by_looking()
    {
        await using var hub = await FakeHub.StartAsync(Activities());
        await hub.StartAsync(nameof(RunPipeline), "run", request);
        await WaitingAsync(hub);

        decision = approved;
        var run = hub.EndAsync("run");
        await Wait.UntilAsync("the run looks again", () =>
        {
            hub.Clock.Advance(TimeSpan.FromMinutes(30));
            return Task.FromResult(run.IsCompleted);
        });

        Assert.Equal("completed", RunStatus.Of(await run).Status);
    }

    [Fact]
    public async Task An_event_without_a_decision_changes_nothing()
    {
        await using var hub = await FakeHub.StartAsync(Activities());
        await hub.StartAsync(nameof(RunPipeline), "run", request);
        await WaitingAsync(hub);

        var before = looks;
        await hub.Client.RaiseEventAsync("run", BudgetPause.Decided(1), "nobody", CancellationToken.None);
        await Wait.UntilAsync("the run has looked", () => Task.FromResult(looks > before));

        Assert.Equal("waiting_for_approval", (await WaitingAsync(hub)).Status);
    }

    [Fact]
    public async Task A_refusal_ends_the_run_with_who_refused()
    {
        await using var hub = await FakeHub.StartAsync(Activities());
        await hub.StartAsync(nameof(RunPipeline), "run", request);
        await WaitingAsync(hub);

        refused = true;
        await hub.Client.RaiseEventAsync("run", BudgetPause.Decided(1), "anna", CancellationToken.None);

        var status = RunStatus.Of(await hub.EndAsync("run"));
        Assert.Equal(("failed", "anna refused a higher budget.", null), (status.Status, status.Error, status.Approval));
    }

    [Fact]
    public async Task A_run_that_is_stopped_while_it_waits_is_stopped()
    {
        await using var hub = await FakeHub.StartAsync(Activities());
        await hub.StartAsync(nameof(RunPipeline), "run", request);
        await WaitingAsync(hub);

        await hub.Client.TerminateInstanceAsync("run", new TerminateInstanceOptions("stopped", Recursive: true), CancellationToken.None);

        var status = RunStatus.Of(await hub.EndAsync("run"));
        Assert.Equal(("stopped", null), (status.Status, status.Approval));
    }

    [Fact]
    public async Task A_stage_that_is_opened_may_ask_too_and_its_units_are_not_run_again()
    {
        var stopped = 0;
        var activities = new FakeActivities
        {
            Advance = advance => advance.After == StageKind.Start ? new Stage(StageKind.Observe, 0, "look", 1, 0)
                : decision is null && Interlocked.Increment(ref stopped) > 0 ? throw new BudgetException("Step 'schema' may spend 1.00 US dollars.")
                : new Stage(StageKind.Done, 0, "done", 0, 0, new RunOutcome("v-1", "t", false, null, null)),
            Decision = _ => decision,
        };
        await using var hub = await FakeHub.StartAsync(activities);
        await hub.StartAsync(nameof(RunPipeline), "run", request);
        await WaitingAsync(hub);

        decision = approved;
        await hub.Client.RaiseEventAsync("run", BudgetPause.Decided(1), "anna", CancellationToken.None);

        Assert.Equal("v-1", RunStatus.Of(await hub.EndAsync("run")).Version);
        Assert.Equal((1, 1), (stopped, activities.Units.Count));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    public async Task Without_a_time_to_wait_a_run_fails_at_once(int? days)
    {
        var activities = Activities();
        await using var hub = await FakeHub.StartAsync(activities);

        await hub.StartAsync(nameof(RunPipeline), "run", request with { ApprovalTime = days is { } d ? TimeSpan.FromDays(d) : null });

        Assert.Equal("The run may spend 1.00 US dollars.", RunStatus.Of(await hub.EndAsync("run")).Error);
        Assert.Empty(activities.Asks);
    }

    static async Task<RunStatus> WaitingAsync(FakeHub hub)
    {
        RunStatus? status = null;
        await Wait.UntilAsync("the run waits", async () =>
        {
            status = await hub.Client.GetInstanceAsync("run", getInputsAndOutputs: true, CancellationToken.None) is { } run ? RunStatus.Of(run) : null;
            return status?.Status == "waiting_for_approval";
        });
        return status!;
    }
}
