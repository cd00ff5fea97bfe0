using Microsoft.Azure.Functions.Worker;
using Sluice.Runs;

namespace Sluice.Functions.Activities;

/// <summary>Finds what is wrong with a pipeline of several chains before any of them begins.</summary>
public sealed class CheckGraph(RunEngine engine, RunWatch watch)
{
    [Function(nameof(CheckGraph))]
    public async Task RunAsync([ActivityTrigger] RunRequest request, CancellationToken cancellation)
    {
        using var stop = await watch.LinkAsync(request.RunId, cancellation);
        await engine.CheckGraphAsync(request, stop.Token);
    }
}
