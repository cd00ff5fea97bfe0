using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Llm;
using Sluice.Runs;
using Sluice.Tests.Runs;

namespace Sluice.Tests.Llm;

/// <summary>A run that asks is killed at some of its writes, from the first to the last, with the write done or not, and started again: the version is the same and no answer is paid for twice.</summary>
static class KilledRuns
{
    /// <returns>Calls that were made again, since the kill lost their record.</returns>
    public static async Task<int> CheckAsync(string yaml, Func<JsonElement, JsonObject> row, IReadOnlyDictionary<string, string> files, long batchBytes, int atMost = 8)
    {
        string expected;
        int writes;
        {
            await using var runs = Runs(new ScriptedModels { Row = row }, files);
            var disk = new Disk();
            var outcome = await LocalRun.RunAsync(runs.NewEngineOn(disk), await runs.RequestAsync(yaml, "run", batchBytes), 1, null, CancellationToken.None);
            (expected, writes) = (await runs.BytesAsync(outcome.Version!), disk.Writes);
        }

        var again = 0;
        var every = Math.Max(1, writes / atMost);
        for (var schedule = 0; schedule < 2 * writes; schedule += every)
        {
            var at = (schedule % writes) + 1;
            var models = new ScriptedModels { Row = row };
            await using var runs = Runs(models, files);
            var request = await runs.RequestAsync(yaml, "run", batchBytes);
            var disk = new Disk { DiesAt = at, AnswersNever = schedule >= writes };
            await Record.ExceptionAsync(() => LocalRun.RunAsync(runs.NewEngineOn(disk), request, 1, null, CancellationToken.None));
            var kept = (await new CallLog(runs.Store, "run").AllAsync(CancellationToken.None)).Count;
            var paid = models.Calls.Count;

            var outcome = await LocalRun.RunAsync(runs.NewEngineLater(), request, 1, null, CancellationToken.None);

            // Only a call whose record the kill lost, at most the one in flight, is made again.
            var where = $"schedule {schedule} of {2 * writes}";
            Assert.True(expected == await runs.BytesAsync(outcome.Version!), where);
            Assert.InRange(paid - kept, 0, 1);

            // Whether a call that was cut off was charged nobody knows: what was charged lies between what is sure and what is in doubt.
            var cost = (await RunCost.FindAsync(runs.Store, "run", CancellationToken.None))!;
            var charged = models.Paid.CostAt(models.Info.Price!);
            Assert.InRange(charged, cost.Total.CostUsd, cost.Total.CostUsd + (cost.InDoubt?.MostUsd ?? 0));
            Assert.InRange(cost.InDoubt?.Calls ?? 0, paid - kept, 1);
            Assert.True(models.Calls.Count - (paid - kept) == models.Calls.Select(c => c.System + c.Prompt).Distinct().Count(), where);
            again += paid - kept;
        }

        return again;
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
}
