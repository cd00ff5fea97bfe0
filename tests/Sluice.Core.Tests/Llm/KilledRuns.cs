using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Batches;
using Sluice.Connectors;
using Sluice.Llm;
using Sluice.Runs;
using Sluice.Storage;
using Sluice.Tests.Runs;

namespace Sluice.Tests.Llm;

/// <summary>A run that asks is killed at some of its writes, from the first to the last, with the write done or not, and started again: the version is the same and no answer is paid for twice.</summary>
static class KilledRuns
{
    public static async Task CheckAsync(string yaml, Func<JsonElement, JsonObject> row, IReadOnlyDictionary<string, string> files, long batchBytes, int atMost = 16)
    {
        string expected;
        int writes;
        {
            await using var runs = Runs(new ScriptedModels { Row = row }, files);
            var disk = new Disk();
            var outcome = await LocalRun.RunAsync(Engine(runs, disk), await runs.RequestAsync(yaml, "run", batchBytes), 1, null, CancellationToken.None);
            (expected, writes) = (await runs.BytesAsync(outcome.Version!), disk.Writes);
        }

        var every = Math.Max(1, writes / atMost);
        for (var at = 1; at <= writes; at += every)
        {
            var models = new ScriptedModels { Row = row };
            await using var runs = Runs(models, files);
            var request = await runs.RequestAsync(yaml, "run", batchBytes);
            var disk = new Disk { DiesAt = at, AnswersNever = at / every % 2 == 0 };
            await Record.ExceptionAsync(() => LocalRun.RunAsync(Engine(runs, disk), request, 1, null, CancellationToken.None));
            var kept = (await new CallLog(runs.Store, "run").AllAsync(CancellationToken.None)).Count;
            var paid = models.Calls.Count;

            var outcome = await LocalRun.RunAsync(runs.NewEngine(), request, 1, null, CancellationToken.None);

            // Only a call whose record the kill lost, at most the one in flight, is made again.
            var where = $"killed at write {at} of {writes}";
            Assert.True(expected == await runs.BytesAsync(outcome.Version!), where);
            Assert.InRange(paid - kept, 0, 1);
            Assert.True(models.Calls.Count - (paid - kept) == models.Calls.Select(c => c.System + c.Prompt).Distinct().Count(), where);
        }
    }

    static TestRuns Runs(ScriptedModels models, IReadOnlyDictionary<string, string> files)
    {
        var runs = new TestRuns { Models = models };
        foreach (var (name, text) in files)
        {
            runs.Write(name, text);
        }

        return runs;
    }

    static RunEngine Engine(TestRuns runs, Disk disk)
    {
        ObjectStore store = new DiskStore(runs.Store, disk);
        return new RunEngine(
            store, new DiskLedger(runs.Ledger, disk), new BatchFiles(store), r => new FolderInputs([runs.Folder], r.InputFolder), runs.Options, TimeProvider.System, models: runs.Models);
    }
}
