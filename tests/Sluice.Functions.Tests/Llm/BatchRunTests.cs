using System.Text.Json.Nodes;
using Sluice.Llm;
using Sluice.Llm.Loopback;
using Sluice.Runs;

namespace Sluice.Functions.Tests.Llm;

/// <summary>Runs whose steps ask by a provider's batches, with the real clients against a server on this machine, on the engine without Durable and a clock that a test moves.</summary>
public sealed class BatchRunTests : IAsyncLifetime
{
    // Three pieces of the data, of at most five rows a call.
    const int Calls = 9;

    LoopbackModels server = null!;

    public static TheoryData<string> Formats => ["openai", "anthropic", "azure"];

    public async Task InitializeAsync()
    {
        server = await LoopbackModels.StartAsync();
        server.Answer = call => new LoopbackReply { Text = Results(call.Prompt), InputTokens = 200, OutputTokens = 100 };
    }

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task All_calls_of_a_step_are_one_batch_at_half_of_the_price(string format)
    {
        await using var runs = new BatchRuns(server, format);

        var run = await runs.RunAsync("one");

        var batch = Assert.Single(server.Batches.All);
        Assert.Equal((Calls, 0), (batch.Calls.Count, server.Calls.Count));
        Assert.Equal(40, (await runs.RowsAsync(run)).Count);
        var cost = (await RunCost.FindAsync(runs.Store, "one", CancellationToken.None))!;
        Assert.Equal((Calls, server.Bill), (cost.Total.Calls, cost.Total.CostUsd));
        var outcome = Assert.Single(cost.Batches!);
        Assert.Equal((Calls, Calls, cost.Total.CostUsd, null), (outcome.Calls, outcome.Answered, outcome.PaidUsd, outcome.Note));
        Assert.Equal(cost.Total.CostUsd, outcome.SavedUsd);
        Assert.All(await new CallLog(runs.Store, "one").AllAsync(CancellationToken.None), c => Assert.Equal(batch.Id, c.BatchId));

        // The same answers one by one are the same version.
        await using var single = new BatchRuns(server, format) { BatchApi = false };
        Assert.Equal(await runs.RowsAsync(run), await single.RowsAsync(await single.RunAsync("two")));
        Assert.Equal(Calls, server.PaidCalls.Count);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task What_the_batch_does_not_answer_is_asked_call_by_call(string format)
    {
        server.Batches.Answers = call => call.Number % 2 == 0;
        await using var runs = new BatchRuns(server, format);

        await runs.RunAsync("one");

        Assert.Equal((5, 4), (server.Batches.Answered.Count, server.PaidCalls.Count));
        var cost = (await RunCost.FindAsync(runs.Store, "one", CancellationToken.None))!;
        Assert.Equal((Calls, server.Bill, 0), (cost.Total.Calls, cost.Total.CostUsd, cost.Unanswered));
        Assert.Equal("4 of 9 calls failed or were not reached; they are made one by one.", cost.Batches!.Single().Note);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_kill_between_submission_and_its_record_submits_nothing_twice(string format)
    {
        server.Batches.Submitted = _ => throw new IOException("The connection broke.");
        await using var runs = new BatchRuns(server, format);

        var run = await runs.RunAsync("one");

        Assert.Single(server.Batches.All);
        Assert.Empty(server.Calls);
        Assert.NotNull(run.Version);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_run_that_is_cut_off_anywhere_goes_on_with_its_batch(string format)
    {
        await using var runs = new BatchRuns(server, format);
        await runs.WriteAsync();
        var ended = false;

        // Each engine does one thing and is forgotten, as by a kill after each.
        var stage = new Stage(StageKind.Start, 0, "start", 0, 0);
        for (var turn = 0; !ended; turn++)
        {
            Assert.InRange(turn, 0, 60);
            var engine = runs.NewEngine();
            for (var unit = 0; unit < stage.Units; unit++)
            {
                await runs.NewEngine().RunUnitAsync("one", stage.Kind, stage.Pass, unit, CancellationToken.None);
            }

            await (stage.Wait is { } wait ? engine.WaitAsync(wait, CancellationToken.None) : Task.CompletedTask);
            var again = await runs.NewEngine().AdvanceAsync(runs.Request("one"), stage.Kind, stage.Pass, CancellationToken.None);
            stage = await engine.AdvanceAsync(runs.Request("one"), stage.Kind, stage.Pass, CancellationToken.None);
            Assert.True(again.Kind == stage.Kind || again.Kind == StageKind.Await, $"{again.Kind} and then {stage.Kind}");
            ended = stage.Outcome is not null;
        }

        Assert.Equal((1, Calls, 0), (server.Batches.All.Count, server.Batches.Answered.Count, server.Calls.Count));
    }

    [Fact]
    public async Task A_batch_that_does_not_end_in_time_is_cancelled_and_asked_call_by_call()
    {
        server.Batches.Ends = _ => false;
        await using var runs = new BatchRuns(server, "anthropic") { MaxWaitHours = "1" };
        var began = runs.Clock.GetUtcNow();

        await runs.RunAsync("one");

        Assert.True(Assert.Single(server.Batches.All).IsCancelled);
        Assert.Equal(Calls, server.PaidCalls.Count);
        Assert.True(runs.Clock.GetUtcNow() - began >= TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task A_batch_that_the_provider_refuses_is_asked_call_by_call_and_says_so()
    {
        server.Batches.Status = 400;
        await using var runs = new BatchRuns(server, "openai");

        await runs.RunAsync("one");

        Assert.Equal((0, Calls), (server.Batches.All.Count, server.PaidCalls.Count));
        var cost = (await RunCost.FindAsync(runs.Store, "one", CancellationToken.None))!;
        Assert.Contains("The provider refused the batch, so all is asked call by call.", cost.Batches!.Single().Note, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_page_in_the_place_of_an_answer_is_looked_at_again(string format)
    {
        var looks = 0;
        server.Batches.Page = _ => looks++ is 0 or 4 ? "<html>Sign in</html>" : null;
        await using var runs = new BatchRuns(server, format);

        await runs.RunAsync("one");

        Assert.Equal((1, Calls, 0), (server.Batches.All.Count(b => b.HasEnded), server.Batches.Answered.Count, server.Calls.Count));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Lines_of_answers_that_are_none_are_asked_call_by_call(string format)
    {
        server.Batches.Line = (number, line) => number switch { 0 => "\n" + line[..(line.Length / 2)], 1 => "[]", 2 => "{\"custom_id\":5}", 3 => "{\"response\":{},\"result\":{}}", _ => line };
        await using var runs = new BatchRuns(server, format);

        await runs.RunAsync("one");

        var cost = (await RunCost.FindAsync(runs.Store, "one", CancellationToken.None))!;
        Assert.Equal((4, 0), (server.PaidCalls.Count, cost.Unanswered));
        Assert.Equal("4 of 9 calls failed or were not reached; they are made one by one.", cost.Batches!.Single().Note);
    }

    [Fact]
    public async Task A_run_that_has_failed_cancels_what_it_submitted()
    {
        server.Batches.Ends = _ => false;
        await using var runs = new BatchRuns(server, "openai");
        using var stop = new CancellationTokenSource();
        runs.Clock.Waited = () => stop.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => runs.RunAsync("one", stop.Token));
        Assert.False(Assert.Single(server.Batches.All).IsCancelled);
        await runs.NewEngine().FailAsync(runs.Request("one"), "The run was stopped.", CancellationToken.None);

        Assert.True(server.Batches.All[0].IsCancelled);

        // What it had answered by then is charged, and nobody fetches it.
        var cost = (await RunCost.FindAsync(runs.Store, "one", CancellationToken.None))!;
        Assert.Equal((0, Calls), (cost.Total.Calls, cost.InDoubt!.Calls));
        Assert.True(cost.InDoubt.MostUsd > 0);
    }

    [Fact]
    public async Task A_budget_holds_for_a_batch_as_for_calls()
    {
        await using var runs = new BatchRuns(server, "openai") { Budget = "optimization: { budget_usd: 0.01 }\n", Parallelism = 1 };

        await Assert.ThrowsAsync<BudgetException>(() => runs.RunAsync("one"));

        Assert.InRange(server.Batches.All.Single().Calls.Count, 1, Calls - 2);
        Assert.InRange(server.Bill, 0.001m, 0.01m);
        var cost = (await RunCost.FindAsync(runs.Store, "one", CancellationToken.None))!;
        Assert.Equal(server.Bill, cost.Total.CostUsd);
    }

    [Fact]
    public async Task A_provider_without_batches_is_asked_call_by_call_and_says_so()
    {
        await using var runs = new BatchRuns(server, "local");

        await runs.RunAsync("one");

        Assert.Equal(Calls, server.PaidCalls.Count);
        Assert.Contains("its provider takes no batches here", (await RunCost.FindAsync(runs.Store, "one", CancellationToken.None))!.Batches!.Single().Note, StringComparison.Ordinal);
    }

    static string Results(string prompt) => new JsonObject
    {
        ["results"] = new JsonArray([.. JsonNode.Parse(prompt)!["items"]!.AsArray().Select(i => new JsonObject
        {
            ["id"] = i!["id"]!.GetValue<int>(),
            ["label"] = i["data"]!.ToJsonString().Length % 2 == 0 ? "good" : "bad",
        })]),
    }.ToJsonString();
}
