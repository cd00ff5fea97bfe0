using Sluice.Connectors;

namespace Sluice.Pipelines.Optimise;

/// <summary>What the optimiser found.</summary>
/// <param name="Plan">How to run it; null: as written.</param>
/// <param name="Refused">What was considered and is not done, each with its reason.</param>
/// <param name="Checked">Rows of the sample on which the plan gave what the steps as written give; 0 when there was nothing to check.</param>
/// <param name="NotUsed">Why a plan that was found is not used; null when it is.</param>
public sealed record FoundPlan(PhysicalPlan? Plan, IReadOnlyList<RewriteNote> Refused, int Checked, string? NotUsed);

/// <summary>Finds a plan and tries it on a sample beside the steps as written. Whatever is not certain ends with the steps as written.</summary>
static class PlanSearch
{
    /// <param name="pipeline">The pipeline, its tables opened.</param>
    /// <param name="sample">The first rows of the source.</param>
    /// <param name="inputs">Where files beside the source come from.</param>
    /// <param name="level">How far it may go.</param>
    /// <param name="catalog">What pipelines may use.</param>
    /// <param name="cancellation">Stops the search.</param>
    public static async Task<FoundPlan> FindAsync(Pipeline pipeline, Batch sample, InputFiles inputs, RewriteLevel level, Catalog? catalog, CancellationToken cancellation)
    {
        var schema = SampleRows.Open(sample.Schema);
        var (plan, refused) = Optimiser.Plan(pipeline, schema, level, PlanFacts.None);
        if (plan is null && level != RewriteLevel.Rows)
        {
            return new FoundPlan(null, refused, 0, null);
        }

        if (StandIn.For(pipeline, schema) is not { } tried)
        {
            return new FoundPlan(null, refused, 0, plan is null ? null : "a costly step cannot be tried on a sample");
        }

        try
        {
            var written = await Trial.RunAsync(tried, sample, null, inputs, catalog, cancellation);
            (plan, refused) = Optimiser.Plan(pipeline, schema, level, new PlanFacts(written.Record.Steps));
            if (plan is null)
            {
                return new FoundPlan(null, refused, 0, null);
            }

            var found = await Trial.RunAsync(tried, sample, plan, inputs, catalog, cancellation);
            return found.Differs(written, plan.Level) is { } difference
                ? new FoundPlan(null, refused, 0, $"on the first {sample.Rows:N0} rows {difference}")
                : new FoundPlan(plan, refused, sample.Rows, null);
        }
        catch (Exception error) when (error is not (OperationCanceledException or TransientException or OutOfMemoryException))
        {
            // A sample may be too small for a step, and a rewrite may be wrong: neither is a reason not to run the steps as written.
            return new FoundPlan(null, refused, 0, $"the sample could not be run: {error.Message}");
        }
    }
}
