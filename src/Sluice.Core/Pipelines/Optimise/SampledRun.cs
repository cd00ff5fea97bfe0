using System.Text.Json;
using Sluice.Connectors;
using Sluice.Datasets;
using Sluice.Llm;
using Sluice.Runs;
using Sluice.Steps;

namespace Sluice.Pipelines.Optimise;

/// <summary>What each step of a pipeline does to the first rows of its source, without a store: for a look before the run.</summary>
/// <param name="Rows">Rows of the sample.</param>
/// <param name="Kept">Rows that are left.</param>
/// <param name="Steps">Counts of each step.</param>
/// <param name="QualityBefore">Score of the rows as read.</param>
/// <param name="QualityAfter">Score of the rows that are left; null when a gate refused.</param>
/// <param name="Columns">Columns that are left.</param>
/// <param name="Cost">What the steps cost, as the optimiser counts it.</param>
/// <param name="Seconds">What the run took.</param>
/// <param name="GateFailure">Why a gate refused; null when none did.</param>
/// <param name="Made">The rows that are left; null when a gate refused.</param>
public sealed record SampledRun(
    int Rows, long Kept, IReadOnlyList<StepCounts> Steps, double? QualityBefore, double? QualityAfter, IReadOnlyList<string> Columns, double Cost, double Seconds,
    string? GateFailure, Batch? Made)
{
    /// <summary>Runs the steps as written on a sample, chain after chain. Costly steps are run too: the caller asked for it.</summary>
    /// <param name="graph">The pipeline.</param>
    /// <param name="inputs">Where its files come from.</param>
    /// <param name="rows">Rows of the sample of each source, at most.</param>
    /// <param name="time">For what it took.</param>
    /// <param name="cancellation">Stops the run.</param>
    /// <param name="catalogue">Where versions that it reads are; null: nowhere.</param>
    /// <exception cref="PipelineException">Columns do not fit.</exception>
    /// <exception cref="SourceException">An input cannot be read.</exception>
    public static Task<IReadOnlyList<SampledChain<SampledRun>>> OfAsync(
        PipelineGraph graph, InputFiles inputs, int rows, TimeProvider time, CancellationToken cancellation, DatasetCatalogue? catalogue = null) =>
        new ChainSamples(graph, inputs, rows, catalogue).WalkAsync(async (pipeline, sample, _) =>
        {
            var run = await OnAsync(pipeline, sample, inputs, time, cancellation);
            return (run, run.Made, "which a gate refused");
        }, cancellation);

    static async Task<SampledRun> OnAsync(Pipeline pipeline, Batch sample, InputFiles inputs, TimeProvider time, CancellationToken cancellation)
    {
        pipeline.CheckColumns(SampleRows.Open(sample.Schema));
        if (pipeline.Steps.FirstOrDefault(s => s.Step is IAskModels { Model: not null, CanDoWithout: false }) is { } asking)
        {
            throw new PipelineException([pipeline.ProblemAt(
                asking.Group, $"Step '{asking.Id}' asks a language model, and a sample is run without one. Leave it out here; 'sluice prompts evaluate --against' compares such steps, 'sluice run --forecast' says what they cost.")]);
        }

        var started = time.GetTimestamp();
        var trial = await Trial.RunAsync(pipeline, sample, null, inputs, null, cancellation);
        var seconds = time.GetElapsedTime(started).TotalSeconds;
        var (schema, cost) = (sample.Schema, 0.0);
        for (var i = 0; i < trial.Record.Steps.Count; i++)
        {
            cost += trial.Record.Steps[i].RowsIn * (pipeline.Steps[i].Step.Effects(schema)?.Cost ?? 1);
            schema = pipeline.Steps[i].Step.Plan(schema, new StepProblems());
        }

        return new SampledRun(
            sample.Rows, trial.Manifest?.Rows ?? 0, trial.Record.Steps, Score(trial.Record.QualityBefore), Score(trial.Manifest?.QualityAfter),
            [.. trial.Manifest?.Schema.Select(f => f.Name) ?? []], cost, seconds, trial.Record.GateFailure, trial.Made);
    }

    static double? Score(JsonElement? report) =>
        report is { ValueKind: JsonValueKind.Object } quality && quality.TryGetProperty("score", out var score) ? score.GetDouble() : null;
}
