using Microsoft.DurableTask.Client;
using Sluice.Functions.Api;

namespace Sluice.Cli;

/// <summary>How a run of several chains ended: a summary for each of them.</summary>
static class GraphSummary
{
    public static async Task<RunSummary> OfAsync(LocalApp app, OrchestrationMetadata run, bool resumed, TimeSpan time, CancellationToken cancellation)
    {
        var status = await GraphStatus.OfAsync(app.Client, run, cancellation);
        var chains = new List<RunSummary>();
        foreach (var chain in status.Chains!)
        {
            chains.Add(chain.Run is null
                ? new RunSummary { Run = "", Status = chain.Status, ExitCode = ExitCodes.Done, Error = Why(chain, status.Chains!), Dataset = chain.Dataset, Seconds = 0 }
                : await OfChainAsync(app, chain, resumed, cancellation));
        }

        // A pipeline that was refused before any chain began has a reason of its own.
        var own = run.RuntimeStatus == OrchestrationRuntimeStatus.Failed && chains.TrueForAll(c => c.Run.Length == 0)
            ? await RunSummary.OfAsync(app, run, resumed, time, cancellation)
            : null;
        var worst = own?.ExitCode ?? (run.RuntimeStatus == OrchestrationRuntimeStatus.Terminated ? ExitCodes.Cancelled : chains.Max(c => c.ExitCode));
        return new RunSummary
        {
            Run = run.InstanceId,
            Status = worst == ExitCodes.Done ? "done" : status.Status,
            ExitCode = worst,
            Error = own?.Error,
            Resumed = resumed,
            UpToDate = chains.TrueForAll(c => c.UpToDate),
            RowsRead = chains.Sum(c => c.RowsRead),
            Rows = chains.Sum(c => c.Rows),
            CostUsd = chains.Exists(c => c.CostUsd is not null) ? chains.Sum(c => c.CostUsd) : null,
            SavedUsd = chains.Exists(c => c.SavedUsd is not null) ? chains.Sum(c => c.SavedUsd) : null,
            Unanswered = chains.Exists(c => c.Unanswered is not null) ? chains.Sum(c => c.Unanswered) : null,
            Seconds = time.TotalSeconds,
            Chains = own is null ? chains : null,
        };
    }

    static async Task<RunSummary> OfChainAsync(LocalApp app, ChainStatus chain, bool resumed, CancellationToken cancellation)
    {
        var run = (await app.Client.GetInstanceAsync(chain.Run!.Run, getInputsAndOutputs: true, cancellation))!;
        return await RunSummary.OfAsync(app, run, resumed, run.LastUpdatedAt - run.CreatedAt, cancellation) with { Dataset = chain.Dataset };
    }

    static string? Why(ChainStatus chain, IReadOnlyList<ChainStatus> all) =>
        all.FirstOrDefault(c => chain.After.Contains(c.Dataset) && c.Status != "completed") is { } read ? $"not run: it reads {read.Dataset}, which has no version of this run" : null;
}
