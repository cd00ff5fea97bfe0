using Microsoft.Azure.Functions.Worker;
using Sluice.Runs;

namespace Sluice.Functions.Activities;

/// <summary>Finishes a stage of a run and opens the next that has something to do.</summary>
public sealed class AdvanceRun(RunEngine engine, RunWatch watch, RunLog log)
{
    [Function(nameof(AdvanceRun))]
    public async Task<Stage> RunAsync([ActivityTrigger] AdvanceRequest request, CancellationToken cancellation)
    {
        using var stop = await watch.LinkAsync(request.Run.RunId, cancellation);
        var stage = await engine.AdvanceAsync(request.Run, request.After, request.Pass, stop.Token);
        watch.Opened(request.Run.RunId, stage);
        await log.OpenedAsync(request.Run.RunId, stage, cancellation);
        return stage;
    }
}

/// <summary>Which stage of which run is finished.</summary>
public sealed record AdvanceRequest(RunRequest Run, StageKind After, int Pass);
