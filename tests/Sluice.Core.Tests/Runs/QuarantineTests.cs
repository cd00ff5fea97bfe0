using Sluice.Runs;

namespace Sluice.Tests.Runs;

public sealed class QuarantineTests
{
    static string Csv(string word, params int[] rows) =>
        "id,name\n" + string.Concat(Enumerable.Range(0, 200).Select(i => $"{i},{(rows.Contains(i) ? word : "fine")} {i}\n"));

    static string Yaml(string word, bool looking, string more = "") => TestRuns.Source + $$"""
          - { id: first, type: filter, config: { condition: 'id % 10 <> 3' } }
          - { id: boom, type: blow_up, config: { column: name, word: {{word}}, looking: {{(looking ? "true" : "false")}} } }
          - { id: second, type: filter, config: { condition: 'id % 10 <> 4' } }
        {{more}}
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rows_that_make_a_step_throw_are_put_aside_with_their_row_and_error_and_the_rest_goes_on(bool looking)
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", Csv("bad1", 17, 18, 101, 103));

        var run = await runs.RunAsync(Yaml("bad1", looking));

        var record = await runs.RecordAsync(run.Outcome);
        var (_, manifest) = await runs.Catalogue.ShowAsync("t", "latest", CancellationToken.None);

        // 103 is filtered before the step sees it.
        Assert.Equal(
            [("boom", 17L), ("boom", 18L), ("boom", 101L)],
            record.Quarantine.Select(q => (q.Step, q.Row)));
        Assert.All(record.Quarantine, q => Assert.Equal("FormatException: cannot bear 'bad1'", q.Error));
        Assert.Equal(3, manifest.Rejected["quarantined"]);
        Assert.Equal((200, 157), (manifest.RowsRead, manifest.Rows));
        Assert.DoesNotContain(await runs.RowsAsync(run.Version), row => row.Contains("bad1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_version_with_quarantine_does_not_depend_on_the_batch_size(bool looking)
    {
        var found = new HashSet<string>();
        foreach (var batchBytes in new[] { 150, 900, 100_000 })
        {
            await using var runs = new TestRuns();
            runs.Write("data.csv", Csv("bad2", 17, 18, 101, 199));
            found.Add((await runs.RunAsync(Yaml("bad2", looking), batchBytes: batchBytes)).Version);
        }

        Assert.Single(found);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_step_may_put_rows_aside_and_numbers_stay_those_of_the_input(bool twice)
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", Csv("bad3", 40, 41));
        var more = "  - { id: again, type: blow_up, config: { column: name, word: ' 9', looking: true } }\n"
            + "  - { id: split, type: split, config: { strategy: random, ratios: { train: 0.5, test: 0.5 } } }\n";

        var run = await runs.RunAsync(Yaml("bad3", true, more), deliveries: twice ? 2 : 1);

        var quarantined = (await runs.RecordAsync(run.Outcome)).Quarantine;
        Assert.Equal([40L, 41L], quarantined.Where(q => q.Step == "boom").Select(q => q.Row));
        Assert.Equal(
            [9L, .. Enumerable.Range(90, 10).Where(i => i is not (93 or 94)).Select(i => (long)i)],
            quarantined.Where(q => q.Step == "again").Select(q => q.Row).Order());
    }

    [Fact]
    public async Task A_replay_runs_only_the_batches_with_quarantined_rows_and_commits_what_it_gives()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", Csv("bad4", 17));
        var before = await runs.RunAsync(Yaml("bad4", looking: false));
        BlowUpStep.Healed["bad4"] = true;

        var plain = await runs.RunAsync(Yaml("bad4", looking: false));
        var replay = await runs.RunAsync(Yaml("bad4", looking: false), replay: true, deliveries: 2);

        Assert.True(plain.Outcome.UpToDate);
        Assert.Equal(before.Version, plain.Version);
        Assert.Equal((1, 0), (replay.Of(StageKind.Apply).Units, replay.WorkedIn(StageKind.Ingest)));
        Assert.NotEqual(before.Version, replay.Version);
        Assert.Empty((await runs.RecordAsync(replay.Outcome)).Quarantine);
        Assert.Contains("17|bad4 17", await runs.RowsAsync(replay.Version));
        Assert.Equal([before.Version, replay.Version], (await runs.Catalogue.VersionsAsync("t", CancellationToken.None)).Select(v => v.Version));

        var next = await runs.RunAsync(Yaml("bad4", looking: false));
        Assert.Equal((true, replay.Version), (next.Outcome.UpToDate, next.Version));
    }

    [Fact]
    public async Task A_replay_that_fails_again_gives_the_same_version()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", Csv("bad5", 17));
        var before = await runs.RunAsync(Yaml("bad5", looking: false));

        var replay = await runs.RunAsync(Yaml("bad5", looking: false), replay: true);

        Assert.Equal(before.Version, replay.Version);
        Assert.Single((await runs.RecordAsync(replay.Outcome)).Quarantine);
        Assert.Single(await runs.Catalogue.VersionsAsync("t", CancellationToken.None));
    }

    [Fact]
    public async Task A_step_that_fails_on_too_many_rows_stops_the_run()
    {
        await using var runs = new TestRuns { Options = new RunOptions { MaxQuarantinedRowsPerBatch = 5 } };
        runs.Write("data.csv", Csv("bad6", [.. Enumerable.Range(0, 200)]));

        var error = await Assert.ThrowsAsync<DataException>(() => runs.RunAsync(Yaml("bad6", looking: false)));

        Assert.StartsWith("Step 'boom' fails on more than 5 of ", error.Message, StringComparison.Ordinal);
        Assert.Contains("First: FormatException: cannot bear 'bad6'", error.Message, StringComparison.Ordinal);
        Assert.Empty(await runs.Catalogue.VersionsAsync("t", CancellationToken.None));
    }
}
