using System.Text.Json.Nodes;
using Sluice.Llm;
using Sluice.Runs;
using Sluice.Tests.Runs;

namespace Sluice.Tests.Llm;

/// <summary>Calls whose tries all failed and were paid: they are costs of the run, and no answers.</summary>
public sealed class FailedTriesTests
{
    const string Yaml = TestRuns.Source + """
          - id: mood
            type: llm_process
            config: { type: classify, prompt: 'Mood of {{ text }}', labels: [good, bad], batch_size: 2, concurrency: 1, budget_usd: 1 }

        """;

    static readonly TokenUsage wasted = new(500, 0, 20);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_failed_tries_cost_is_reported_and_the_question_is_asked_again(bool passes)
    {
        var fails = true;
        var models = new ScriptedModels
        {
            Row = _ => new JsonObject { ["label"] = "good" },
            Call = call => !fails || call.Number == 1 ? null
                : throw (passes ? new TransientException("Busy.") { Wasted = wasted } : new ModelException("The key is wrong.") { Wasted = wasted }),
        };
        await using var runs = new TestRuns { Models = models };
        runs.Write("data.csv", "id,text\n1,a\n2,b\n3,c\n4,d\n");
        var request = await runs.RequestAsync(Yaml, "one", 1 << 20);

        // Twice in vain, as a delivery that is tried again.
        for (var tries = 0; tries < 2; tries++)
        {
            var error = await Record.ExceptionAsync(() => LocalRun.RunAsync(runs.NewEngine(), request, 1, null, CancellationToken.None));
            Assert.IsType(passes ? typeof(TransientException) : typeof(PipelineException), error);
            Assert.StartsWith("Step 'mood': ", error.Message, StringComparison.Ordinal);
        }

        var failed = (await RunCost.FindAsync(runs.Store, "one", CancellationToken.None))!;
        var price = models.Info.Price!;
        Assert.Equal((3, models.Paid + wasted + wasted, wasted + wasted), (failed.Total.Calls, failed.Total.Tokens, failed.Total.WastedTokens));
        Assert.Equal((models.Paid + wasted + wasted).CostAt(price), failed.Total.CostUsd);

        fails = false;
        var outcome = await LocalRun.RunAsync(runs.NewEngine(), request, 1, null, CancellationToken.None);

        Assert.Equal(["1|a|good", "2|b|good", "3|c|good", "4|d|good"], await runs.RowsAsync(outcome.Version!));
        var cost = (await runs.RecordAsync(outcome)).Cost!;
        Assert.Equal((4, (models.Paid + wasted + wasted).CostAt(price)), (cost.Total.Calls, cost.Total.CostUsd));
        Assert.Equal(cost.Total.CostUsd, (await RunCost.RowsAsync(runs.Store, "one", CancellationToken.None)).Sum(r => r.CostUsd));
        var budget = await Budget.StateAsync(runs.Ledger, "one", new BudgetAccount("mood", 1), CancellationToken.None);
        Assert.Equal((cost.Total.CostUsd, 0m), (budget.SpentUsd, budget.SetAsideUsd));
    }
}
