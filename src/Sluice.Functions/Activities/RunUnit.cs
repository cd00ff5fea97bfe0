using Microsoft.Azure.Functions.Worker;
using Sluice.Runs;

namespace Sluice.Functions.Activities;

/// <summary>One unit of an open stage: a shard to read, a batch to look at or to apply steps to, a file to publish.</summary>
public sealed class RunUnit(RunEngine engine, RunWatch watch, RunLog log)
{
    [Function(nameof(RunUnit))]
    public async Task RunAsync([ActivityTrigger] UnitRequest request, CancellationToken cancellation)
    {
        using var stop = await watch.LinkAsync(request.RunId, cancellation);
        watch.Started(request);
        var worked = await engine.RunUnitAsync(request.RunId, request.Kind, request.Pass, request.Unit, stop.Token);
        watch.Finished(request, worked);
        await log.UnitAsync(request, worked, cancellation);
    }
}

/// <summary>A unit of a stage.</summary>
public sealed record UnitRequest(string RunId, StageKind Kind, int Pass, int Unit);
