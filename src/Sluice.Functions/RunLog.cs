using Microsoft.Extensions.Logging;
using Sluice.Functions.Activities;
using Sluice.Pipelines;
using Sluice.Runs;

namespace Sluice.Functions;

/// <summary>
/// What a run logs whose pipeline asks for it (<c>debug: { log_level: DEBUG }</c>): ids, counts and stages, never a value and no text of an error, which may hold one. The level is the run's own:
/// the levels of the app are let through.
/// </summary>
public sealed class RunLog(RunEngine engine, ILogger<RunLog> logger)
{
    public async Task OpenedAsync(string run, Stage stage, CancellationToken cancellation)
    {
        if (!AsksFor(RunLogLevel.Info, await engine.LogLevelAsync(run, cancellation)))
        {
            return;
        }

        if (stage.Outcome is { } outcome)
        {
            Log.RunEnded(logger, run, outcome.Version ?? "none", outcome.UpToDate);
        }
        else
        {
            Log.StageOpened(logger, run, stage.Kind, stage.Pass, stage.Units, stage.Reused);
        }
    }

    public async Task UnitAsync(UnitRequest unit, bool worked, CancellationToken cancellation)
    {
        if (AsksFor(RunLogLevel.Debug, await engine.LogLevelAsync(unit.RunId, cancellation)))
        {
            Log.UnitFinished(logger, unit.RunId, unit.Kind, unit.Pass, unit.Unit, worked ? "done" : "found done");
        }
    }

    public async Task WaitsAsync(RunRequest run, int ask, CancellationToken cancellation)
    {
        if (AsksFor(RunLogLevel.Warning, await engine.LogLevelAsync(run, cancellation)))
        {
            Log.RunWaits(logger, run.RunId, ask);
        }
    }

    public async Task FailedAsync(RunRequest run, CancellationToken cancellation)
    {
        if (AsksFor(RunLogLevel.Error, await engine.LogLevelAsync(run, cancellation)))
        {
            Log.RunFailed(logger, run.RunId);
        }
    }

    static bool AsksFor(RunLogLevel level, RunLogLevel? least) => least is not null && level >= least;
}
