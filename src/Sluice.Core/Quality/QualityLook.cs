using Sluice.Connectors;
using Sluice.Runs;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>The checks on rows that are there already, without a run: nothing is stored but row keys, in a folder that is deleted at the end.</summary>
public static class QualityLook
{
    /// <param name="config">Options of <c>quality_validation</c> as YAML or JSON; null for all checks.</param>
    /// <param name="rows">Rows to look at.</param>
    /// <param name="today">Day that freshness is measured from where a rule names none.</param>
    /// <param name="cancellation">Ends the look.</param>
    /// <exception cref="PipelineException">Every problem of the options, with its place or option.</exception>
    public static async Task<QualityReport> OfAsync(string? config, DatasetRows rows, DateOnly today, CancellationToken cancellation)
    {
        var options = QualityValidation.OptionsForLook(config, null, today);
        var step = (QualityValidation)Catalog.Default.Configure(CapabilityKind.Step, "quality_validation", options);
        var problems = new StepProblems();
        step.Plan(rows.Schema, problems);
        if (problems.Items.Count > 0)
        {
            throw new PipelineException([.. problems.Items.Select(p => new Problem($"{p.Path}: {p.Message}", null, 0, 0))]);
        }

        var folder = Directory.CreateTempSubdirectory("sluice-keys-");
        try
        {
            var state = step.NewState(rows.Schema);
            var keys = new List<string>();
            var counts = new List<int>();
            await foreach (var batch in rows.ReadAsync(cancellation))
            {
                step.Observe(batch, state);
                counts.Add(batch.Rows);
                keys.Add(Path.Combine(folder.FullName, $"{keys.Count}"));
                await File.WriteAllBytesAsync(keys[^1], step.IsKeyed ? KeyRuns.Encode(step.Keys(batch)) : [], cancellation);
            }

            var decided = step.IsKeyed ? step.Decide(KeyRuns.Open(keys), new Decisions(counts)) : null;
            return new Fitted(step.Fit(state, decided)).As<QualityReport>();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
