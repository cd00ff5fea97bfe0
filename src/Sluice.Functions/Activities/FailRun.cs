using Microsoft.Azure.Functions.Worker;
using Sluice.Runs;

namespace Sluice.Functions.Activities;

/// <summary>Notes on the dataset that a run failed.</summary>
public sealed class FailRun(RunEngine engine, RunLog log)
{
    [Function(nameof(FailRun))]
    public async Task RunAsync([ActivityTrigger] FailedRun run, CancellationToken cancellation)
    {
        await engine.FailAsync(run.Run, run.Reason, cancellation);
        await log.FailedAsync(run.Run, cancellation);
    }
}

/// <summary>A run that failed, and why.</summary>
public sealed record FailedRun(RunRequest Run, string Reason)
{
    // It travels through the durable history.
    const int MaxReason = 400;

    // Not between the halves of a surrogate pair: half of one is not JSON.
    public static string Shorten(string reason) =>
        reason.Length <= MaxReason ? reason : reason[..(char.IsHighSurrogate(reason[MaxReason - 2]) ? MaxReason - 2 : MaxReason - 1)] + "…";
}
