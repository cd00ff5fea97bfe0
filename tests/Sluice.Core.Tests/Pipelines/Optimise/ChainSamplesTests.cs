using Sluice.Connectors;
using Sluice.Pipelines;
using Sluice.Pipelines.Optimise;
using Sluice.Runs;
using Sluice.Tests.Runs;

namespace Sluice.Tests.Pipelines.Optimise;

/// <summary>Pipelines of several chains on samples, beside what a run of them gives.</summary>
public sealed class ChainSamplesTests
{
    static readonly PipelineGraph graph = PipelineGraph.Parse(GraphRunTests.Yaml);

    [Fact]
    public async Task A_sample_of_all_rows_tells_of_every_chain_what_a_run_does()
    {
        await using var runs = GraphRunTests.Inputs();

        var sampled = await SampledRun.OfAsync(graph, Inputs(runs), 1_000, TimeProvider.System, CancellationToken.None);
        var outcome = await GraphRunTests.RunAsync(runs);

        Assert.Equal(graph.Chains.Select(c => c.Pipeline.Dataset), sampled.Select(c => c.Dataset));
        foreach (var (chain, ran) in sampled.Zip(outcome.Chains))
        {
            var manifest = await runs.Catalogue.ManifestAsync(ran.Dataset, ran.Version!, CancellationToken.None);
            Assert.Equal((manifest.RowsRead, manifest.Rows), (chain.Found!.Rows, chain.Found.Kept));
            Assert.Equal(
                manifest.Steps.Select(s => (s.Counts.Step, s.Counts.RowsIn, s.Counts.RowsOut, s.Counts.Changed.Values.Sum())),
                chain.Found.Steps.Select(s => (s.Step, s.RowsIn, s.RowsOut, s.Changed.Values.Sum())));
            Assert.Equal(manifest.Schema.Select(f => (f.Name, f.Type)), chain.Found.Made!.Schema.Select(f => (f.Name, f.Type)));
            Assert.Null(chain.Note);
        }
    }

    [Theory]
    [InlineData("old.csv", "id,amount,name\n", false)]
    [InlineData("people.csv", "id,town\n", false)]
    [InlineData("new.csv", "id,amount\n1,2.5\n2,\n1,3\n", false)]
    [InlineData("new.csv", "id,amount,name\nx,,\ny,n/a,\"a\nb\"\n", true)]
    public async Task Tables_without_rows_without_a_column_and_of_other_types_are_as_in_a_run(string file, string text, bool refused)
    {
        await using var runs = GraphRunTests.Inputs();
        runs.Write(file, text);
        var filled = GraphRunTests.Yaml.Replace("type: union,", "type: union, config: { missing_columns: fill },", StringComparison.Ordinal)
            .Replace("{ 'on': [id], how: left }, depends_on: [once, tidy] }", "{ 'on': [id], how: left }, depends_on: [once, tidy] }\n  - { id: typed, type: fix_types }", StringComparison.Ordinal);
        var request = await runs.RequestAsync(filled) with { Graph = PipelineGraph.Parse(filled).Links };

        // What a run refuses, a sample of all rows refuses in the same words.
        GraphOutcome? outcome = null;
        IReadOnlyList<SampledChain<SampledRun>>? sampled = null;
        var ran = await Record.ExceptionAsync(async () => outcome = await LocalRun.RunGraphAsync(runs.NewEngine(), request, 2, null, CancellationToken.None));
        var tried = await Record.ExceptionAsync(async () => sampled = await SampledRun.OfAsync(PipelineGraph.Parse(filled, "pipeline.yaml"), Inputs(runs), 1_000, TimeProvider.System, CancellationToken.None));

        Assert.Equal((refused, ran?.Message), (ran is PipelineException, tried?.Message));
        foreach (var (chain, version) in (sampled ?? []).Zip(outcome?.Chains ?? []))
        {
            var manifest = await runs.Catalogue.ManifestAsync(version.Dataset, version.Version!, CancellationToken.None);
            Assert.Equal((manifest.RowsRead, manifest.Rows), (chain.Found!.Rows, chain.Found.Kept));
            Assert.Equal(manifest.Schema.Select(f => (f.Name, f.Type)), chain.Found.Made!.Schema.Select(f => (f.Name, f.Type)));
        }
    }

    [Fact]
    public async Task Rows_are_a_sample_of_each_source_and_tables_are_whole()
    {
        await using var runs = GraphRunTests.Inputs();
        var inner = PipelineGraph.Parse(GraphRunTests.Yaml.Replace("how: left", "how: inner", StringComparison.Ordinal));

        var sampled = await SampledRun.OfAsync(inner, Inputs(runs), 5, TimeProvider.System, CancellationToken.None);

        var rows = sampled.ToDictionary(c => c.Dataset, c => c.Found!);
        Assert.Equal((5, 5, 40, 10), (rows["t-old"].Rows, rows["t-new"].Rows, rows["t-tidy"].Rows, rows["t-named"].Rows));
        Assert.Equal(rows["t-named"].Kept, rows["t"].Rows);
        Assert.Equal(rows["t-named"].Steps[0].RowsOut, rows["t-named"].Kept);
    }

    [Fact]
    public async Task Rows_that_are_also_a_table_are_a_sample_where_they_are_gone_on_with()
    {
        await using var runs = GraphRunTests.Inputs();
        var forked = PipelineGraph.Parse(GraphRunTests.Yaml.Replace(
            "  - { id: cut,", "  - { id: towns, type: choose_columns, config: { keep: [town] }, depends_on: tidy }\n  - { id: list, type: csv_sink, config: { file_path: out/towns.csv } }\n  - { id: cut,", StringComparison.Ordinal));

        var sampled = await SampledRun.OfAsync(forked, Inputs(runs), 5, TimeProvider.System, CancellationToken.None);

        Assert.Equal((40, 5), (sampled.Single(c => c.Dataset == "t-tidy").Found!.Rows, sampled.Single(c => c.Found!.Columns is ["town"]).Found!.Rows));
    }

    [Fact]
    public async Task A_table_that_is_cut_is_said()
    {
        await using var runs = GraphRunTests.Inputs();
        runs.Write("people.csv", "id,town\n" + string.Concat(Enumerable.Range(0, 100_001).Select(i => $"{i},a\n")));

        var sampled = await SampledRun.OfAsync(graph, Inputs(runs), 5, TimeProvider.System, CancellationToken.None);

        Assert.Equal(100_000, sampled.Single(c => c.Dataset == "t-tidy").Found!.Rows);
        Assert.Equal("t-tidy is made of a sample too: rows whose partner is not in it look like rows that have none", sampled.Single(c => c.Note is not null).Note);
    }

    [Fact]
    public async Task What_reads_rows_that_a_gate_refused_is_not_run()
    {
        await using var runs = GraphRunTests.Inputs();
        var gated = PipelineGraph.Parse(GraphRunTests.Gated);

        var sampled = await SampledRun.OfAsync(gated, Inputs(runs), 100, TimeProvider.System, CancellationToken.None);

        Assert.Contains("The quality score is", sampled.Single(c => c.Dataset == "t-tidy").Found!.GateFailure, StringComparison.Ordinal);
        Assert.Equal(
            ["t-named: it reads t-tidy, which a gate refused", "t-large: it reads t-named, which a gate refused", "t: it reads t-named, which a gate refused"],
            sampled.Where(c => c.Found is null).Select(c => $"{c.Dataset}: {c.NotRun}"));
    }

    [Fact]
    public async Task Datasets_of_other_pipelines_are_read_from_their_store()
    {
        await using var runs = GraphRunTests.Inputs();
        await runs.RunAsync("name: people\nsteps:\n  - { id: read, type: csv, config: { file_path: people.csv } }\n");
        var reading = PipelineGraph.Parse("""
            name: t
            steps:
              - { id: old, type: csv, config: { file_path: old.csv } }
              - { id: named, type: join, config: { dataset: people, 'on': [id] } }
              - { id: people, type: dataset, config: { dataset: people } }
              - { id: all, type: csv_sink, config: { file_path: all.csv }, depends_on: named }

            """);

        var sampled = await SampledRun.OfAsync(reading, Inputs(runs), 5, TimeProvider.System, CancellationToken.None, runs.Catalogue);
        var storeless = await Assert.ThrowsAsync<SourceException>(() => SampledRun.OfAsync(reading, Inputs(runs), 5, TimeProvider.System, CancellationToken.None));

        Assert.True(reading.ReadsStore && !graph.ReadsStore);
        Assert.All(sampled, c => Assert.Equal(5, c.Found!.Rows));
        Assert.Contains("there is no store", storeless.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plans_are_explained_for_every_chain()
    {
        await using var runs = GraphRunTests.Inputs();
        var pushed = PipelineGraph.Parse(GraphRunTests.Yaml.Replace("  - { id: large,", "  - { id: figures, type: text_features, config: { columns: [name] } }\n  - { id: large,", StringComparison.Ordinal));

        var plans = await ExplainedRewrites.OfAsync(pushed, Inputs(runs), CancellationToken.None);

        Assert.Equal(["large", "figures"], plans.Single(c => c.Dataset == "t-large").Found!.Order);
        Assert.All(plans, c => Assert.Equal(c.Dataset == "t-large" ? 1 : 0, c.Found!.Rewrites.Count));
    }

    [Fact]
    public async Task No_model_is_asked_to_plan_a_chain_and_those_behind_it()
    {
        await using var runs = GraphRunTests.Inputs();
        var asking = PipelineGraph.Parse(GraphRunTests.Yaml.Replace(
            "  - { id: named,", "  - { id: mood, type: llm_process, config: { type: classify, prompt: '{{ name }}', labels: [good, bad] }, depends_on: once }\n  - { id: named,", StringComparison.Ordinal)
            .Replace("[once, tidy]", "[mood, tidy]", StringComparison.Ordinal));

        var plans = await ExplainedRewrites.OfAsync(asking, Inputs(runs), CancellationToken.None);

        var refused = await Assert.ThrowsAsync<PipelineException>(() => SampledRun.OfAsync(asking, Inputs(runs), 5, TimeProvider.System, CancellationToken.None));
        Assert.StartsWith("Step 'mood' asks a language model, and a sample is run without one.", Assert.Single(refused.Problems).Message, StringComparison.Ordinal);
        Assert.All(plans, c => Assert.NotNull(c.Found));
        Assert.Contains("mood", plans.Single(c => c.Dataset == "t-named").Found!.Order);
    }

    [Fact]
    public async Task A_step_is_compared_in_its_chain_and_in_those_that_read_it()
    {
        await using var runs = GraphRunTests.Inputs();

        var found = await StepComparison.OfAsync(graph, "once", Inputs(runs), 1_000, TimeProvider.System, CancellationToken.None);

        Assert.Equal(["t-named", "t-large", "t"], found.Chains.Select(c => c.Dataset));
        Assert.True(found.Chains[0].With!.Kept < found.Chains[0].Without!.Kept && found.Chains[2].With!.Rows < found.Chains[2].Without!.Rows);
        Assert.NotNull(found.Chains[2].QualityGain);
        var needed = await Assert.ThrowsAsync<PipelineException>(() => StepComparison.OfAsync(
            PipelineGraph.Parse(GraphRunTests.Yaml.Replace("'amount > 100'", "'town IS NOT NULL'", StringComparison.Ordinal)), "named", Inputs(runs), 9, TimeProvider.System, CancellationToken.None));
        Assert.Contains("'town'", needed.Message, StringComparison.Ordinal);
        var unknown = await Assert.ThrowsAsync<DataException>(() => StepComparison.OfAsync(graph, "both", Inputs(runs), 9, TimeProvider.System, CancellationToken.None));
        Assert.Contains("The pipeline has no step 'both'. It has: ", unknown.Message, StringComparison.Ordinal);
    }

    static FolderInputs Inputs(TestRuns runs) => new([runs.Folder], runs.Folder);
}
