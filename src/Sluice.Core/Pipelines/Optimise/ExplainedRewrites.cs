using Sluice.Connectors;
using Sluice.Datasets;

namespace Sluice.Pipelines.Optimise;

/// <summary>What the optimiser does to a pipeline, for people.</summary>
/// <param name="Name">Name of the pipeline.</param>
/// <param name="Level">How far the pipeline lets it go.</param>
/// <param name="Order">Steps in the order they would run.</param>
/// <param name="Rewrites">What is done.</param>
/// <param name="Refused">What was considered and is not done.</param>
/// <param name="CheckedRows">Rows on which the plan gave what the steps as written give.</param>
/// <param name="NotUsed">Why a plan that was found is not used.</param>
/// <param name="Advice">What a user may want to set.</param>
public sealed record ExplainedRewrites(
    string Name, RewriteLevel Level, IReadOnlyList<string> Order, IReadOnlyList<RewriteNote> Rewrites, IReadOnlyList<RewriteNote> Refused, int CheckedRows, string? NotUsed,
    IReadOnlyList<string> Advice)
{
    /// <summary>Finds the plans that a run would find, on samples; of a chain that reads others, on what they make of theirs.</summary>
    /// <exception cref="PipelineException">Columns do not fit.</exception>
    /// <exception cref="SourceException">The input cannot be read.</exception>
    public static Task<IReadOnlyList<SampledChain<ExplainedRewrites>>> OfAsync(
        PipelineGraph graph, InputFiles inputs, CancellationToken cancellation, DatasetCatalogue? catalogue = null) =>
        new ChainSamples(graph, inputs, SampleRows.Default, catalogue).WalkAsync(async (pipeline, sample, isRead) =>
        {
            var found = await OnAsync(pipeline, sample, inputs, cancellation);
            if (!isRead)
            {
                return (found, null, null);
            }

            // No model is asked to plan a run: what it would say is stood in for, as it is where a plan is tried.
            return StandIn.For(pipeline, SampleRows.Open(sample.Schema)) is { } tried
                ? (found, (await Trial.RunAsync(tried, sample, null, inputs, null, cancellation)).Made, "which a gate refused")
                : (found, null, "which a costly step makes that cannot be tried on a sample");
        }, cancellation);

    static async Task<ExplainedRewrites> OnAsync(Pipeline pipeline, Batch sample, InputFiles inputs, CancellationToken cancellation)
    {
        pipeline.CheckColumns(SampleRows.Open(sample.Schema));
        var level = pipeline.Debug ? RewriteLevel.Off : pipeline.Optimize;
        var found = level == RewriteLevel.Off ? new FoundPlan(null, [], 0, null) : await PlanSearch.FindAsync(pipeline, sample, inputs, level, null, cancellation);
        var order = found.Plan?.Order ?? [.. Enumerable.Range(0, pipeline.Steps.Count)];
        return new ExplainedRewrites(
            pipeline.Name, level, [.. order.Select(number => pipeline.Steps[number].Id)], found.Plan?.Rewrites ?? [], found.Refused, found.Checked, found.NotUsed,
            Advise(pipeline, sample));
    }

    /// <summary>Costly steps are done in batches: how large they had better be for what one row takes.</summary>
    static List<string> Advise(Pipeline pipeline, Batch sample)
    {
        var bytes = sample.Rows == 0 ? 1 : Math.Max(1, sample.Columns.Sum(c => c is TextColumn text ? text.Bytes.Length : 8L * c.Rows) / sample.Rows);
        return pipeline.Steps.Any(s => s.Step.Effects(sample.Schema)?.Cost >= Steps.StepEffects.Costly)
            ? [$"A row has about {bytes:N0} bytes. A step that takes 10 ms a row is best done {BatchSize.Of(new BatchLimits { RowBytes = bytes, RowSeconds = 0.01 }):N0} rows at a time."]
            : [];
    }
}
