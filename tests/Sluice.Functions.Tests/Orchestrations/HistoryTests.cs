using System.Text.RegularExpressions;
using Microsoft.DurableTask.Converters;
using Sluice.Embedded.Durable;
using Sluice.Functions.Activities;
using Sluice.Functions.Orchestrations;
using Sluice.Functions.Tests.App;
using Sluice.Labels.Review;
using Sluice.Runs;

namespace Sluice.Functions.Tests.Orchestrations;

/// <summary>
/// A changed orchestrator must replay the histories that its earlier form made, or get a new version: runs are in flight when an app is
/// updated. The files are never written anew for a changed orchestrator; a new form adds files of its own.
/// </summary>
public sealed partial class HistoryTests
{
    static readonly string committed = Path.Combine(AppContext.BaseDirectory, "Histories");
    static readonly string today = Path.Combine(AppContext.BaseDirectory, "HistoriesOfToday");

    [Fact]
    public void Every_committed_history_replays_with_the_code_of_today()
    {
        var files = Directory.GetFiles(committed, "*.json");

        Assert.Equal(
            [
                "embed-on-gpu-instead.json", "embed-on-gpu-next-window.json", "embed-on-gpu.json",
                "review-label-long.json", "review-label.json", "review-labels.json", "run-graph.json", "run-pipeline-approved.json", "run-pipeline-batch.json", "run-pipeline.json", "run-stage-last-window.json", "run-stage.json",
            ],
            files.Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(files, file => Assert.Null(SavedHistory.Replay(File.ReadAllText(file), new FakeActivities(), JsonDataConverter.Default)));
    }

    [Theory]
    [InlineData("run-pipeline.json", "AdvanceRun", "BeginRun")]
    [InlineData("embed-on-gpu.json", "StartEmbedJob", "BeginEmbedJob")]
    [InlineData("embed-on-gpu-instead.json", "EmbedHere", "EmbedThere")]
    [InlineData("review-label.json", "TurnReview", "TakeTurn")]
    public void A_history_shows_what_differs(string file, string activity, string other)
    {
        var json = File.ReadAllText(Path.Combine(committed, file));

        var difference = SavedHistory.Replay(json.Replace(activity, other, StringComparison.Ordinal), new FakeActivities(), JsonDataConverter.Default);

        Assert.Contains(activity, difference, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_of_today_writes_histories_that_replay()
    {
        await using var app = await TestApp.StartAsync();
        app.Drop("t", "data.csv", TestApp.Csv(60));
        var pipeline = await app.Pipelines.PutAsync(null, TestApp.Yaml("t"), refresh: false, CancellationToken.None);
        var request = app.Pipelines.Request(pipeline, app.Incoming("t"), "t-0123456789abcdef0123");
        await Api.RunIds.StartOnceAsync(app.Client, request, CancellationToken.None);
        await app.EndAsync(request.RunId);
        await using var hub = await FakeHub.StartAsync(new FakeActivities());
        await hub.StartAsync(nameof(RunStage), "stage", new StageRequest("run", StageKind.Apply, 0, 203, StageWindow.MaxUnits));
        await hub.EndAsync("stage");

        Keep("run-pipeline.json", SavedHistory.Save(app.Engine, request.RunId).Replace(app.Folder, "/data", StringComparison.Ordinal));
        Keep("run-stage.json", SavedHistory.Save(app.Engine, request.RunId + ".ingest-0"));
        Keep("run-stage-last-window.json", SavedHistory.Save(hub.Engine, "stage"));

        Assert.All(Directory.GetFiles(today, "run*"), file => Assert.Null(SavedHistory.Replay(File.ReadAllText(file), new FakeActivities(), JsonDataConverter.Default)));
    }

    /// <summary>A chain whose rows are refused, one that reads it, and others.</summary>
    [Fact]
    public async Task A_run_of_several_chains_of_today_writes_a_history_that_replays()
    {
        await using var hub = await FakeHub.StartAsync(new FakeActivities
        {
            Advance = advance => new Stage(StageKind.Done, 0, "done", 0, 0, advance.Run.Chain == "a" ? new RunOutcome(null, "a", false, "3 < 70.", null) : new RunOutcome("v-1", advance.Run.Chain!, false, null, null)),
        });
        await hub.StartAsync(nameof(RunGraph), "run", new RunRequest("run", "pipelines/p.yaml", "p.yaml", "/in") { Graph = [new("a", []), new("b", []), new("c", [0]), new("d", [1])] });
        await hub.EndAsync("run");

        Keep("run-graph.json", SavedHistory.Save(hub.Engine, "run"));

        Assert.Null(SavedHistory.Replay(File.ReadAllText(Path.Combine(today, "run-graph.json")), new FakeActivities(), JsonDataConverter.Default));
    }

    [Fact]
    public async Task A_run_that_was_approved_today_writes_a_history_that_replays()
    {
        var decided = false;
        await using var hub = await FakeHub.StartAsync(new FakeActivities
        {
            Advance = advance => advance.After == StageKind.Start
                ? new Stage(StageKind.Ask, 0, "ask: mood", 1, 0)
                : new Stage(StageKind.Done, 0, "done", 0, 0, new RunOutcome("v-1", "t", false, null, null)),
            Unit = (_, _) => decided ? Task.CompletedTask : throw new BudgetException("The run may spend 1.00 US dollars."),
            Decision = _ =>
            {
                // Nothing at the first look, so that the history has a wait.
                var before = decided ? new Sluice.Llm.ApprovalDecision(2, "anna", default) : null;
                decided = true;
                return before;
            },
        });
        await hub.StartAsync(nameof(RunPipeline), "run", new RunRequest("run", "pipelines/p.yaml", "p.yaml", "/in", ApprovalTime: TimeSpan.FromDays(3)));
        await Wait.UntilAsync("the run waits", () => Task.FromResult(decided));
        await hub.Client.RaiseEventAsync("run", BudgetPause.Decided(1), "anna", CancellationToken.None);
        await hub.EndAsync("run");

        Keep("run-pipeline-approved.json", SavedHistory.Save(hub.Engine, "run"));

        Assert.Null(SavedHistory.Replay(File.ReadAllText(Path.Combine(today, "run-pipeline-approved.json")), new FakeActivities(), JsonDataConverter.Default));
    }

    [Fact]
    public async Task A_run_that_waits_for_a_batch_today_writes_a_history_that_replays()
    {
        await using var hub = await FakeHub.StartAsync(new FakeActivities
        {
            Advance = advance => advance.After == StageKind.Start
                ? new Stage(StageKind.Await, 0, "wait for the batch: mood", 0, 0, Wait: TimeSpan.FromSeconds(10))
                : new Stage(StageKind.Done, 0, "done", 0, 0, new RunOutcome("v-1", "t", false, null, null)),
        });
        await hub.StartAsync(nameof(RunPipeline), "run", new RunRequest("run", "pipelines/p.yaml", "p.yaml", "/in"));
        var run = hub.EndAsync("run");
        await Wait.UntilAsync("the run has waited", () =>
        {
            hub.Clock.Advance(TimeSpan.FromSeconds(2));
            return Task.FromResult(run.IsCompleted);
        });

        Keep("run-pipeline-batch.json", SavedHistory.Save(hub.Engine, "run"));

        Assert.Null(SavedHistory.Replay(File.ReadAllText(Path.Combine(today, "run-pipeline-batch.json")), new FakeActivities(), JsonDataConverter.Default));
    }

    [Fact]
    public async Task An_embedding_of_today_writes_histories_that_replay()
    {
        var request = new EmbedRun(new EmbedRequest("d", "v-1", "text", "hashing-64"), TimeSpan.FromHours(1));
        var polls = 0;
        await KeepAsync("embed-on-gpu.json", request, () => ++polls == 3);
        await KeepAsync("embed-on-gpu-instead.json", request with { Deadline = TimeSpan.FromSeconds(5) }, () => false);
        var known = request with { Manifest = "key", Execution = "execution", Until = new DateTime(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc), Polls = 50 };
        await KeepAsync("embed-on-gpu-next-window.json", known, () => true);

        Assert.All(Directory.GetFiles(today, "embed*"), file => Assert.Null(SavedHistory.Replay(File.ReadAllText(file), new FakeActivities(), JsonDataConverter.Default)));
    }

    /// <summary>An answer, a time-out, and the end; and an item that has had so many turns that it goes on in a new history.</summary>
    [Fact]
    public async Task A_review_of_today_writes_histories_that_replay()
    {
        var turns = 0;
        await using var hub = await FakeHub.StartAsync(new FakeActivities
        {
            Review = turn => turn with
            {
                Turns = turn.Turns + 1,
                Assignments = [new ReviewAssignment("anna", turn.Now.AddHours(1))],
                Outcome = Interlocked.Increment(ref turns) == 3 ? new ReviewOutcome("cat", "agreed", ["anna"], turn.Now) : null,
            },
        });
        await hub.StartAsync(nameof(ReviewLabels), "review", new ReviewRun("review", 1, 50));
        Task TurnAsync(int wanted) => Wait.UntilAsync($"turn {wanted} is taken", () => Task.FromResult(Volatile.Read(ref turns) >= wanted));
        await TurnAsync(1);
        await hub.Client.RaiseEventAsync("review.0", ReviewLabel.Answered, "anna", CancellationToken.None);
        await TurnAsync(2);
        await Wait.UntilAsync("somebody's time is over", async () =>
        {
            hub.Clock.Advance(TimeSpan.FromMinutes(61));
            return await hub.Client.GetInstanceAsync("review", CancellationToken.None) is { IsCompleted: true };
        });
        await using var other = await FakeHub.StartAsync(new FakeActivities { Review = turn => turn with { Turns = turn.Turns + 1, Outcome = turn.Turns == 20 ? new ReviewOutcome(null, "unresolved", [], turn.Now) : null } });
        await other.StartAsync(nameof(ReviewLabel), "long", new ReviewTurn("review", 0, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), [], Turns: 19));
        await other.EndAsync("long");

        Keep("review-labels.json", SavedHistory.Save(hub.Engine, "review"));
        Keep("review-label.json", SavedHistory.Save(hub.Engine, "review.0"));
        Keep("review-label-long.json", SavedHistory.Save(other.Engine, "long"));

        Assert.All(Directory.GetFiles(today, "review*"), file => Assert.Null(SavedHistory.Replay(File.ReadAllText(file), new FakeActivities(), JsonDataConverter.Default)));
    }

    static async Task KeepAsync(string name, EmbedRun request, Func<bool> isDone)
    {
        var outcome = new EmbedOutcome("receipt", 3, 64, null);
        await using var hub = await FakeHub.StartAsync(new FakeActivities
        {
            Embed = activity => activity switch
            {
                nameof(PrepareEmbedding) => "key",
                nameof(StartEmbedJob) => "execution",
                nameof(PollEmbedJob) => isDone() ? new EmbedProgress(false, outcome) : new EmbedProgress(true, null),
                nameof(EmbedHere) => outcome,
                _ => null,
            },
        });
        await hub.StartAsync(nameof(EmbedOnGpu), "embed", request);
        await Wait.UntilAsync("the embedding has ended", async () =>
        {
            hub.Clock.Advance(TimeSpan.FromSeconds(1));
            return await hub.Client.GetInstanceAsync("embed", CancellationToken.None) is { IsCompleted: true };
        });

        Keep(name, SavedHistory.Save(hub.Engine, "embed"));
    }

    // For a new form of an orchestrator: its histories are copied from here to tests/Sluice.Functions.Tests/Histories.
    static void Keep(string name, string json)
    {
        Directory.CreateDirectory(today);
        // Traces name the folders of the machine that wrote them.
        File.WriteAllText(Path.Combine(today, name), StackTrace().Replace(json, "\"StackTrace\": \"\""));
    }

    [GeneratedRegex("""
        "StackTrace": "[^"]*"
        """)]
    private static partial Regex StackTrace();
}
