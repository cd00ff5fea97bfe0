using Sluice.Batches;
using Sluice.Runs;
using Sluice.Steps;

namespace Sluice.Bench.Quality;

/// <summary>Runs a step that places rows, on one batch in memory, through sorted key files as the engine does.</summary>
static class SplitRun
{
    public static (Batch Result, byte[] Fitted) Of(Step step, Batch batch)
    {
        var state = step.NewState(batch.Schema);
        if (state is not null)
        {
            step.Observe(batch, state);
        }

        var file = Path.Combine(Path.GetTempPath(), $"sluice-quality-{Environment.ProcessId}.keys");
        try
        {
            File.WriteAllBytes(file, KeyRuns.Encode(step.Keys(batch)));
            var decisions = new Decisions([batch.Rows]);
            var json = step.Fit(state, step.Decide(KeyRuns.Open([file], state: state), decisions));
            return (step.Apply(batch, new Fitted(json, decisions.Of(0)), new Verdicts(batch.Rows)), json);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
