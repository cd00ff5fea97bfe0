using System.Text.Json.Nodes;
using Sluice.Llm;
using Sluice.Pipelines;
using Sluice.Runs;
using Sluice.Tests.Llm;

namespace Sluice.Tests.Runs;

/// <summary>What a pipeline of several chains will cost, before it is run.</summary>
public sealed class GraphForecastTests
{
    const string Asks = "type: llm_process, config: { type: summarize, prompt: '{{ text }}', batch_size: 10 }";

    // One chain asks of what it reads, another of what a chain before it filtered, and a third of what the second was told.
    const string Yaml = $$$"""
        name: t
        dataset: t
        steps:
          - { id: a, type: csv, config: { file_path: a.csv } }
          - { id: sum_a, {{{Asks}}} }
          - { id: out_a, type: csv_sink, config: { file_path: out/a.csv } }
          - { id: b, type: csv_connector, config: { file_path: b.csv } }
          - { id: some, type: filter, config: { condition: 'id < 80' } }
          - { id: out_b, type: csv_sink, config: { file_path: out/b.csv } }
          - { id: sum_b, {{{Asks}}}, depends_on: some }
          - { id: out_sum, type: csv_sink, config: { file_path: out/sum.csv }, depends_on: sum_b }
          - { id: again, type: llm_process, config: { type: summarize, prompt: 'shorter: {{ summary }}' }, depends_on: sum_b }

        """;

    [Fact]
    public async Task Chains_that_ask_are_forecast_on_what_those_before_them_make_and_nothing_is_left_but_answers()
    {
        var models = Models();
        await using var runs = Runs(models);

        var chains = await ForecastAsync(runs, "forecast");
        var asked = models.Asked.Count;
        var outcome = await LocalRun.RunGraphAsync(runs.NewEngine(), await RequestAsync(runs, "run"), 2, null, CancellationToken.None);

        Assert.Equal(["t-sum_a 100", "t-sum_b 80"], chains.Where(c => c.Forecast is not null).Select(c => $"{c.Dataset} {c.Forecast!.Steps.Single().Questions}"));
        Assert.All(chains.Where(c => c.Forecast is not null), c => Assert.True(c.Forecast!.Steps[0].CostUsd is { } cost && cost.Value > 0 && cost.High < double.PositiveInfinity));
        Assert.InRange(asked, 40, 140);
        Assert.All(outcome.Chains, c => Assert.True(c is { State: ChainState.Done, UpToDate: false }, c.ToString()));
        Assert.All(models.Asked.Values, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task A_forecast_makes_no_version_that_others_see_and_writes_no_output()
    {
        await using var runs = Runs(Models());

        await ForecastAsync(runs, "forecast");

        Assert.Empty(await runs.Catalogue.ListAsync(CancellationToken.None).ToListAsync());
        Assert.False(Directory.Exists(Path.Combine(runs.Folder, "out")));
        Assert.NotEmpty(await RunCost.RunsAsync(runs.Ledger, "t-sum_a", CancellationToken.None));
    }

    [Fact]
    public async Task What_reads_answers_that_are_not_there_is_said_to_be_unknown()
    {
        await using var runs = Runs(Models());

        var chains = await ForecastAsync(runs, "forecast");

        Assert.Equal("t: it reads t-sum_b: what the language model answers in t-sum_b is not there yet", chains.Where(c => c.Unknown is not null).Select(c => $"{c.Dataset}: {c.Unknown}").Single());
    }

    [Fact]
    public async Task After_the_run_nothing_is_asked_and_all_is_known_but_what_reads_answers()
    {
        var models = Models();
        await using var runs = Runs(models);
        await LocalRun.RunGraphAsync(runs.NewEngine(), await RequestAsync(runs, "run"), 2, null, CancellationToken.None);
        var asked = models.Calls.Count;

        var chains = await ForecastAsync(runs, "forecast");

        Assert.Equal(asked, models.Calls.Count);
        Assert.All(chains.Where(c => c.Forecast is not null), c => Assert.Equal(0, c.Forecast!.CostUsd!.High));
    }

    [Fact]
    public async Task Where_a_gate_refuses_what_is_read_or_nothing_asks_it_is_said()
    {
        await using var runs = Runs(Models());
        const string gate = "type: quality_validation, config: { min_quality_score: 100, business_rules: [{ type: range, column: id, min: 50 }] }";

        var gated = await ForecastAsync(runs, "gated", Yaml.Replace("type: filter, config: { condition: 'id < 80' }", gate, StringComparison.Ordinal));
        var silent = await Assert.ThrowsAsync<PipelineException>(() => ForecastAsync(runs, "silent", GraphRunTests.Yaml.Replace("old.csv", "a.csv", StringComparison.Ordinal)
            .Replace("new.csv", "b.csv", StringComparison.Ordinal).Replace("people.csv", "a.csv", StringComparison.Ordinal).Replace("amount", "id", StringComparison.Ordinal)));

        Assert.Contains("t-sum_b: it reads t-some: a gate refuses the rows of t-some", gated.Select(c => $"{c.Dataset}: {c.Unknown}"));
        Assert.StartsWith("There is nothing to forecast", silent.Message, StringComparison.Ordinal);
    }

    static ScriptedModels Models() => new()
    {
        Row = data => new JsonObject { ["summary"] = "s " + (data.TryGetProperty("text", out var text) ? text : data.GetProperty("summary")).GetString() },
    };

    static TestRuns Runs(LanguageModels models)
    {
        var runs = new TestRuns { Models = models };
        foreach (var file in new[] { "a", "b" })
        {
            runs.Write($"{file}.csv", "id,text\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $"{i},some {file} {i} {new string('x', i % 37)}\n")));
        }

        return runs;
    }

    static async Task<RunRequest> RequestAsync(TestRuns runs, string id, string yaml = Yaml) => await runs.RequestAsync(yaml, id, 4_000) with { Graph = PipelineGraph.Parse(yaml).Links };

    static async Task<IReadOnlyList<ChainForecast>> ForecastAsync(TestRuns runs, string id, string yaml = Yaml) =>
        await GraphForecast.RunAsync(runs.NewEngine(), await RequestAsync(runs, id, yaml), PipelineGraph.Parse(yaml), 2, CancellationToken.None);
}
