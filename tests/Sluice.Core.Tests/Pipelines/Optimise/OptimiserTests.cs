using Sluice.Batches;
using Sluice.Connectors;
using Sluice.Pipelines;
using Sluice.Pipelines.Optimise;
using Sluice.Runs;
using Sluice.Steps;
using Sluice.Tests.Runs;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Pipelines.Optimise;

/// <summary>Each rule with its preconditions, one by one.</summary>
public sealed class OptimiserTests
{
    static readonly Schema columns = new([new Field("id", ColumnType.Int64), new Field("name", ColumnType.Text), new Field("amount", ColumnType.Float64), new Field("day", ColumnType.Date)]);

    static (string Order, PhysicalPlan? Plan, IReadOnlyList<RewriteNote> Refused) Plan(string steps, RewriteLevel level = RewriteLevel.Exact)
    {
        var pipeline = Pipeline.Parse(TestRuns.Source + steps);
        var (plan, refused) = Optimiser.Plan(pipeline, columns, level, PlanFacts.None);
        return (string.Join(' ', (plan?.Order ?? [.. Enumerable.Range(0, pipeline.Steps.Count)]).Select(i => pipeline.Steps[i].Id)), plan, refused);
    }

    const string Parts = "  - { id: parts, type: date_parts, config: { columns: [day] } }\n";
    const string Strip = "  - { id: strip, type: strip_whitespace, config: { columns: [name] } }\n";
    const string Fill = "  - { id: fill, type: handle_missing, config: { columns: [amount], missing_strategy: median } }\n";
    const string ById = "  - { id: by_id, type: filter, config: { condition: id > 5 } }\n";
    const string Check = "  - { id: check, type: quality_validation }\n";

    [Theory]
    [InlineData(Parts + ById, "by_id parts")]
    [InlineData(Strip + ById, "strip by_id")]
    [InlineData(Fill + ById, "fill by_id")]
    [InlineData(Check + ById, "check by_id")]
    [InlineData(Parts + "  - { id: by_year, type: filter, config: { condition: day_year > 2020 } }\n", "parts by_year")]
    [InlineData("  - { id: sum, type: derive_columns, config: { columns: { x: id + 1 } } }\n" + ById, "sum by_id")]
    [InlineData("  - { id: up, type: derive_columns, config: { columns: { x: upper(name) } } }\n" + ById, "by_id up")]
    [InlineData("  - { id: up, type: derive_columns, config: { columns: { id: length(name) } } }\n" + ById, "up by_id")]
    public void A_filter_passes_only_what_keeps_rows_and_says_nothing(string steps, string expected) => Assert.Equal(expected, Plan(steps).Order);

    [Theory]
    [InlineData(Strip + ById, "by_id strip")]
    [InlineData("  - { id: sum, type: derive_columns, config: { columns: { x: id + 1 }, on_error: reject } }\n" + ById, "by_id sum")]
    [InlineData(Fill + ById, "fill by_id")]
    [InlineData(Check + ById, "check by_id")]
    public void Rows_alone_allow_more_but_never_a_look_or_a_check(string steps, string expected) => Assert.Equal(expected, Plan(steps, RewriteLevel.Rows).Order);

    [Fact]
    public void A_limit_passes_what_keeps_rows()
    {
        const string Limit = "  - { id: few, type: limit, config: { rows: 3 } }\n";

        Assert.Equal("few parts", Plan(Parts + Limit).Order);
        Assert.Equal("by_id few", Plan(ById + Limit).Order);
        Assert.Equal("strip few", Plan(Strip + Limit).Order);
        Assert.Equal("few strip", Plan(Strip + Limit, RewriteLevel.Rows).Order);
    }

    [Fact]
    public void A_step_whose_columns_are_taken_away_unread_is_not_run()
    {
        const string Keep = "  - { id: keep, type: choose_columns, config: { keep: [id, name] } }\n";

        var dead = Plan(Parts + Keep);

        Assert.Equal("keep", dead.Order);
        Assert.Contains(dead.Plan!.Rewrites, r => r.Rule == "dead_step");
        Assert.Contains(dead.Plan.Rewrites, r => r.Rule == "projection_pushdown" && r.What.EndsWith("amount, day", StringComparison.Ordinal));
        Assert.Equal("parts by_year keep", Plan(Parts + "  - { id: by_year, type: filter, config: { condition: day_year > 2020 } }\n" + Keep).Order);
    }

    [Fact]
    public void Looks_that_do_not_touch_each_other_share_a_walk()
    {
        const string Scale = "  - { id: scale, type: scale_numericals, config: { columns: [id] } }\n";
        const string ScaleFilled = "  - { id: scale, type: scale_numericals, config: { columns: [amount] } }\n";

        int Walks(string steps)
        {
            Step[] chain = [.. Pipeline.Parse(TestRuns.Source + steps).Steps.Select(s => s.Step)];
            return PassPlan.Of(chain, columns, measureBefore: true, sharesLooks: true).Count;
        }

        Assert.Equal(1, Walks(Fill + Scale));
        Assert.Equal(2, Walks(Fill + ScaleFilled));
        Assert.Equal(2, Walks(Fill + ById + Scale));
        Assert.True(Plan(Fill + Scale).Plan!.SharesLooks);
    }

    [Fact]
    public void What_is_refused_says_why()
    {
        var refused = Plan(Fill + ById).Refused;

        var note = Assert.Single(refused);
        Assert.Equal(("filter_pushdown", "by_id before fill", "fill learns from all rows, so fewer rows would teach it something else"), (note.Rule, note.What, note.Why));
        Assert.EndsWith("(optimize: rows allows it)", Assert.Single(Plan(Strip + ById).Refused).Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("false", RewriteLevel.Off)]
    [InlineData("true", RewriteLevel.Exact)]
    [InlineData("exact", RewriteLevel.Exact)]
    [InlineData("rows", RewriteLevel.Rows)]
    public void The_pipeline_says_how_far_it_may_go(string value, RewriteLevel level)
    {
        var pipeline = Pipeline.Parse($"optimize: {value}\n" + TestRuns.Source);

        Assert.Equal(level, pipeline.Optimize);
        Assert.Equal(Pipeline.Parse(TestRuns.Source).Hash, pipeline.Hash);
        Assert.Contains("'optimize' is", Assert.Throws<PipelineException>(() => Pipeline.Parse("optimize: maybe\n" + TestRuns.Source)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_gives_the_version_that_the_steps_as_written_give_and_records_what_it_did()
    {
        const string Steps = "  - { id: figures, type: text_features, config: { columns: [name] } }\n  - { id: some, type: filter, config: { condition: id < 20 } }\n";
        var versions = new List<(string Version, PlanOutcome? Plan, string Bytes)>();
        foreach (var optimize in new[] { "false", "exact" })
        {
            await using var runs = new TestRuns();
            runs.Write("data.csv", TestRuns.Csv(300, 5));
            var run = await runs.RunAsync($"optimize: {optimize}\n" + TestRuns.Source + Steps, deliveries: 2);
            versions.Add((run.Version, (await runs.RecordAsync(run.Outcome)).Plan, await runs.BytesAsync(run.Version)));
        }

        Assert.Equal(versions[0].Bytes, versions[1].Bytes);
        Assert.Null(versions[0].Plan);
        Assert.Equal([1, 0], versions[1].Plan!.Plan.Order);
        Assert.True(versions[1].Plan!.Ran[1].Rows < versions[1].Plan!.Ran[0].Rows);
    }

    [Fact]
    public async Task A_resumed_run_goes_on_as_it_began_and_what_is_up_to_date_stays_so()
    {
        const string Steps = "  - { id: figures, type: text_features, config: { columns: [name] } }\n  - { id: some, type: filter, config: { condition: id < 20 } }\n";
        await using var runs = new TestRuns();
        runs.Write("data.csv", TestRuns.Csv(300, 5));
        var written = await runs.RunAsync("optimize: false\n" + TestRuns.Source + Steps);

        var again = await runs.RunAsync(TestRuns.Source + Steps);

        Assert.True(again.Outcome.UpToDate);
        Assert.Equal(written.Version, again.Version);
    }

    [Fact]
    public async Task Rows_keeps_rows_and_may_say_other_things_of_those_that_are_gone()
    {
        const string Steps = Strip + "  - { id: some, type: filter, config: { condition: id < 20 } }\n";
        var rows = new List<List<string>>();
        var changed = new List<long>();
        foreach (var optimize in new[] { "false", "rows" })
        {
            await using var runs = new TestRuns();
            runs.Write("data.csv", TestRuns.Csv(300, 5));
            var run = await runs.RunAsync($"optimize: {optimize}\n" + TestRuns.Source + Steps);
            rows.Add(await runs.RowsAsync(run.Version));
            changed.Add((await runs.RecordAsync(run.Outcome)).Steps[0].Changed.Values.Sum());
        }

        Assert.Equal(rows[0], rows[1]);
        Assert.True(changed[1] < changed[0]);
    }

    [Fact]
    public async Task A_plan_that_cannot_be_tried_is_not_used()
    {
        // The gate refuses the sample, so nothing can be compared.
        var pipeline = Pipeline.Parse(TestRuns.Source + Parts + ById + "  - { id: gate, type: quality_validation, config: { min_quality_score: 100, business_rules: [{ type: range, column: amount, min: 5 }] } }\n");
        using var folder = new TemporaryFolder();
        var inputs = new FolderInputs([folder.Path], folder.Path);
        var sample = new Batch(
            columns,
            [
                new ValueColumn<long>(ColumnType.Int64, [1, 9], null), TextColumn.Of("a", "b"), new ValueColumn<double>(ColumnType.Float64, [1, 2], null),
                new ValueColumn<int>(ColumnType.Date, [1, 2], null),
            ],
            2);

        var found = await PlanSearch.FindAsync(pipeline, sample, inputs, RewriteLevel.Exact, null, CancellationToken.None);

        Assert.Null(found.Plan);
        Assert.Contains("a gate refused the sample", found.NotUsed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1000, 0.5, 1024, 100)]
    [InlineData(100, 0.5, 1024, 10)]
    [InlineData(1_000_000, 0.5, 1024, 119)]
    [InlineData(1_000_000, 0.001, 80, 10)]
    [InlineData(5, 300, 1, 1)]
    public void A_batch_is_as_large_as_data_latency_and_memory_allow(long rows, double latency, double memory, long expected) =>
        Assert.Equal(expected, BatchSize.OptimalFor(rows, latency, memory));

    [Fact]
    public void A_batch_follows_the_size_of_a_row_and_the_time_wanted()
    {
        var limits = new BatchLimits { RowBytes = 1_000, RowSeconds = 0.001, OverheadSeconds = 0, TargetSeconds = 2, MemoryBytes = 1e9 };

        Assert.Equal(2_000, BatchSize.Of(limits));
        Assert.Equal(1_000, BatchSize.Of(limits with { MemoryBytes = 1e6 }));
        Assert.Equal(1, BatchSize.Of(limits with { OverheadSeconds = 10 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => BatchSize.Of(limits with { RowBytes = 0 }));
    }
}
