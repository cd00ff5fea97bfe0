namespace Sluice.Runs;

/// <summary>Runs a pipeline in this process without a durable runtime: a loop over the stages. Used by tests, <c>apply</c> and as the oracle of the orchestration.</summary>
public static class LocalRun
{
    /// <param name="engine">The engine.</param>
    /// <param name="request">What to run.</param>
    /// <param name="parallelism">Units at the same time.</param>
    /// <param name="onStage">Told of each stage that is opened.</param>
    /// <param name="cancellation">Stops at the next safe point.</param>
    public static async Task<RunOutcome> RunAsync(
        RunEngine engine, RunRequest request, int parallelism, Action<Stage>? onStage, CancellationToken cancellation)
    {
        var stage = await engine.AdvanceAsync(request, StageKind.Start, 0, cancellation);
        while (stage.Outcome is null)
        {
            onStage?.Invoke(stage);
            var limits = new ParallelOptions { MaxDegreeOfParallelism = Math.Min(parallelism, stage.InFlight), CancellationToken = cancellation };
            var open = stage;

            // After a failure no further unit begins, but those that are running come to their end, as in the app: a call to a language model that is being made is paid, and so is to be written down.
            await Parallel.ForAsync(0, open.Units, limits, async (unit, _) => await engine.RunUnitAsync(request.RunId, open.Kind, open.Pass, unit, cancellation));
            await (stage.Wait is { } wait ? engine.WaitAsync(wait, cancellation) : Task.CompletedTask);
            stage = await engine.AdvanceAsync(request, stage.Kind, stage.Pass, cancellation);
        }

        return stage.Outcome;
    }

    /// <summary>Runs a pipeline of several chains. Where one fails, those that do not read it are finished before its failure is thrown.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="request">What to run, with its graph.</param>
    /// <param name="parallelism">Units of a chain at the same time.</param>
    /// <param name="onChange">Told of the chains' states when they change.</param>
    /// <param name="cancellation">Stops at the next safe point.</param>
    public static async Task<GraphOutcome> RunGraphAsync(
        RunEngine engine, RunRequest request, int parallelism, Action<IReadOnlyList<ChainState>>? onChange, CancellationToken cancellation)
    {
        await engine.CheckGraphAsync(request, cancellation);
        Task? failed = null;
        var outcome = await GraphRun.WalkAsync(
            request,
            async chain =>
            {
                var run = RunAsync(engine, chain, parallelism, null, cancellation);
                await Task.WhenAny(run);
                if (run.IsCompletedSuccessfully)
                {
                    return await run;
                }

                _ = Interlocked.CompareExchange(ref failed, run, null);
                return null;
            },
            states => onChange?.Invoke(states));
        await (failed ?? Task.CompletedTask);
        return outcome;
    }
}
