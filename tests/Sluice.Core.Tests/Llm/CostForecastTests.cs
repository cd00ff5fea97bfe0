using System.Text.Json.Nodes;
using Sluice.Llm;
using Sluice.Runs;
using Sluice.Tests.Runs;

namespace Sluice.Tests.Llm;

public sealed class CostForecastTests
{
    const string Yaml = TestRuns.Source + """
          - id: sum
            type: llm_process
            config: { type: summarize, prompt: '{{ text }}', batch_size: 20 }
          - id: good
            type: semantic_filter
            config: { prompt: '{{ summary }} is fine', batch_size: 20 }

        """;

    static ScriptedModels Models() => new()
    {
        Row = data => data.TryGetProperty("text", out var text) ? new JsonObject { ["summary"] = "s" + text.GetString() } : new JsonObject { ["holds"] = true },
    };

    static TestRuns Runs(LanguageModels? models, int rows, int seed)
    {
        var runs = new TestRuns { Models = models };
        var random = new Random(seed);
        runs.Write("data.csv", "id,text\n" + string.Concat(Enumerable.Range(0, rows).Select(i => $"{i},{i} {new string('x', random.Next(5, 200))}\n")));
        return runs;
    }

    static async Task<CostForecast> ForecastAsync(TestRuns runs, string id = "forecast")
    {
        var request = await runs.RequestAsync(Yaml, id, 4_000) with { Forecast = true };
        var outcome = await LocalRun.RunAsync(runs.NewEngine(), request, 2, null, CancellationToken.None);
        Assert.Null(outcome.Version);
        return await CostForecast.ReadAsync(runs.Store, id, CancellationToken.None);
    }

    [Fact]
    public async Task A_sample_tells_what_the_run_costs_besides()
    {
        var models = Models();
        await using var runs = Runs(models, 400, seed: 1);

        var forecast = await ForecastAsync(runs);

        var sampled = models.Paid.CostAt(models.Info.Price!);
        Assert.Equal(sampled, forecast.SampleUsd);
        Assert.Equal((400, 400 - forecast.Steps[0].Sampled), (forecast.Steps[0].Questions, forecast.Steps[0].Open));
        Assert.InRange(forecast.Steps[0].Sampled, 20, 100);
        var run = await runs.RunAsync(Yaml, batchBytes: 4_000);
        var actual = (double)(models.Paid.CostAt(models.Info.Price!) - sampled);
        Assert.InRange(actual, forecast.CostUsd!.Low, forecast.CostUsd.High);
        Assert.InRange(forecast.CostUsd.High / forecast.CostUsd.Low, 1, 1.3);
        Assert.Equal((400, null), ((await runs.RowsAsync(run.Version)).Count, forecast.RowsBefore));
        Assert.InRange(400, forecast.Rows!.Low, forecast.Rows.High);
    }

    [Fact]
    public async Task What_is_known_costs_nothing_and_the_sample_is_not_asked_for_again()
    {
        var models = Models();
        await using var runs = Runs(models, 100, seed: 1);
        await ForecastAsync(runs);

        await runs.RunAsync(Yaml, batchBytes: 4_000);

        Assert.All(models.Asked.Values, count => Assert.Equal(1, count));
        var again = await ForecastAsync(runs, "again");
        Assert.Equal((0, 0), (again.CostUsd!.Value, again.CostUsd.High));
        Assert.Equal(100, again.Steps[0].Questions);
    }

    [Fact]
    public async Task Without_a_step_that_asks_there_is_nothing_to_forecast()
    {
        await using var runs = Runs(null, 5, seed: 1);
        var request = await runs.RequestAsync(TestRuns.Source) with { Forecast = true };

        var error = await Assert.ThrowsAsync<PipelineException>(() => LocalRun.RunAsync(runs.NewEngine(), request, 1, null, CancellationToken.None));

        Assert.Contains("There is nothing to forecast", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interval_is_as_wide_as_the_sample_differs()
    {
        Assert.Equal(new Estimate(0, 0, 0), Estimate.OfRest([20, 30], 0));
        Assert.Equal(new Estimate(100, 100, 100), Estimate.OfRest([1, 1, 1], 100));
        var wide = Estimate.OfRest([1, 2, 3], 97);
        Assert.Equal(194, wide.Value);

        // Student's with two degrees of freedom, of a mean of three and the ninety-seven that were not seen.
        Assert.Equal(97 * 2.92 * Math.Sqrt((1 / 3.0) + (1 / 97.0)), wide.High - wide.Value, 1e-6);
        Assert.Equal(wide.High - wide.Value, wide.Value - wide.Low, 1e-6);
        Assert.Equal(double.PositiveInfinity, Estimate.OfRest([1], 100).High);
        Assert.Equal(double.PositiveInfinity, Estimate.OfRest([], 100).High);
    }

    [Theory]
    [InlineData("  - { id: look, type: schema_detection, config: { model: default } }\n", false)]
    [InlineData("  - { id: ask, type: semantic_filter, config: { prompt: '{{ text }} is fine' } }\n  - { id: look, type: schema_detection, config: { model: default } }\n", true)]
    [InlineData("  - { id: look, type: schema_detection, config: { model: default } }\n  - { id: ask, type: semantic_filter, config: { prompt: '{{ text }} is fine' } }\n", true)]
    public async Task Questions_about_columns_are_counted_and_not_asked(string steps, bool asksRows)
    {
        var models = new ScriptedModels { Row = _ => new JsonObject { ["holds"] = true } };
        await using var runs = Runs(models, 100, seed: 1);
        var request = await runs.RequestAsync(TestRuns.Source + steps, "forecast", 4_000) with { Forecast = true };

        await LocalRun.RunAsync(runs.NewEngine(), request, 2, null, CancellationToken.None);

        // Two columns and a table: one call for each kind.
        var forecast = await CostForecast.ReadAsync(runs.Store, "forecast", CancellationToken.None);
        var look = forecast.Steps.Single(s => s.Step == "look");
        Assert.Equal((3L, 3L, 0L, 2L), (look.Questions, look.Open, look.Sampled, look.Calls));
        Assert.True(look.CostUsd!.Low > 0 && look.CostUsd.Low < look.CostUsd.Value && look.CostUsd.Value < look.CostUsd.High);
        Assert.Equal(asksRows ? 2 : 1, forecast.Steps.Count);
        Assert.Equal(asksRows, models.Calls.Count > 0);
        Assert.DoesNotContain(models.Calls, call => call.Prompt.Contains("other_columns", StringComparison.Ordinal));

        // What it then says is within the bounds.
        await runs.RunAsync(TestRuns.Source + "  - { id: look, type: schema_detection, config: { model: default } }\n", batchBytes: 4_000);
        var asked = models.Calls.Where(call => call.Prompt.Contains("\"column\"", StringComparison.Ordinal) && call.Prompt.Contains("other_columns", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(asked);
        Assert.InRange(asked[0].Prompt.Length / 4, 1, look.InputTokens.High);
    }
}
