using System.Collections.Concurrent;
using Sluice.Functions.Activities;
using Sluice.Runs;
using Sluice.Storage;

namespace Sluice.Functions;

/// <summary>
/// What runs in this process are doing, for live progress, and their stop flags: terminating an orchestration does not stop activities
/// (Durable never does), so each activity looks for the flag in the store before it starts and is cancelled when it is set here.
/// </summary>
public sealed class RunWatch(ObjectStore store, UnitLog log)
{
    readonly ConcurrentDictionary<string, CancellationTokenSource> stops = new(StringComparer.Ordinal);

    /// <summary>Raised when a stage opens, on the activity's thread.</summary>
    public event Action<string, Stage>? StageOpened;

    /// <summary>Raised when a unit is done, on the activity's thread.</summary>
    public event Action<UnitRequest>? UnitFinished;

    public void Opened(string runId, Stage stage)
    {
        StageOpened?.Invoke(runId, stage);
        if (stage.Outcome is not null && stops.TryRemove(runId, out var stop))
        {
            stop.Dispose();
        }
    }

    public void Started(UnitRequest unit) => log.Write("start", unit);

    /// <param name="unit">The unit.</param>
    /// <param name="worked">False: its finished work was found.</param>
    public void Finished(UnitRequest unit, bool worked)
    {
        log.Write(worked ? "done" : "found", unit);
        UnitFinished?.Invoke(unit);
    }

    /// <summary>Stops a run's activities, here at once and elsewhere before they start.</summary>
    public async Task StopAsync(string runId, CancellationToken cancellation)
    {
        await store.CreateAsync(StopPath(runId), "{}"u8.ToArray(), cancellation);
        await StopOf(runId).CancelAsync();
    }

    /// <summary>A token that also ends when the run is stopped.</summary>
    public async Task<CancellationTokenSource> LinkAsync(string runId, CancellationToken cancellation)
    {
        var stop = StopOf(runId);
        if (!stop.IsCancellationRequested && await store.StatAsync(StopPath(runId), cancellation) is not null)
        {
            await stop.CancelAsync();
        }

        return CancellationTokenSource.CreateLinkedTokenSource(stop.Token, cancellation);
    }

    CancellationTokenSource StopOf(string runId) => stops.GetOrAdd(runId, _ => new CancellationTokenSource());

    static string StopPath(string runId) => $"runs/{runId}/stop.json";
}
