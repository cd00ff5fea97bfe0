using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Llm;
using Sluice.Runs;
using Sluice.Storage;
using Sluice.Tests.Runs;

namespace Sluice.Tests.Llm;

/// <summary>A call that was cut off may have been charged: it is shown, in no sum, and counts against a budget.</summary>
public sealed class CallsInDoubtTests
{
    static string Yaml(string more = "") => TestRuns.Source + $$$"""
          - id: sum
            type: llm_process
            config: { type: summarize, prompt: '{{ text }}', batch_size: 5, {{{more}}} concurrency: 2 }

        """;

    static JsonObject Summary(JsonElement data) => new() { ["summary"] = data.GetProperty("text").GetString()![..4] };

    static TestRuns Runs(LanguageModels models, int rows)
    {
        var runs = new TestRuns { Models = models };
        runs.Write("data.csv", "id,text\n" + string.Concat(Enumerable.Range(0, rows).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i},some text {i}\n"))));
        return runs;
    }

    /// <summary>A run that is stopped while its calls are being made.</summary>
    static async Task<ScriptedModels> StoppedAsync(TestRuns runs, string yaml, int rows, int calls)
    {
        var never = new TaskCompletionSource();
        var all = new TaskCompletionSource();
        ScriptedModels models = null!;
        models = new ScriptedModels
        {
            Row = Summary,
            Until = never.Task,
            Began = number =>
            {
                if (number >= calls)
                {
                    all.TrySetResult();
                }
            },
        };
        runs.Models = models;
        using var stop = new CancellationTokenSource();
        var run = LocalRun.RunAsync(runs.NewEngine(), await runs.RequestAsync(yaml, "run", 1 << 20), 1, null, stop.Token);
        await all.Task;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(Math.Min(calls, (rows + 4) / 5), models.Calls.Count);
        return models;
    }

    static async Task<RunCost> CostAsync(TestRuns runs) => (await RunCost.FindAsync(runs.Store, "run", CancellationToken.None))!;

    [Fact]
    public async Task Calls_that_a_stop_cut_off_are_in_doubt_and_in_no_sum_and_what_they_cost_again_is_said()
    {
        await using var runs = Runs(LanguageModels.None, rows: 10);
        var stopped = await StoppedAsync(runs, Yaml(), 10, calls: 2);

        var cost = await CostAsync(runs);

        var most = stopped.Calls.Select(CallBound.Of).ToArray();
        Assert.Equal((0, 0m), (cost.Total.Calls, cost.Total.CostUsd));
        Assert.Equal(new CallsInDoubt(2, most.Sum(m => m.InputTokens), most.Sum(m => m.OutputTokens), most.Sum(m => m.CostAt(stopped.Info.Price!)), 0, 0), cost.InDoubt);

        var models = new ScriptedModels { Row = Summary };
        runs.Models = models;
        var outcome = await LocalRun.RunAsync(runs.NewEngineLater(), await runs.RequestAsync(Yaml(), "run", 1 << 20), 1, null, CancellationToken.None);

        var paid = models.Paid.CostAt(models.Info.Price!);
        var record = (await runs.RecordAsync(outcome)).Cost!;
        Assert.Equal((2, paid), (record.Total.Calls, record.Total.CostUsd));
        Assert.Equal(cost.InDoubt! with { AskedAgain = 2, AskedAgainUsd = paid }, record.InDoubt);
    }

    [Fact]
    public async Task After_an_undisturbed_run_nothing_is_in_doubt_and_nothing_is_left_of_calls_that_were_begun()
    {
        await using var runs = Runs(new ScriptedModels { Row = Summary }, rows: 23);

        await runs.RunAsync(Yaml("budget_usd: 5,"), "run");

        Assert.Null((await CostAsync(runs)).InDoubt);
        Assert.Null((await CostAsync(runs)).PaidTwice);
        Assert.Empty(await new CallLog(runs.Store, "run").BegunAsync(CancellationToken.None));
    }

    [Fact]
    public async Task What_is_in_doubt_stays_set_aside_so_that_a_budget_is_not_passed_even_if_it_was_charged()
    {
        await using var runs = Runs(LanguageModels.None, rows: 5);
        var stopped = await StoppedAsync(runs, Yaml("budget_usd: 0.05,"), 5, calls: 1);
        var most = CallBound.Of(stopped.Calls[0]).CostAt(stopped.Info.Price!);
        Assert.InRange(most, 0.025m, 0.05m);
        var models = new ScriptedModels { Row = Summary, Call = call => call.Answer(Summary) with { Usage = new TokenUsage(400, 0, 400 * call.Items.Count) } };
        runs.Models = models;

        var error = await Assert.ThrowsAsync<BudgetException>(async () =>
            await LocalRun.RunAsync(runs.NewEngineLater(), await runs.RequestAsync(Yaml("budget_usd: 0.05,"), "run", 1 << 20), 1, null, CancellationToken.None));

        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{most:0.00####} set aside"), error.Message, StringComparison.Ordinal);
        Assert.InRange(models.Paid.CostAt(models.Info.Price!) + most, most, 0.05m);
        Assert.NotEmpty(models.Calls);
        var state = await Budget.StateAsync(runs.Ledger, "run", new BudgetAccount("sum", 0.05m), CancellationToken.None);
        Assert.Equal(most, state.SetAsideUsd);
    }

    [Fact]
    public async Task A_call_that_two_made_is_paid_twice_and_not_in_doubt_although_both_were_killed_before_they_tidied_up()
    {
        await using var store = new MemoryStore();
        var log = new CallLog(store, "run");
        await store.CreateAsync("runs/run/asking.json", DocumentJson.Bytes(new AskingSince("data", default, "run")), CancellationToken.None);
        foreach (var name in new[] { "first", "second", "lost" })
        {
            await log.BeginAsync(Begun(name), CancellationToken.None);
        }

        var counts = await log.AddAsync(Recorded("first", 1m), CancellationToken.None);
        var again = await log.AddAsync(Recorded("second", 2m), CancellationToken.None);

        var cost = (await RunCost.FindAsync(store, "run", CancellationToken.None))!;
        Assert.Equal(("first", "first"), (counts.Try, again.Try));
        Assert.Equal((2, 3m), (cost.Total.Calls, cost.Total.CostUsd));
        Assert.Equal((1, 2m), (cost.PaidTwice!.Calls, cost.PaidTwice.CostUsd));
        Assert.Equal(new CallsInDoubt(1, 10, 20, 0.5m, 1, 1m), cost.InDoubt);

        static BegunCall Begun(string name) => new() { Id = "call", Step = "sum", Try = name, At = default, Model = "m", Rows = 1, Most = new CallBound(10, 20), MostUsd = 0.5m };

        static CallRecord Recorded(string name, decimal usd) => new()
        {
            Id = "call",
            Step = "sum",
            Try = name,
            Batch = 0,
            Round = 0,
            At = default,
            Model = "m",
            Finish = AnswerFinish.Stop,
            Text = "",
            Usage = new TokenUsage(1, 0, 1),
            CostUsd = usd,
            Rows = [],
        };
    }

    [Theory]
    [InlineData(100, 0.5)]
    [InlineData(20, 0.2)]
    public async Task A_budget_is_used_up_but_for_what_one_row_could_cost(int batchSize, double budget)
    {
        // A summary of thirty tokens where there is room for four hundred.
        var models = new ScriptedModels { Row = Summary, Call = call => call.Answer(Summary) with { Usage = new TokenUsage(200 + (20 * call.Items.Count), 0, 30 * call.Items.Count) } };
        await using var runs = Runs(models, rows: 2_000);
        var yaml = Yaml(string.Create(CultureInfo.InvariantCulture, $"budget_usd: {budget},")).Replace("batch_size: 5", $"batch_size: {batchSize}", StringComparison.Ordinal);

        await Assert.ThrowsAsync<BudgetException>(() => runs.RunAsync(yaml, batchBytes: 1 << 20));

        var (spent, dearest) = ((double)models.Paid.CostAt(models.Info.Price!), (double)CallBound.Of(models.Calls[^1]).CostAt(models.Info.Price!));
        Assert.InRange(spent, budget - (2 * dearest), budget);
        Assert.Equal(models.Sizes.Sum(), models.Asked.Count);
    }
}
