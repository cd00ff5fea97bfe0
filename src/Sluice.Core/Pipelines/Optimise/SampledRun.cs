using System.Text.Json;
using Sluice.Connectors;
using Sluice.Datasets;
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
/// <param name="Preview">The first rows that are left.</param>
public sealed record SampledRun(
    int Rows, long Kept, IReadOnlyList<StepCounts> Steps, double? QualityBefore, double? QualityAfter, IReadOnlyList<string> Columns, double Cost, double Seconds,
    string? GateFailure, Batch? Preview)
{
    /// <summary>Runs the steps as written on a sample. Costly steps are run too: the caller asked for it.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="inputs">Where its files come from.</param>
    /// <param name="rows">Rows of the sample, at most.</param>
    /// <param name="time">For what it took.</param>
    /// <param name="cancellation">Stops the run.</param>
    /// <param name="catalogue">Where versions that it reads are; null: nowhere.</param>
    /// <exception cref="PipelineException">Columns do not fit.</exception>
    /// <exception cref="SourceException">The input cannot be read.</exception>
    public static async Task<SampledRun> OfAsync(Pipeline pipeline, InputFiles inputs, int rows, TimeProvider time, CancellationToken cancellation, DatasetCatalogue? catalogue = null)
    {
        pipeline = await RunTables.OpenAsync(pipeline, inputs, catalogue, cancellation);
        var sample = await SampleRows.ReadAsync(pipeline.Source.Source, inputs, pipeline.Optimization, rows, cancellation);
        pipeline.CheckColumns(SampleRows.Open(sample.Schema));
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
            [.. trial.Manifest?.Schema.Select(f => f.Name) ?? []], cost, seconds, trial.Record.GateFailure, trial.Rows is [var first, ..] ? first : null);
    }

    static double? Score(JsonElement? report) =>
        report is { ValueKind: JsonValueKind.Object } quality && quality.TryGetProperty("score", out var score) ? score.GetDouble() : null;
}

/// <summary>A pipeline with and without one of its steps, on the same sample.</summary>
/// <param name="Step">Id of the step.</param>
/// <param name="With">With it.</param>
/// <param name="Without">Without it.</param>
/// <param name="QualityGain">Points of the quality score that the step brings; null where a gate refused either.</param>
/// <param name="CostShare">Share of the cost of the pipeline that the step causes, itself and later steps together; negative when it saves.</param>
public sealed record StepComparison(string Step, SampledRun With, SampledRun Without, double? QualityGain, double CostShare)
{
    /// <exception cref="DataException">There is no such step.</exception>
    /// <exception cref="PipelineException">A later step needs what this step makes.</exception>
    public static async Task<StepComparison> OfAsync(Pipeline pipeline, string step, InputFiles inputs, int rows, TimeProvider time, CancellationToken cancellation, DatasetCatalogue? catalogue = null)
    {
        var ids = pipeline.Steps.SelectMany(s => new[] { s.Group, s.Id }).Distinct().ToList();
        if (!ids.Contains(step, StringComparer.Ordinal))
        {
            throw new DataException($"The pipeline has no step '{step}'.{ProblemList.Suggest(step, ids, "It has")}");
        }

        var rest = pipeline with { Steps = [.. pipeline.Steps.Where(s => s.Group != step && s.Id != step)] };
        var (with, without) = (await SampledRun.OfAsync(pipeline, inputs, rows, time, cancellation), await SampledRun.OfAsync(rest, inputs, rows, time, cancellation));
        return new StepComparison(
            step, with, without, with.QualityAfter - without.QualityAfter, with.Cost > 0 ? (with.Cost - without.Cost) / with.Cost : 0);
    }
}
