using Sluice.Connectors;
using Sluice.Datasets;
using Sluice.Pipelines;
using Sluice.Quality;
using Sluice.Schemas;
using Sluice.Steps;

namespace Sluice.Runs;

/// <summary>A pipeline's plan for people.</summary>
/// <param name="Name">Name of the pipeline.</param>
/// <param name="Dataset">Dataset that it makes.</param>
/// <param name="Source">Where its rows come from.</param>
/// <param name="Files">Files that it reads; 0 where it reads datasets.</param>
/// <param name="Versions">Versions of datasets that it reads, as DATASET@VERSION; none where it reads files.</param>
/// <param name="Bytes">Bytes of them.</param>
/// <param name="Steps">Its steps.</param>
/// <param name="Walks">Its walks over the data.</param>
/// <param name="Sinks">Its sinks.</param>
/// <param name="Advice">What a user may want to change.</param>
public sealed record ExplainedPlan(
    string Name, string Dataset, string Source, int Files, IReadOnlyList<string> Versions, long Bytes, IReadOnlyList<ExplainedStep> Steps, IReadOnlyList<ExplainedWalk> Walks, IReadOnlyList<string> Sinks,
    IReadOnlyList<string> Advice)
{
    /// <summary>Plans with the columns of the first shard, as a run checks them before it starts.</summary>
    /// <exception cref="PipelineException">Columns do not fit.</exception>
    /// <exception cref="SourceException">The input cannot be read.</exception>
    public static async Task<ExplainedPlan> OfAsync(Pipeline pipeline, InputFiles inputs, CancellationToken cancellation, DatasetCatalogue? catalogue = null)
    {
        pipeline = await RunTables.OpenAsync(pipeline, inputs, catalogue, cancellation);
        var source = pipeline.Source.Source;
        var (files, versions, bytes) = await SizeAsync(source, inputs, cancellation);
        await using var shards = source.ListShardsAsync(inputs, pipeline.Optimization.Cut(), cancellation).GetAsyncEnumerator(cancellation);
        if (!await shards.MoveNextAsync())
        {
            throw new SourceException($"'{source.FilePath}' has no records. Expected at least one.");
        }

        var first = await source.ReadAsync(inputs, shards.Current, null, cancellation);
        var schema = new Schema(first.Batch.Schema.Select(f => f.Type == ColumnType.Text ? f with { Format = Unify.Fitted } : f));
        pipeline.CheckColumns(schema);
        return Of(pipeline, schema, files, versions, bytes);
    }

    static async Task<(int Files, IReadOnlyList<string> Versions, long Bytes)> SizeAsync(Source source, InputFiles inputs, CancellationToken cancellation)
    {
        if (source is DatasetSource dataset)
        {
            var versions = await dataset.DigestsAsync(cancellation);
            return (0, [.. versions.Select(v => v.File)], versions.Sum(v => v.Bytes));
        }

        var files = await inputs.ListAsync(source.FilePath!, cancellation);
        return (files.Count, [], files.Sum(f => f.Bytes));
    }

    static ExplainedPlan Of(Pipeline pipeline, Schema schema, int files, IReadOnlyList<string> versions, long bytes)
    {
        Step[] steps = [.. pipeline.Steps.Select(s => s.Step)];
        var schemas = new List<Schema> { schema };
        foreach (var step in steps)
        {
            schemas.Add(step.Plan(schemas[^1], new StepProblems()));
        }

        var walks = new List<ExplainedWalk> { new("read", "parse the input into typed batches", "all") };
        foreach (var pass in PassPlan.Of(steps, schema, measureBefore: !steps.Any(s => s is QualityValidation)))
        {
            var wanted = PassPlan.Looked(pass.Observers.Select(o => o == PassPlan.Before ? QualityValidation.Default : steps[o]), schemas[pass.Prefix]);
            var read = PassPlan.Columns(steps, schemas, pass.Prefix, wanted);
            var applied = pass.Prefix == 0 ? "" : $"apply {pass.Prefix} {(pass.Prefix == 1 ? "step" : "steps")}, then ";
            walks.Add(new ExplainedWalk(
                "look", applied + "look for: " + string.Join(", ", pass.Observers.Select(o => o == PassPlan.Before ? "quality before" : pipeline.Steps[o].Id)),
                read is null ? "all" : string.Join(", ", schema.Select(f => f.Name).Where(read.Contains))));
            if (pass.Observers[^1] is var last and not PassPlan.Before && steps[last] is Llm.AskingStep asking)
            {
                walks.Add(new ExplainedWalk(
                    "ask", $"ask the language model '{asking.Model}' for {pipeline.Steps[last].Id}, where no answer is kept", string.Join(", ", asking.Observes(schemas[last])!.Order(StringComparer.Ordinal))));
            }
        }

        walks.Add(new ExplainedWalk("apply", $"apply all {steps.Length} steps at once, keep every verdict", "all"));
        walks.Add(new ExplainedWalk("publish", "cut into the files of the version, measure quality again, commit", "all"));
        return new ExplainedPlan(
            pipeline.Name, pipeline.Dataset, $"{pipeline.Source.Id} ({pipeline.Source.Type}) {pipeline.Source.Source.FilePath}".TrimEnd(), files, versions, bytes,
            [.. pipeline.Steps.Select((s, i) => new ExplainedStep(s.Id, s.Type, Looks(s.Step, schemas[i])))], walks,
            [.. pipeline.Sinks.Select(s => $"{s.Id} ({s.Type})")], [.. pipeline.Advice]);
    }

    static string Looks(Step step, Schema schema) => (step.NewState(schema) is not null, step.IsKeyed) switch
    {
        (true, true) => "summary and row keys",
        (true, false) => "summary",
        (false, true) => step is Llm.AskingStep ? "questions for a language model" : "row keys",
        _ => "no",
    };
}

/// <summary>A step of the plan.</summary>
public sealed record ExplainedStep(string Id, string Type, string Looks);

/// <summary>A walk over the data.</summary>
public sealed record ExplainedWalk(string Name, string Does, string Columns);
