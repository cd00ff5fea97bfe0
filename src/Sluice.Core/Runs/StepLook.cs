using Sluice.Steps;

namespace Sluice.Runs;

/// <summary>What a step learns from rows that are there already, without a run: nothing is stored but row keys, in a folder that is deleted at the end.</summary>
public static class StepLook
{
    /// <param name="step">A step that was configured, and not planned yet.</param>
    /// <param name="schema">Columns of the rows.</param>
    /// <param name="rows">The rows, batch by batch.</param>
    /// <param name="cancellation">Ends the look.</param>
    /// <exception cref="PipelineException">Every reason why the step cannot look at such rows.</exception>
    public static async Task<Fitted> OfAsync(Step step, Schema schema, IAsyncEnumerable<Batch> rows, CancellationToken cancellation)
    {
        var problems = new StepProblems();
        step.Plan(schema, problems);
        if (problems.Items.Count > 0)
        {
            throw new PipelineException([.. problems.Items.Select(p => new Problem($"{p.Path}: {p.Message}", null, 0, 0))]);
        }

        var folder = Directory.CreateTempSubdirectory("sluice-keys-");
        try
        {
            var state = step.NewState(schema);
            var keys = new List<string>();
            var counts = new List<int>();
            await foreach (var batch in rows.WithCancellation(cancellation))
            {
                if (state is not null)
                {
                    step.Observe(batch, state);
                }

                counts.Add(batch.Rows);
                keys.Add(Path.Combine(folder.FullName, $"{keys.Count}"));
                await File.WriteAllBytesAsync(keys[^1], step.IsKeyed ? KeyRuns.Encode(step.Keys(batch)) : [], cancellation);
            }

            return new Fitted(step.Fit(state, step.IsKeyed ? step.Decide(KeyRuns.Open(keys), new Decisions(counts)) : null));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
