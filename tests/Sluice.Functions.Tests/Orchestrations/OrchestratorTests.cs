using Microsoft.DurableTask.Client;
using Sluice.Functions.Api;
using Sluice.Functions.Orchestrations;
using Sluice.Functions.Tests.App;
using Sluice.Runs;

namespace Sluice.Functions.Tests.Orchestrations;

public sealed class OrchestratorTests
{
    static readonly RunRequest request = new("run", "pipelines/p.yaml", "p.yaml", "/in");

    [Fact]
    public async Task A_run_goes_from_stage_to_stage_and_returns_its_outcome()
    {
        var outcome = new RunOutcome("v-7", "t", false, null, "runs/run/record.json");
        var activities = new FakeActivities
        {
            Advance = advance => advance.After switch
            {
                StageKind.Start => new Stage(StageKind.Ingest, 0, "read", 3, 1),
                StageKind.Ingest => new Stage(StageKind.Observe, 0, "look", 2, 0),
                StageKind.Observe when advance.Pass == 0 => new Stage(StageKind.Observe, 1, "look again", 0, 2),
                _ => new Stage(StageKind.Done, 0, "done", 0, 0, outcome),
            },
        };
        await using var hub = await FakeHub.StartAsync(activities);

        await hub.StartAsync(nameof(RunPipeline), "run", request);
        var run = await hub.EndAsync("run");

        Assert.Equal(outcome, run.ReadOutputAs<RunOutcome>());
        Assert.Equal("done", run.ReadCustomStatusAs<Stage>()!.Title);
        Assert.Equal(
            [(StageKind.Start, 0), (StageKind.Ingest, 0), (StageKind.Observe, 0), (StageKind.Observe, 1)],
            activities.Advances.Select(a => (a.After, a.Pass)));
        Assert.Equal(
            ["Ingest 0.0", "Ingest 0.1", "Ingest 0.2", "Observe 0.0", "Observe 0.1"],
            activities.Units.Select(u => $"{u.Kind} {u.Pass}.{u.Unit}").Order());
        Assert.NotNull(await hub.Client.GetInstanceAsync("run.ingest-0", CancellationToken.None));
        Assert.Null(await hub.Client.GetInstanceAsync("run.observe-1", CancellationToken.None));
    }

    [Fact]
    public async Task A_stage_of_450_units_runs_each_once_in_windows_of_200()
    {
        var running = 0;
        var most = 0;
        var activities = new FakeActivities
        {
            Unit = async (_, _) =>
            {
                InterlockedMax(ref most, Interlocked.Increment(ref running));
                await Task.Yield();
                Interlocked.Decrement(ref running);
            },
        };
        await using var hub = await FakeHub.StartAsync(activities);

        await hub.StartAsync(nameof(RunStage), "stage", new StageRequest("run", StageKind.Apply, 0, 450, StageWindow.MaxUnits));
        var stage = await hub.EndAsync("stage");

        Assert.Equal(OrchestrationRuntimeStatus.Completed, stage.RuntimeStatus);
        Assert.Equal(450, stage.ReadCustomStatusAs<int>());
        Assert.Equal(400, stage.ReadInputAs<StageRequest>()!.Cursor);
        Assert.Equal(Enumerable.Range(0, 450), activities.Units.Select(u => u.Unit).Order());

        // A window is begun once the one before it is done.
        var order = activities.Units.Select(u => u.Unit / StageWindow.MaxUnits).ToArray();
        Assert.Equal(order.Order(), order);
        Assert.True(most > 1, "units never ran at the same time");
    }

    [Fact]
    public async Task What_is_expected_to_pass_is_tried_again_after_1_2_and_4_seconds()
    {
        var tries = 0;
        FakeHub? started = null;
        var times = new List<DateTimeOffset>();
        var activities = new FakeActivities
        {
            Unit = (_, _) =>
            {
                times.Add(started!.Clock.GetUtcNow());
                return Interlocked.Increment(ref tries) < 4 ? throw new TransientException("busy") : Task.CompletedTask;
            },
        };
        await using var hub = started = await FakeHub.StartAsync(activities);

        await hub.StartAsync(nameof(RunStage), "stage", new StageRequest("run", StageKind.Apply, 0, 1, StageWindow.MaxUnits));
        foreach (var (seconds, before) in new[] { (1, 1), (2, 2), (4, 3) })
        {
            await MoveAsync(hub, TimeSpan.FromSeconds(seconds), () => tries > before);
        }

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await hub.EndAsync("stage")).RuntimeStatus);
        Assert.Equal(4, tries);
        Assert.All(times.Zip(times.Skip(1), new[] { 1, 2, 4 }), t => Assert.True((t.Second - t.First).TotalSeconds >= t.Third, $"{t.Second - t.First} is less than {t.Third} s"));
    }

    [Fact]
    public async Task The_fourth_failure_ends_the_stage_with_its_error()
    {
        var tries = 0;
        var activities = new FakeActivities { Unit = (_, _) => Interlocked.Increment(ref tries) > 0 ? throw new TransientException("the service is busy") : Task.CompletedTask };
        await using var hub = await FakeHub.StartAsync(activities);

        await hub.StartAsync(nameof(RunStage), "stage", new StageRequest("run", StageKind.Apply, 0, 1, StageWindow.MaxUnits));
        for (var before = 1; before < 4; before++)
        {
            await MoveAsync(hub, TimeSpan.FromSeconds(4), () => tries > before);
        }

        var stage = await hub.EndAsync("stage");
        Assert.Equal((OrchestrationRuntimeStatus.Failed, 4), (stage.RuntimeStatus, tries));
        Assert.Contains("the service is busy", stage.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_data_is_not_tried_again_and_its_message_reaches_the_status()
    {
        var activities = new FakeActivities
        {
            Advance = _ => new Stage(StageKind.Apply, 0, "apply", 1, 0),
            Unit = (_, _) => throw new DataException("Column 'a' does not exist. It has: b."),
        };
        await using var hub = await FakeHub.StartAsync(activities);

        await hub.StartAsync(nameof(RunPipeline), "run", request);
        var run = await hub.EndAsync("run");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, run.RuntimeStatus);
        Assert.Single(activities.Units);
        var status = RunStatus.Of(run);
        Assert.Equal(("failed", "apply"), (status.Status, status.Stage));
        Assert.Contains("Column 'a' does not exist. It has: b.", status.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stage_that_is_to_wait_sleeps_by_a_durable_timer_and_has_no_units()
    {
        var polls = 0;
        var activities = new FakeActivities
        {
            Advance = advance => advance.After == StageKind.Start || polls++ == 0
                ? new Stage(StageKind.Await, 0, "wait for the batch: mood", 0, 0, Wait: TimeSpan.FromMinutes(30))
                : new Stage(StageKind.Done, 0, "done", 0, 0, new RunOutcome("v-1", "t", false, null, null)),
        };
        await using var hub = await FakeHub.StartAsync(activities);
        var began = hub.Clock.GetUtcNow();

        await hub.StartAsync(nameof(RunPipeline), "run", request);
        var run = hub.EndAsync("run");
        await Wait.UntilAsync("the run has waited twice", () =>
        {
            hub.Clock.Advance(TimeSpan.FromMinutes(5));
            return Task.FromResult(run.IsCompleted);
        });

        Assert.Equal("v-1", RunStatus.Of(await run).Version);
        Assert.True(hub.Clock.GetUtcNow() - began >= TimeSpan.FromHours(1));
        Assert.Equal([StageKind.Start, StageKind.Await, StageKind.Await], activities.Advances.Select(a => a.After));
        Assert.Empty(activities.Units);
    }

    [Fact]
    public async Task A_gate_that_refused_is_a_status_of_its_own()
    {
        var activities = new FakeActivities { Advance = _ => new Stage(StageKind.Done, 0, "done", 0, 0, new RunOutcome(null, "t", false, "Step 'gate': 3 < 70.", "r")) };
        await using var hub = await FakeHub.StartAsync(activities);

        await hub.StartAsync(nameof(RunPipeline), "run", request);

        var status = RunStatus.Of(await hub.EndAsync("run"));
        Assert.Equal(("gate_failed", "Step 'gate': 3 < 70.", null), (status.Status, status.Error, status.Version));
    }

    // The clock is moved only once the retry waits for it: a retry's timer is made after its failure is committed.
    static async Task MoveAsync(FakeHub hub, TimeSpan time, Func<bool> arrived) => await Wait.UntilAsync("the unit is tried again", () =>
    {
        hub.Clock.Advance(time / 8);
        return Task.FromResult(arrived());
    });

    static void InterlockedMax(ref int most, int value)
    {
        for (var seen = most; value > seen; seen = most)
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }
}
