using Sluice.Connectors;
using Sluice.Datasets;
using Sluice.Joins;
using Sluice.Pipelines;
using Sluice.Pipelines.Optimise;

namespace Sluice.Runs;

// Pipelines of several chains.
public sealed partial class RunEngine
{
    /// <summary>Finds what is wrong with a graph before any of its chains writes anything: columns along all of its ways, models, outputs, datasets.</summary>
    /// <exception cref="PipelineException">The pipeline does not fit the data.</exception>
    /// <exception cref="SourceException">An input cannot be read.</exception>
    public async Task CheckGraphAsync(RunRequest request, CancellationToken cancellation)
    {
        var (inputs, columns) = (inputsOf(request), new Dictionary<string, Schema>(StringComparer.Ordinal));
        var graph = await GraphAsync(request, cancellation);
        foreach (var (pipeline, _) in graph.Chains)
        {
            await Register.CheckOpenAsync(pipeline.Dataset, cancellation);
            pipeline.CheckSinks(OutputsOf(request), inputs);
            pipeline.CheckModels(Models);
            var opened = await OnColumnsAsync(pipeline, inputs, columns, cancellation);
            columns[pipeline.Dataset] = opened.CheckColumns(await FirstColumnsAsync(opened, inputs, columns, cancellation));
        }

        CheckOutputs(graph, OutputsOf(request));
    }

    /// <summary>Chains run side by side, so two that write one file would leave whichever was later.</summary>
    static void CheckOutputs(PipelineGraph graph, OutputFiles outputs)
    {
        var sinks = graph.Chains.SelectMany((chain, i) => chain.Pipeline.Sinks.Select(sink => (Chain: i, Sink: sink, Path: sink.Sink.Check(outputs)))).Where(s => s.Path is not null).ToList();
        foreach (var (chain, sink, path) in sinks)
        {
            if (sinks.Find(other => other.Path == path && other.Chain < chain) is { Path: not null } first)
            {
                throw new PipelineException([graph.Chains[chain].Pipeline.ProblemAt(sink.Id, $"The sinks '{first.Sink.Id}' and '{sink.Id}' both write \"{path}\". Give each a file of its own.")]);
            }
        }
    }

    /// <summary>The pipeline on what it reads; what a chain before it will make is there as columns without rows.</summary>
    async Task<Pipeline> OnColumnsAsync(Pipeline pipeline, InputFiles inputs, Dictionary<string, Schema> columns, CancellationToken cancellation)
    {
        pipeline = pipeline with
        {
            Steps =
            [
                .. pipeline.Steps.Select(s => s.Step is StepOverTable { ReadsNewest: true } over && columns.TryGetValue(over.Reference!.Dataset!, out var table)
                    ? s with { Step = over.On(new SideTable(new Batch(table, table.Select(f => Schemas.ColumnReader.AllMissing(f.Type, 0)), 0), "", [])) }
                    : s),
            ],
        };
        var made = columns.Keys.ToDictionary(name => name, _ => "");
        var versions = await InputVersions.OfAsync(pipeline, Catalogue, made, cancellation);
        return await tables.OpenAsync("", pipeline, inputs, Catalogue, versions, null, cancellation);
    }

    static async Task<Schema> FirstColumnsAsync(Pipeline pipeline, InputFiles inputs, Dictionary<string, Schema> columns, CancellationToken cancellation)
    {
        if (pipeline.Source.Source is DatasetSource source && source.Names.All(columns.ContainsKey))
        {
            try
            {
                return source.Joined([.. source.Names.Select(name => (name, columns[name]))]);
            }
            catch (SourceException error)
            {
                throw new PipelineException([pipeline.ProblemAt(pipeline.Source.Id, error.Message)]);
            }
        }

        await using var shards = pipeline.Source.Source.ListShardsAsync(inputs, pipeline.Optimization.Cut(), cancellation).GetAsyncEnumerator(cancellation);
        return await shards.MoveNextAsync()
            ? SampleRows.Open((await pipeline.Source.Source.ReadAsync(inputs, shards.Current, null, cancellation)).Batch.Schema)
            : throw NoRecords(pipeline);
    }

    static SourceException NoRecords(Pipeline pipeline) =>
        new($"'{pipeline.Source.Source.FilePath}' has no records. Expected at least one; check file_path in step '{pipeline.Source.Id}'.");

    async Task<PipelineGraph> GraphAsync(RunRequest request, CancellationToken cancellation)
    {
        if (!documents.TryGetValue(request.Pipeline, out var known))
        {
            var text = System.Text.Encoding.UTF8.GetString(await store.ReadAsync(request.Pipeline, cancellation));
            var graph = PipelineGraph.Parse(text, request.PipelineFile, catalog);
            foreach (var chain in graph.Chains)
            {
                chain.Pipeline.CheckModels(options.Models);
            }

            known = Remember(request.Pipeline, graph);
        }

        return (PipelineGraph)known;
    }
}
