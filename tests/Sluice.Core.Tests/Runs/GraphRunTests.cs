using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Llm;
using Sluice.Pipelines;
using Sluice.Runs;
using Sluice.Tests.Llm;

namespace Sluice.Tests.Runs;

public sealed class GraphRunTests
{
    /// <summary>Two sources and a third, a union, a join whose table is cleaned first, a fork, a split and two outputs.</summary>
    internal const string Yaml = """
        name: t
        dataset: t
        steps:
          - { id: old, type: csv, config: { file_path: old.csv } }
          - { id: new, type: csv, config: { file_path: new.csv } }
          - { id: both, type: union, depends_on: [old, new] }
          - { id: once, type: remove_duplicates, config: { duplicate_keys: [id] } }
          - { id: people, type: csv, config: { file_path: people.csv } }
          - { id: tidy, type: strip_whitespace, depends_on: people }
          - { id: named, type: join, config: { 'on': [id], how: left }, depends_on: [once, tidy] }
          - { id: large, type: filter, config: { condition: 'amount > 100' } }
          - { id: out, type: csv, config: { file_path: out/large.csv }, depends_on: large }
          - { id: cut, type: split, config: { strategy: random, ratios: { train: 0.8, test: 0.2 }, seed: 7 }, depends_on: named }
          - { id: fill, type: handle_missing, config: { columns: [amount], missing_strategy: median } }

        """;

    /// <summary>The same where a gate refuses the table.</summary>
    internal static readonly string Gated = Yaml.Replace(
        "{ id: tidy, type: strip_whitespace, depends_on: people }",
        "{ id: tidy, type: quality_validation, config: { min_quality_score: 100, business_rules: [{ type: range, column: id, min: 5 }] }, depends_on: people }", StringComparison.Ordinal);

    [Fact]
    public async Task The_versions_are_the_same_for_every_batch_size_and_parallelism_and_when_chains_are_run_one_by_one()
    {
        await using var runs = Inputs();
        var expected = Versions(await RunAsync(runs, batchBytes: 300, parallelism: 1));
        Assert.Equal(6, expected.Count);

        foreach (var (batchBytes, parallelism) in new[] { (0L, 1), (900L, 2), (5_000L, 4) })
        {
            await using var other = Inputs();
            Assert.Equal(expected, Versions(await RunAsync(other, batchBytes, parallelism)));
        }

        await using var alone = Inputs();
        foreach (var chain in PipelineGraph.Parse(Yaml).Chains)
        {
            var run = await alone.RunAsync(chain.Pipeline.CanonicalJson);
            Assert.Equal(expected[run.Outcome.Dataset], run.Version);
        }

        Assert.Equal(
            await File.ReadAllTextAsync(Path.Combine(runs.Folder, "out", "large.csv")), await File.ReadAllTextAsync(Path.Combine(alone.Folder, "out", "large.csv")));
    }

    [Fact]
    public async Task A_chain_names_the_versions_that_it_read_as_its_inputs()
    {
        await using var runs = Inputs();

        var versions = Versions(await RunAsync(runs));

        var manifest = await runs.Catalogue.ManifestAsync("t-named", versions["t-named"], CancellationToken.None);
        Assert.Equal([$"t-old@{versions["t-old"]}", $"t-new@{versions["t-new"]}", $"t-tidy@{versions["t-tidy"]}"], manifest.Inputs.Select(i => i.File));
        Assert.Equal(60, (await runs.Catalogue.ManifestAsync("t-old", versions["t-old"], CancellationToken.None)).Rows);
        Assert.Equal(110, manifest.RowsRead);
    }

    [Fact]
    public async Task A_second_run_finds_everything_done_and_one_changed_input_runs_only_what_reads_it()
    {
        await using var runs = Inputs();
        await RunAsync(runs);

        var again = await RunAsync(runs);
        runs.Write("people.csv", People(41));
        var changed = await RunAsync(runs);

        Assert.All(again.Chains, c => Assert.True(c is { State: ChainState.Done, UpToDate: true }, c.ToString()));
        Assert.Equal(["t-old", "t-new"], changed.Chains.Where(c => c.UpToDate).Select(c => c.Dataset));
    }

    [Fact]
    public async Task A_second_delivery_of_every_chain_changes_nothing()
    {
        await using var runs = Inputs();
        var request = await RequestAsync(runs);
        var first = await LocalRun.RunGraphAsync(runs.NewEngine(), request, 2, null, CancellationToken.None);

        var second = await LocalRun.RunGraphAsync(runs.NewEngine(), request, 2, null, CancellationToken.None);

        Assert.Equal(Versions(first), Versions(second));
        Assert.Single(await runs.Catalogue.VersionsAsync("t", CancellationToken.None));
    }

    [Fact]
    public async Task A_chain_that_fails_leaves_those_that_read_it_unstarted_and_the_others_finish()
    {
        await using var runs = Inputs();
        var request = await RequestAsync(runs, Gated);

        var outcome = await LocalRun.RunGraphAsync(runs.NewEngine(), request, 2, null, CancellationToken.None);

        Assert.Equal(
            ["t-old Done", "t-new Done", "t-tidy GateFailed", "t-named Skipped", "t-large Skipped", "t Skipped"], outcome.Chains.Select(c => $"{c.Dataset} {c.State}"));
        Assert.Null(await runs.Catalogue.HeadAsync("t", CancellationToken.None));
    }

    [Fact]
    public async Task Columns_are_checked_along_the_graph_before_anything_is_written()
    {
        await using var runs = Inputs();
        var request = await RequestAsync(runs, Yaml.Replace("columns: [amount], missing", "columns: [amuont], missing", StringComparison.Ordinal));

        var refused = await Assert.ThrowsAsync<PipelineException>(() => LocalRun.RunGraphAsync(runs.NewEngine(), request, 2, null, CancellationToken.None));

        Assert.Equal("pipeline.yaml:14:59: Column 'amuont' does not exist here. Did you mean 'amount'?", Assert.Single(refused.Problems).ToString()[..80]);
        Assert.Empty(await runs.Catalogue.ListAsync(CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task A_type_that_only_a_step_decides_is_refused_nowhere_before()
    {
        await using var runs = Inputs();
        runs.Write("old.csv", "id,amount,name\n1,5,a\n2,6,b\nnone,7,c\n3,8,d\n");
        var request = await RequestAsync(runs, Yaml.Replace("  - { id: new,", "  - { id: typed, type: fix_types, config: { columns: [id] } }\n  - { id: new,", StringComparison.Ordinal)
            .Replace("type: csv, config: { file_path: new.csv }", "type: csv_connector, config: { file_path: new.csv }", StringComparison.Ordinal).Replace("[old, new]", "[typed, new]", StringComparison.Ordinal));

        var outcome = await LocalRun.RunGraphAsync(runs.NewEngine(), request, 2, null, CancellationToken.None);

        Assert.All(outcome.Chains, c => Assert.Equal(ChainState.Done, c.State));
        Assert.Equal(54, (await runs.Catalogue.ManifestAsync("t-named", outcome.Chains.Single(c => c.Dataset == "t-named").Version!, CancellationToken.None)).RowsRead);
    }

    [Fact]
    public async Task Two_sinks_of_different_chains_that_write_one_file_are_refused()
    {
        await using var runs = Inputs();
        var request = await RequestAsync(runs, Yaml + "  - { id: also, type: csv_sink, config: { file_path: out/large.csv } }\n");

        var refused = await Assert.ThrowsAsync<PipelineException>(() => LocalRun.RunGraphAsync(runs.NewEngine(), request, 2, null, CancellationToken.None));

        Assert.Contains("The sinks 'out' and 'also' both write \"", Assert.Single(refused.Problems).Message, StringComparison.Ordinal);
        Assert.Empty(await runs.Catalogue.ListAsync(CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task The_chains_of_a_run_spend_one_budget()
    {
        static JsonObject Summary(JsonElement data) => new() { ["summary"] = data.GetProperty("text").GetString()![..4] };
        var models = new ScriptedModels { Row = Summary, Call = call => call.Answer(Summary) with { Usage = new TokenUsage(500, 0, 900) } };
        await using var runs = new TestRuns { Models = models };
        foreach (var file in new[] { "a", "b" })
        {
            runs.Write($"{file}.csv", "id,text\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"{i},some {file} {i}\n")));
        }

        var asks = "type: llm_process, config: { type: summarize, prompt: '{{ text }}', batch_size: 5, concurrency: 1 }";
        var yaml = $$"""
            name: t
            dataset: t
            optimization: { budget_usd: 0.06 }
            steps:
              - { id: a, type: csv, config: { file_path: a.csv } }
              - { id: sum_a, {{asks}} }
              - { id: b, type: csv_connector, config: { file_path: b.csv } }
              - { id: sum_b, {{asks}} }
              - { id: out, type: csv_sink, config: { file_path: a.out.csv }, depends_on: sum_a }

            """;

        var error = await Assert.ThrowsAsync<BudgetException>(async () => await LocalRun.RunGraphAsync(runs.NewEngine(), await RequestAsync(runs, yaml), 1, null, CancellationToken.None));
        var spent = models.Paid.CostAt(models.Info.Price!);
        var approved = await LocalRun.RunGraphAsync(runs.NewEngine(), await RequestAsync(runs, yaml) with { ApprovedUsd = 1 }, 1, null, CancellationToken.None);

        Assert.Contains("may spend 0.06 US dollars", error.Message, StringComparison.Ordinal);
        Assert.InRange(spent, 0.015m, 0.06m);
        Assert.Equal(["Done", "Done"], approved.Chains.Select(c => c.State.ToString()));

        // Eight of five rows, but for those that were halved to fit into what was left.
        Assert.InRange(models.Calls.Count, 8, 12);
        var costs = new[] { await RunCost.OfChainsAsync(runs.Store, "run-1", CancellationToken.None), await RunCost.OfChainsAsync(runs.Store, "run-2", CancellationToken.None) };
        Assert.Equal(models.Calls.Count, costs.Sum(c => c!.Total.Calls));
        Assert.Equal(models.Paid.CostAt(models.Info.Price!), costs.Sum(c => c!.Total.CostUsd));
        Assert.Equal(["run-2.c0", "run-2.c1"], costs[1]!.Chains!.Select(c => c.Name));
        Assert.Equal(["sum_a", "sum_b"], costs[1]!.Steps.Select(s => s.Name));
        Assert.Equal(costs[1]!.Total.CostUsd, costs[1]!.Models.Single().CostUsd);
        Assert.Null(await RunCost.OfChainsAsync(runs.Store, "run-1.c0", CancellationToken.None));
    }

    [Fact]
    public async Task A_graph_that_is_killed_at_any_write_is_finished_by_a_fresh_engine_with_the_same_versions()
    {
        const string small = """
            name: t
            dataset: t
            steps:
              - { id: old, type: csv, config: { file_path: old.csv } }
              - { id: people, type: csv, config: { file_path: people.csv } }
              - { id: named, type: join, config: { 'on': [id] }, depends_on: [old, people] }

            """;
        await using var undisturbed = Small();
        var disk = new Disk();
        var expected = Versions(await LocalRun.RunGraphAsync(undisturbed.NewEngineOn(disk), await RequestAsync(undisturbed, small), 1, null, CancellationToken.None));
        for (var diesAt = 1; diesAt <= disk.Writes; diesAt += 3)
        {
            await using var runs = Small();
            var request = await RequestAsync(runs, small);
            await Record.ExceptionAsync(() => LocalRun.RunGraphAsync(runs.NewEngineOn(new Disk { DiesAt = diesAt, AnswersNever = diesAt % 2 == 0 }), request, 2, null, CancellationToken.None));

            var outcome = await LocalRun.RunGraphAsync(runs.NewEngine(), request, 2, null, CancellationToken.None);

            Assert.True(expected.SequenceEqual(Versions(outcome)), $"killed at write {diesAt} of {disk.Writes}");
            Assert.Single(await runs.Catalogue.VersionsAsync("t", CancellationToken.None));
        }
    }

    [Fact]
    public async Task Chains_begin_when_all_that_they_read_is_done_and_are_left_out_when_it_has_no_version()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var graph = Enumerable.Range(0, random.Next(1, 12)).Select(i => new ChainLink($"d{i}", [.. Enumerable.Range(0, i).Where(_ => random.Next(3) == 0)])).ToArray();
            var ends = graph.Select(_ => random.Next(5)).ToArray();
            var (open, started) = (new List<(int Chain, TaskCompletionSource<RunOutcome?> End)>(), new List<int>());
            var ended = new HashSet<int>();
            var walk = GraphRun.WalkAsync(new RunRequest("run", "p", "p", "/") { Graph = graph }, chain =>
            {
                var number = Array.FindIndex(graph, g => g.Dataset == chain.Chain);
                Assert.True(graph[number].After.All(read => ended.Contains(read) && ends[read] > 1), $"seed {seed}: chain {number} began too early");
                Assert.Equal(graph[number].After.Select(read => $"d{read} v{read}"), (chain.Versions ?? new Dictionary<string, string>()).Select(v => $"{v.Key} {v.Value}"));
                Assert.Equal(($"run.c{number}", null), (chain.RunId, chain.Graph));
                started.Add(number);
                open.Add((number, new TaskCompletionSource<RunOutcome?>()));
                return open[^1].End.Task;
            }, _ => { });
            while (open.Count > 0)
            {
                var next = open[random.Next(open.Count)];
                open.Remove(next);
                ended.Add(next.Chain);
                next.End.SetResult(ends[next.Chain] == 0 ? null : new RunOutcome(ends[next.Chain] == 1 ? null : $"v{next.Chain}", $"d{next.Chain}", false, ends[next.Chain] == 1 ? "gate" : null, null));
            }

            var outcome = await walk;

            Assert.Equal(started.Count, started.Distinct().Count());
            for (var i = 0; i < graph.Length; i++)
            {
                var isSkipped = graph[i].After.Any(read => outcome.Chains[read].State != ChainState.Done);
                Assert.Equal(isSkipped ? ChainState.Skipped : ends[i] switch { 0 => ChainState.Failed, 1 => ChainState.GateFailed, _ => ChainState.Done }, outcome.Chains[i].State);
            }
        }
    }

    internal static TestRuns Inputs()
    {
        var runs = new TestRuns();
        runs.Write("old.csv", TestRuns.Csv(60, seed: 1));
        runs.Write("new.csv", TestRuns.Csv(50, seed: 2).Replace(",name ", ",nom ", StringComparison.Ordinal));
        runs.Write("people.csv", People(40));
        return runs;
    }

    static TestRuns Small()
    {
        var runs = new TestRuns();
        runs.Write("old.csv", TestRuns.Csv(8, seed: 1));
        runs.Write("people.csv", People(5));
        return runs;
    }

    static string People(int rows) => "id,town\n" + string.Concat(Enumerable.Range(0, rows).Select(i => $"{i}, town {i % 7}\n"));

    static async Task<RunRequest> RequestAsync(TestRuns runs, string yaml = Yaml, long batchBytes = 600) =>
        await runs.RequestAsync(yaml, batchBytes: batchBytes) with { Graph = PipelineGraph.Parse(yaml).Links };

    internal static async Task<GraphOutcome> RunAsync(TestRuns runs, long batchBytes = 600, int parallelism = 2) =>
        await LocalRun.RunGraphAsync(runs.NewEngine(), await RequestAsync(runs, batchBytes: batchBytes), parallelism, null, CancellationToken.None);

    static SortedDictionary<string, string> Versions(GraphOutcome outcome) => new(outcome.Chains.ToDictionary(c => c.Dataset, c => c.Version!), StringComparer.Ordinal);
}
