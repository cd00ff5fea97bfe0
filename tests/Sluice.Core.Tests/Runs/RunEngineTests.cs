using Sluice.Batches;
using Sluice.Runs;

namespace Sluice.Tests.Runs;

public sealed class RunEngineTests
{
    [Fact]
    public async Task The_version_is_the_same_for_every_batch_size_and_parallelism()
    {
        var csv = TestRuns.Csv(400, seed: 1);
        var found = new Dictionary<string, string>();
        var batches = new HashSet<int>();
        foreach (var batchBytes in new long[] { 120, 500, 2_000, 9_000, 1 << 20 })
        {
            foreach (var parallelism in new[] { 1, 4 })
            {
                await using var runs = new TestRuns();
                runs.Write("data.csv", csv);
                Stage? ingest = null;

                var outcome = await LocalRun.RunAsync(
                    runs.NewEngine(), await runs.RequestAsync(TestRuns.Chain, batchBytes: batchBytes), parallelism, s => ingest ??= s, CancellationToken.None);

                batches.Add(ingest!.Units);
                found[outcome.Version!] = await runs.BytesAsync(outcome.Version!);
            }
        }

        Assert.Single(found);
        Assert.True(batches.Count >= 4 && batches.Contains(1), string.Join(',', batches));
    }

    [Fact]
    public async Task A_run_has_rows_read_equal_to_kept_and_rejected_and_evidence_for_every_failure()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", TestRuns.Csv(200, seed: 2) + "1,2,3,4,5,6,7\n");

        var run = await runs.RunAsync(TestRuns.Chain);

        var (_, manifest) = await runs.Catalogue.ShowAsync("t", "latest", CancellationToken.None);
        var record = await runs.RecordAsync(run.Outcome);
        Assert.Equal((201, run.Version, false), (manifest.RowsRead, run.Outcome.Version, run.Outcome.UpToDate));
        Assert.Equal(manifest.RowsRead, manifest.Rows + manifest.Rejected.Values.Sum());
        Assert.Equal(manifest.Rows, (await runs.RowsAsync(run.Version)).Count);
        Assert.True(manifest.Files.Count > 2, $"{manifest.Files.Count} files");
        Assert.Equal(1, manifest.Rejected["unreadable"]);
        Assert.Equal(["duplicate_key", "negative", "unreadable"], manifest.Rejected.Keys);
        Assert.Equal(record.Steps.SelectMany(s => s.Failures.Values).Sum(), record.Evidence.Sum(e => (long)e.Evidence.Rows));
        Assert.All(record.Steps, step => Assert.Equal(step.RowsIn, step.RowsOut + step.Rejected.Values.Sum()));
        Assert.All(record.Steps.Zip(record.Steps.Skip(1)), pair => Assert.Equal(pair.First.RowsOut, pair.Second.RowsIn));
    }

    [Fact]
    public async Task Evidence_names_the_row_of_the_input_its_rule_and_its_value_as_read()
    {
        await using var runs = new TestRuns();
        var amounts = Enumerable.Range(0, 120).Select(i => i % 37 == 5 ? -i : i).ToArray();
        runs.Write("data.csv", "id,amount\n" + string.Concat(amounts.Select((a, i) => $"{i},{a}\n")));
        var outcome = (await runs.RunAsync(TestRuns.Source + """
              - { id: keep, type: filter, config: { condition: 'amount >= 0', reason: negative } }
            """, batchBytes: 150)).Outcome;

        var evidence = new List<string>();
        await foreach (var batch in new EvidenceRows(runs.Files, await runs.RecordAsync(outcome)).ReadAsync(CancellationToken.None))
        {
            evidence.AddRange(Enumerable.Range(0, batch.Rows).Select(row => string.Join('|', batch.Columns.Select(c => c.Display(row)))));
        }

        Assert.Equal(4, evidence.Count);
        Assert.All(new[] { 6, 43, 80, 117 }.Zip(evidence), pair => Assert.StartsWith($"{pair.First}|keep|negative|", pair.Second, StringComparison.Ordinal));
        Assert.All(evidence, line => Assert.Contains("|true|", line, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_second_run_is_up_to_date_and_runs_no_unit()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", TestRuns.Csv(100, seed: 3));
        var first = await runs.RunAsync(TestRuns.Chain);

        var second = await runs.RunAsync(TestRuns.Chain);

        Assert.True(first.UnitsWorked > 10);
        Assert.Equal((0, true, first.Version), (second.UnitsWorked, second.Outcome.UpToDate, second.Version));
        Assert.Empty(second.Stages);
        Assert.Single(await runs.Catalogue.VersionsAsync("t", CancellationToken.None));
    }

    [Fact]
    public async Task A_second_run_with_another_batch_size_is_up_to_date_too()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", TestRuns.Csv(100, seed: 3));
        await runs.RunAsync(TestRuns.Chain);

        Assert.True((await runs.RunAsync(TestRuns.Chain, batchBytes: 5_000)).Outcome.UpToDate);
    }

    [Fact]
    public async Task A_run_is_not_up_to_date_through_its_own_commit()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", TestRuns.Csv(100, seed: 3));
        var first = await runs.RunAsync(TestRuns.Chain, runId: "same");

        var again = await runs.RunAsync(TestRuns.Chain, runId: "same");

        Assert.Equal((0, false), (again.UnitsWorked, again.Outcome.UpToDate));
        Assert.Equal(first.Outcome, again.Outcome);
    }

    [Fact]
    public async Task An_edited_row_runs_only_the_batch_that_holds_it()
    {
        await using var runs = new TestRuns();
        var lines = TestRuns.Csv(600, seed: 4).Split('\n');
        runs.Write("data.csv", string.Join('\n', lines));
        var before = await runs.RunAsync(TestRuns.Chain);
        lines[300] = lines[300].Replace("name", "eman", StringComparison.Ordinal);
        runs.Write("data.csv", string.Join('\n', lines));

        var after = await runs.RunAsync(TestRuns.Chain);

        var batches = before.WorkedIn(StageKind.Ingest);
        Assert.True(batches > 15, $"{batches} batches");
        Assert.NotEqual(before.Version, after.Version);

        // The edited record may move a border of its shard: two batches then.
        Assert.InRange(after.WorkedIn(StageKind.Ingest), 1, 2);
        Assert.InRange(after.WorkedIn(StageKind.Apply), 1, 2);
        Assert.InRange(after.WorkedIn(StageKind.Publish), 1, 3);

        // What is published is measured by the unit that publishes it.
        Assert.Equal(0, after.WorkedIn(StageKind.Measure));
        Assert.All(after.Stages, stage => Assert.True(stage.Units <= 3 && stage.Reused > 0, $"{stage.Title}: {stage.Units} units, {stage.Reused} reused"));
    }

    [Fact]
    public async Task An_edit_that_changes_what_a_step_learned_runs_every_batch_that_depends_on_it()
    {
        const string yaml = TestRuns.Source + """
              - { id: fill, type: data_cleaning, config: { operations: [handle_missing], missing_strategy: mean, columns: [amount] } }
            """;
        await using var runs = new TestRuns();
        var lines = TestRuns.Csv(300, seed: 5).Split('\n');
        runs.Write("data.csv", string.Join('\n', lines));
        var before = await runs.RunAsync(yaml);
        lines[100] = "99999,x,123456";
        runs.Write("data.csv", string.Join('\n', lines));

        var after = await runs.RunAsync(yaml);

        Assert.InRange(after.WorkedIn(StageKind.Ingest), 1, 2);
        Assert.Equal(before.WorkedIn(StageKind.Apply), after.Of(StageKind.Apply).Units + after.Of(StageKind.Apply).Reused);
        Assert.True(after.WorkedIn(StageKind.Apply) > before.WorkedIn(StageKind.Apply) / 2);
    }

    [Fact]
    public async Task Types_that_differ_between_shards_are_joined_and_the_others_read_again()
    {
        await using var runs = new TestRuns();
        var numbers = string.Concat(Enumerable.Range(0, 200).Select(i => $"{i},{i * 3}\n"));
        runs.Write("data.csv", "id,code\n" + numbers + "200,abc\n");

        var run = await runs.RunAsync(TestRuns.Source);

        var (_, manifest) = await runs.Catalogue.ShowAsync("t", "latest", CancellationToken.None);
        var shards = run.Of(StageKind.Ingest).Units;
        Assert.True(shards > 2);
        Assert.Equal(shards - 1, run.Of(StageKind.Retype).Units);
        Assert.Equal(ColumnType.Text, manifest.Schema[1].Type);
        Assert.Equal(["0|0", "1|3"], (await runs.RowsAsync(run.Version)).Take(2));
        Assert.Equal("200|abc", (await runs.RowsAsync(run.Version))[^1]);
    }

    [Fact]
    public async Task A_gate_that_refuses_leaves_evidence_and_a_record_and_no_version()
    {
        const string yaml = TestRuns.Source + """
              - { id: gate, type: quality_validation, config: { min_quality_score: 100, mode: reject, business_rules: [{ type: range, column: amount, min: 0 }] } }
              - { id: split, type: split, config: { strategy: random, ratios: { train: 0.5, test: 0.5 } } }
            """;
        await using var runs = new TestRuns();
        runs.Write("data.csv", TestRuns.Csv(200, seed: 6));

        var run = await runs.RunAsync(yaml);

        Assert.Null(run.Outcome.Version);
        Assert.StartsWith("Step 'gate': ", run.Outcome.GateFailure, StringComparison.Ordinal);
        var record = await runs.RecordAsync(run.Outcome);
        Assert.Equal((null, run.Outcome.GateFailure), (record.Version, record.GateFailure));
        Assert.Equal("gate", Assert.Single(record.Steps).Step);
        Assert.True(record.Evidence.Count > 0);
        Assert.Contains(run.Stages, s => s is { Kind: StageKind.Apply, Title: "evidence" });
        Assert.DoesNotContain(run.Stages, s => s.Kind is StageKind.Publish or StageKind.Measure or StageKind.Export);
        Assert.Empty(await runs.Catalogue.VersionsAsync("t", CancellationToken.None));

        var again = await runs.RunAsync(yaml);
        Assert.Equal((0, run.Outcome.GateFailure), (again.UnitsWorked, again.Outcome.GateFailure));
    }

    [Fact]
    public async Task Every_delivery_after_the_first_changes_nothing()
    {
        await using var once = new TestRuns();
        await using var twice = new TestRuns();
        once.Write("data.csv", TestRuns.Csv(200, seed: 7));
        twice.Write("data.csv", TestRuns.Csv(200, seed: 7));

        var first = await once.RunAsync(TestRuns.Chain);
        var second = await twice.RunAsync(TestRuns.Chain, deliveries: 2);

        Assert.Equal(await once.BytesAsync(first.Version), await twice.BytesAsync(second.Version));
        Assert.Single(await twice.Catalogue.VersionsAsync("t", CancellationToken.None));
    }

    [Fact]
    public async Task Two_runs_that_commit_at_once_are_both_listed()
    {
        for (var round = 0; round < 6; round++)
        {
            await using var runs = new TestRuns();
            runs.Write("a.csv", TestRuns.Csv(20, seed: round));
            runs.Write("b.csv", TestRuns.Csv(20, seed: 100 + round));
            var yamls = new[] { "a.csv", "b.csv" }.Select(file => TestRuns.Source.Replace("data.csv", file, StringComparison.Ordinal));

            var finished = await Task.WhenAll(yamls.Select(yaml => Task.Run(() => runs.RunAsync(yaml))));

            var versions = await runs.Catalogue.VersionsAsync("t", CancellationToken.None);
            Assert.Equal(finished.Select(f => f.Version).Order(), versions.Select(v => v.Version).Order());
            Assert.Equal([1, 2], versions.Select(v => v.Number));
            Assert.Equal([null, versions[0].Version], versions.Select(v => v.Parent));
        }
    }

    [Fact]
    public async Task Without_caching_everything_is_done_again_and_gives_the_same()
    {
        const string yaml = TestRuns.Chain + "optimization: { caching: false }\n";
        await using var runs = new TestRuns();
        runs.Write("data.csv", TestRuns.Csv(100, seed: 8));
        var engine = runs.NewEngine();
        var first = await runs.RunAsync(yaml, engine: engine);

        var second = await runs.RunAsync(yaml, engine: engine);

        Assert.Equal((first.Version, first.UnitsWorked, false), (second.Version, second.UnitsWorked, second.Outcome.UpToDate));
        Assert.All(second.Stages, stage => Assert.Equal(0, stage.Reused));
        Assert.Single(await runs.Catalogue.VersionsAsync("t", CancellationToken.None));
    }

    [Fact]
    public async Task Profile_keeps_the_time_of_every_step_and_gives_the_same_version()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", TestRuns.Csv(100, 2));
        var plain = await runs.RunAsync(TestRuns.Chain);
        await using var others = new TestRuns();
        others.Write("data.csv", TestRuns.Csv(100, 2));

        var profiled = await others.RunAsync("debug: { profile_performance: true }\n" + TestRuns.Chain);

        var record = await others.RecordAsync(profiled.Outcome);
        Assert.Equal(plain.Version, profiled.Version);
        Assert.Equal(record.Steps.Select(s => s.Step), record.Profile!.Select(p => p.Step));
        Assert.Null((await runs.RecordAsync(plain.Outcome)).Profile);
    }

    [Fact]
    public async Task Debug_keeps_the_rows_after_every_step_and_gives_the_same_version()
    {
        await using var plain = new TestRuns();
        await using var debug = new TestRuns();
        plain.Write("data.csv", TestRuns.Csv(50, seed: 9));
        debug.Write("data.csv", TestRuns.Csv(50, seed: 9));

        var first = await plain.RunAsync(TestRuns.Chain);
        var second = await debug.RunAsync(TestRuns.Chain + "debug: true\n");

        Assert.Equal(first.Version, second.Version);
        Assert.True(await FilesAsync(debug) > await FilesAsync(plain));

        static async Task<int> FilesAsync(TestRuns runs) => await runs.Store.ListAsync("batches/", CancellationToken.None).CountAsync();
    }

    [Fact]
    public async Task A_table_whose_rows_are_all_rejected_is_an_empty_version()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", TestRuns.Csv(60, seed: 10));

        var run = await runs.RunAsync(TestRuns.Source + """
              - { id: none, type: filter, config: { condition: 'amount > 1000' } }
            """);

        var (_, manifest) = await runs.Catalogue.ShowAsync("t", "latest", CancellationToken.None);
        Assert.Equal((60, 0, 0), (manifest.RowsRead, manifest.Rows, manifest.Files.Count));
        Assert.NotNull(run.Outcome.Version);
    }

    [Fact]
    public async Task A_wrong_column_stops_a_run_before_its_first_stage()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", TestRuns.Csv(60, seed: 10));

        var error = await Assert.ThrowsAsync<PipelineException>(() => runs.RunAsync(TestRuns.Source + """
              - { id: none, type: filter, config: { condition: 'amont > 1000' } }
            """));

        Assert.Contains("amont", error.Message, StringComparison.Ordinal);
        Assert.Contains("amount", error.Message, StringComparison.Ordinal);
        Assert.Empty(await runs.Store.ListAsync("runs/", CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task A_cancelled_run_commits_nothing_and_the_next_one_reuses_its_work()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", TestRuns.Csv(200, seed: 11));
        using var stop = new CancellationTokenSource();
        var request = await runs.RequestAsync(TestRuns.Chain);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => LocalRun.RunAsync(
            runs.NewEngine(), request, 2, stage => { if (stage.Kind == StageKind.Apply) { stop.Cancel(); } }, stop.Token));

        Assert.Empty(await runs.Catalogue.VersionsAsync("t", CancellationToken.None));
        var next = await runs.RunAsync(TestRuns.Chain);
        Assert.Equal((0, 0), (next.WorkedIn(StageKind.Ingest), next.WorkedIn(StageKind.Observe)));
        Assert.True(next.WorkedIn(StageKind.Apply) > 0);
    }

    [Fact]
    public async Task Titles_and_outcomes_fit_the_custom_status_however_many_steps_look()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", TestRuns.Csv(5, seed: 12));
        var checks = string.Concat(Enumerable.Range(0, 200).Select(i =>
            $"  - {{ id: a_check_with_a_rather_long_name_{i}, type: quality_validation, config: {{ min_quality_score: 100 }} }}\n"));

        var run = await runs.RunAsync(TestRuns.Source + checks, batchBytes: 1 << 20);

        var look = run.Stages.Single(s => s.Kind == StageKind.Observe);
        Assert.Equal(200, look.Title.Length);
        Assert.EndsWith("…", look.Title, StringComparison.Ordinal);
        Assert.InRange(run.Outcome.GateFailure!.Length, 1, 400);
    }
}
