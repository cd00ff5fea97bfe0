using Sluice.Connectors;
using Sluice.Runs;

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
        return (await StepLook.OfAsync(step, rows.Schema, rows.ReadAsync(cancellation), cancellation)).As<QualityReport>();
    }
}
