using System.Text.Json;
using Sluice.Batches;
using Sluice.Pipelines;
using Sluice.Pipelines.Optimise;
using Sluice.Runs;
using Sluice.Tests.Runs;

namespace Sluice.Core.Tests.Pipelines.Optimise;

/// <summary>Where rows are kept for later looks, and that nothing else changes by it.</summary>
public sealed class CachePlacementTests
{
    const string Mask = "  - { id: mask, type: pii_detection, config: { action: mask, columns: [name] } }\n";
    const string Impute = "  - { id: impute, type: impute_missing }\n";
    const string Strip = "  - { id: strip, type: strip_whitespace }\n";
    const string Unique = "  - { id: unique, type: remove_duplicates, config: { duplicate_keys: [name, amount] } }\n";
    const string Fill = "  - { id: fill, type: handle_missing, config: { columns: [name], missing_strategy: mode } }\n";
    const string Encode = "  - { id: encode, type: encode_categoricals, config: { columns: [name], method: frequency } }\n";

    static readonly Schema columns = new([new Field("id", ColumnType.Int64), new Field("name", ColumnType.Text), new Field("amount", ColumnType.Float64)]);

    static IReadOnlyList<KeptRows> Kept(string steps, string head = "") => Optimiser.Plan(Pipeline.Parse(head + TestRuns.Source + steps), columns, RewriteLevel.Exact, PlanFacts.None).Plan?.Kept ?? [];

    [Fact]
    public void Rows_are_kept_after_a_dear_step_that_several_looks_come_after()
    {
        var one = Assert.Single(Kept(Mask + Unique + Fill + Encode));

        Assert.Equal((1, 3), (one.Applied, one.Looks));
        Assert.Equal(["amount", "name"], one.Columns);
    }

    [Fact]
    public void Dear_steps_one_after_the_other_are_kept_apart_where_looks_lie_between() =>
        Assert.Equal([2, 3], Kept(Fill + Impute + Impute.Replace("id: impute", "id: again", StringComparison.Ordinal) + Unique + Encode).Select(k => k.Applied));

    [Theory]
    [InlineData(Strip + Unique + Fill + Encode)]
    [InlineData(Unique + Fill + Encode + Mask)]
    [InlineData(Mask + Unique)]
    [InlineData(Mask)]
    public void Nothing_is_kept_where_steps_are_cheap_or_hardly_anything_looks_behind_them(string steps) => Assert.Empty(Kept(steps));

    [Fact]
    public void A_look_that_reads_nothing_of_what_was_dear_counts_for_nothing() =>
        Assert.Empty(Kept(Mask + Unique + "  - { id: scale, type: scale_numericals, config: { columns: [amount] } }\n  - { id: scale_id, type: scale_numericals, config: { columns: [id] } }\n"));

    [Fact]
    public void The_pipeline_can_forbid_it() => Assert.Empty(Kept(Mask + Unique + Fill + Encode, "optimization: { caching: false }\n"));

    [Theory]
    [InlineData(Mask + Unique + Fill + Encode)]
    [InlineData(Strip + Impute + Unique + Mask + Fill + Encode)]
    [InlineData("  - { id: read_lists, type: explode, config: { column: name, separator: ' ' } }\n" + Mask + Unique + Fill + Encode)]
    public async Task The_version_and_all_that_is_said_of_rows_are_the_same(string steps)
    {
        var results = new List<(string Version, string Bytes, PlanOutcome? Plan)>();
        foreach (var optimize in new[] { "false", "exact" })
        {
            await using var runs = new TestRuns();
            runs.Write("data.csv", TestRuns.Csv(300, 5));
            var run = await runs.RunAsync($"optimize: {optimize}\n" + TestRuns.Source + steps, deliveries: 2);
            results.Add((run.Version, await runs.BytesAsync(run.Version), (await runs.RecordAsync(run.Outcome)).Plan));
        }

        Assert.Equal(results[0].Version, results[1].Version);
        Assert.Equal(results[0].Bytes, results[1].Bytes);
        var kept = results[1].Plan!.Kept!;
        Assert.All(kept, k => Assert.True(k is { Rows: > 0, Bytes: > 0, Looks: > 0 }));
    }

    [Fact]
    public async Task What_is_kept_serves_other_pipelines_and_only_changed_batches_are_kept_anew()
    {
        const string Steps = Mask + Unique + Fill;
        const string Edited = "\n7007,";
        await using var runs = new TestRuns();
        runs.Write("data.csv", TestRuns.Csv(300, 5));
        await runs.RunAsync(TestRuns.Source + Steps + Encode);
        var first = await KeptBatchesAsync(runs);

        await runs.RunAsync(TestRuns.Source + Steps + "  - { id: outliers, type: remove_outliers, config: { columns: [amount] } }\n" + Encode);
        var second = await KeptBatchesAsync(runs);
        runs.Write("data.csv", TestRuns.Csv(300, 5).Replace("\n7,", Edited, StringComparison.Ordinal));
        var changed = await runs.RunAsync(TestRuns.Source + Steps + Encode);

        Assert.True(first > 2);
        Assert.Equal(first, second);
        Assert.Equal(first + 1, await KeptBatchesAsync(runs));
        await using var fresh = new TestRuns();
        fresh.Write("data.csv", TestRuns.Csv(300, 5).Replace("\n7,", Edited, StringComparison.Ordinal));
        Assert.Equal(await fresh.BytesAsync((await fresh.RunAsync("optimize: false\n" + TestRuns.Source + Steps + Encode)).Version), await runs.BytesAsync(changed.Version));
    }

    [Fact]
    public async Task A_run_that_is_killed_while_rows_are_kept_ends_the_same()
    {
        const string Yaml = TestRuns.Source + Mask + Unique + Fill + Encode;
        var (expected, writes) = await Killed(0);

        for (var at = 1; at < writes; at += Math.Max(1, writes / 12))
        {
            Assert.Equal(expected, (await Killed(at)).Bytes);
        }

        static async Task<(string Bytes, int Writes)> Killed(int at)
        {
            await using var runs = new TestRuns();
            runs.Write("data.csv", TestRuns.Csv(60, 5));
            var (request, disk) = (await runs.RequestAsync(Yaml, "run"), new Disk { DiesAt = at, AnswersNever = at % 2 == 0 });
            var died = await Record.ExceptionAsync(() => LocalRun.RunAsync(runs.NewEngineOn(disk), request, 1, null, CancellationToken.None));
            Assert.Equal(at > 0, died is not null);
            return (await runs.BytesAsync((await LocalRun.RunAsync(runs.NewEngineLater(), request, 1, null, CancellationToken.None)).Version!), disk.Writes);
        }
    }

    static async Task<int> KeptBatchesAsync(TestRuns runs)
    {
        var count = 0;
        await foreach (var memo in runs.Store.ListAsync("memo/", default))
        {
            using var document = JsonDocument.Parse(await runs.Store.ReadAsync(memo.Path, default));
            count += document.RootElement.EnumerateObject().Select(p => p.Name).SequenceEqual(["rows"]) ? 1 : 0;
        }

        return count;
    }
}
