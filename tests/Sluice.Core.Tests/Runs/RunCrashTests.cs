using Sluice.Connectors;
using Sluice.Runs;
using Sluice.Storage;
using Xunit.Abstractions;

namespace Sluice.Tests.Runs;

public sealed class RunCrashTests(ITestOutputHelper output)
{
    const int Seed = 20261121;

    static readonly string yaml = TestRuns.Chain + "  - { id: out, type: csv_sink, config: { file_path: out/rows.csv } }\n";
    static readonly string csv = TestRuns.Csv(30, seed: 13);

    [Fact]
    public async Task A_run_that_is_killed_at_any_write_is_finished_by_a_fresh_engine_with_the_same_version()
    {
        var (expected, file, writes) = await UndisturbedAsync();
        var schedules = Math.Max(200, (2 * writes) + 30);
        output.WriteLine($"{writes} writes, {schedules} schedules, seed {Seed}");
        var random = new Random(Seed);
        for (var schedule = 0; schedule < schedules; schedule++)
        {
            // Every write in turn, lost and done; then at random, with a second kill.
            var diesAt = schedule < 2 * writes ? (schedule % writes) + 1 : random.Next(1, writes + 1);
            var answersNever = schedule < 2 * writes ? schedule >= writes : random.Next(2) == 0;
            var kills = schedule < 2 * writes ? 1 : 2;
            await using var runs = new TestRuns();
            runs.Write("data.csv", csv);
            var request = await runs.RequestAsync(yaml, runId: "run", batchBytes: 250);
            for (var kill = 0; kill < kills; kill++)
            {
                var disk = new Disk { DiesAt = kill == 0 ? diesAt : random.Next(1, writes), AnswersNever = answersNever };
                await Record.ExceptionAsync(() => LocalRun.RunAsync(Engine(runs, disk), request, 2, null, CancellationToken.None));
            }

            var outcome = await LocalRun.RunAsync(runs.NewEngine(), request, 2, null, CancellationToken.None);

            var where = $"schedule {schedule}: killed at write {diesAt} of {writes}, {(answersNever ? "done" : "lost")}";
            Assert.True(expected == await runs.BytesAsync(outcome.Version!), where);
            Assert.True(file == await File.ReadAllTextAsync(Path.Combine(runs.Folder, "out", "rows.csv")), where);
            var listed = Assert.Single(await runs.Catalogue.VersionsAsync("t", CancellationToken.None));
            Assert.Equal(outcome.Version, listed.Version);
            Assert.True(outcome.Record is not null && await runs.RecordAsync(outcome) is { Version: not null }, where);
            Assert.True((await runs.RunAsync(yaml, batchBytes: 250)).Outcome.UpToDate, where);
        }
    }

    [Fact]
    public async Task A_new_run_after_a_kill_does_no_finished_unit_again()
    {
        var (_, _, writes) = await UndisturbedAsync();
        await using var runs = new TestRuns();
        runs.Write("data.csv", csv);
        var request = await runs.RequestAsync(yaml, runId: "killed", batchBytes: 250);
        await Assert.ThrowsAsync<StoreException>(
            () => LocalRun.RunAsync(Engine(runs, new Disk { DiesAt = writes * 3 / 4 }), request, 1, null, CancellationToken.None));
        var finished = await runs.Store.ListAsync("memo/", CancellationToken.None).CountAsync();

        var next = await runs.RunAsync(yaml, runId: "next", batchBytes: 250);

        Assert.Equal(0, next.WorkedIn(StageKind.Ingest));
        Assert.True(finished > 5 && next.UnitsWorked > 0);
        Assert.True(next.Stages.Sum(s => s.Reused) >= next.WorkedIn(StageKind.Apply));
    }

    static async Task<(string Manifest, string File, int Writes)> UndisturbedAsync()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", csv);
        var disk = new Disk();
        var request = await runs.RequestAsync(yaml, runId: "run", batchBytes: 250);
        var outcome = await LocalRun.RunAsync(Engine(runs, disk), request, 1, null, CancellationToken.None);
        return (await runs.BytesAsync(outcome.Version!), await File.ReadAllTextAsync(Path.Combine(runs.Folder, "out", "rows.csv")), disk.Writes);
    }

    static RunEngine Engine(TestRuns runs, Disk disk)
    {
        ObjectStore store = new DiskStore(runs.Store, disk);
        return new RunEngine(
            store, new DiskLedger(runs.Ledger, disk), new Sluice.Batches.BatchFiles(store), r => new FolderInputs([runs.Folder], r.InputFolder), runs.Options,
            TimeProvider.System);
    }
}
