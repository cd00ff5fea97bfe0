using Sluice.Connectors;
using Sluice.Datasets;
using Sluice.Joins;
using Sluice.Runs;
using Sluice.Steps;

namespace Sluice.Pipelines.Optimise;

/// <summary>What was found out about a chain on its sample.</summary>
/// <param name="Dataset">Dataset that it would make.</param>
/// <param name="Found">What was found; null: it was not looked at.</param>
/// <param name="NotRun">Why not; null: it was.</param>
/// <param name="Note">What a reader of the figures should know; null: nothing.</param>
public sealed record SampledChain<T>(string Dataset, T? Found, string? NotRun = null, string? Note = null)
    where T : class;

/// <summary>
/// The chains of a pipeline on samples, one after the other and in memory: the first rows of each source, and then what each chain made of its own. What is read as a table is made of
/// more rows, because a row whose partner is not in the sample would look like one that has none.
/// </summary>
sealed class ChainSamples(PipelineGraph graph, InputFiles inputs, int rows, DatasetCatalogue? catalogue)
{
    /// <summary>Rows of a source that a table is made of, where no step of its chain is costly.</summary>
    const int TableRows = 100_000;

    readonly Dictionary<string, (Batch Rows, bool FeedsTable)> made = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> missing = new(StringComparer.Ordinal);
    readonly HashSet<string> cut = new(StringComparer.Ordinal);

    /// <summary>Looks at each chain.</summary>
    /// <param name="look">
    /// Given a chain, all that it reads opened, its sample, and whether another chain reads it; tells what it found, and the rows that are left. Where there are none that could be gone on with,
    /// why: a clause after the dataset's name.
    /// </param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="PipelineException">Columns do not fit.</exception>
    /// <exception cref="SourceException">An input cannot be read.</exception>
    public async Task<IReadOnlyList<SampledChain<T>>> WalkAsync<T>(Func<Pipeline, Batch, bool, Task<(T Found, Batch? Made, string? Missing)>> look, CancellationToken cancellation)
        where T : class
    {
        var (chains, feeds) = (new List<SampledChain<T>>(), FeedTables());
        for (var i = 0; i < graph.Chains.Count; i++)
        {
            var (pipeline, after) = graph.Chains[i];
            if (after.Select(read => graph.Chains[read].Pipeline.Dataset).FirstOrDefault(missing.ContainsKey) is { } read)
            {
                missing[pipeline.Dataset] = missing[read];
                chains.Add(new SampledChain<T>(pipeline.Dataset, null, $"it reads {read}, {missing[read]}"));
                continue;
            }

            pipeline = await OpenAsync(pipeline, feeds[i], cancellation);
            var sample = await SampleAsync(pipeline, feeds[i], cancellation);
            var (found, kept, why) = await look(pipeline, sample, graph.Chains.Any(c => c.After.Contains(i)));
            if (kept is not null)
            {
                made[pipeline.Dataset] = (kept, feeds[i]);
            }
            else if (why is not null)
            {
                missing[pipeline.Dataset] = why;
            }

            chains.Add(new SampledChain<T>(pipeline.Dataset, found, null, NoteOn(pipeline)));
        }

        return chains;
    }

    /// <summary>Of each chain, whether a table is made of what it makes.</summary>
    bool[] FeedTables()
    {
        var feeds = new bool[graph.Chains.Count];
        for (var i = feeds.Length - 1; i >= 0; i--)
        {
            var tables = TablesOf(graph.Chains[i].Pipeline).ToHashSet(StringComparer.Ordinal);
            foreach (var read in graph.Chains[i].After)
            {
                feeds[read] |= feeds[i] || tables.Contains(graph.Chains[read].Pipeline.Dataset);
            }
        }

        return feeds;
    }

    static IEnumerable<string> TablesOf(Pipeline pipeline) =>
        pipeline.Steps.Select(s => s.Step).OfType<StepOverTable>().Where(s => s.ReadsNewest).Select(s => s.Reference!.Dataset!);

    /// <summary>The chain with its tables: those that earlier chains made, and those of elsewhere.</summary>
    Task<Pipeline> OpenAsync(Pipeline pipeline, bool feedsTable, CancellationToken cancellation)
    {
        pipeline = pipeline with
        {
            Source = pipeline.Source.Source is DatasetSource source && source.Names.All(made.ContainsKey)
                ? pipeline.Source with { Source = new SampleSource(source.RowsOf([.. source.Names.Select(name => (name, Given(name, feedsTable)))])) }
                : pipeline.Source,
            Steps =
            [
                .. pipeline.Steps.Select(s => s.Step is StepOverTable { ReadsNewest: true } over && made.TryGetValue(over.Reference!.Dataset!, out var table)
                    ? s with { Step = over.On(new SideTable(table.Rows, "sample", [])) }
                    : s),
            ],
        };
        return RunTables.OpenAsync(pipeline, inputs, catalogue, cancellation);
    }

    async Task<Batch> SampleAsync(Pipeline pipeline, bool feedsTable, CancellationToken cancellation)
    {
        if (pipeline.Source.Source is SampleSource given)
        {
            return given.Rows;
        }

        var sample = await SampleRows.ReadAsync(pipeline.Source.Source, inputs, pipeline.Optimization, rows, cancellation);
        var limit = rows;
        pipeline.CheckColumns(SampleRows.Open(sample.Schema));
        if (feedsTable && sample.Rows == rows && rows < TableRows && !IsCostly(pipeline, sample.Schema))
        {
            (limit, sample) = (TableRows, await SampleRows.ReadAsync(pipeline.Source.Source, inputs, pipeline.Optimization, TableRows, cancellation));
        }

        if (sample.Rows == limit)
        {
            cut.Add(pipeline.Dataset);
        }

        return sample;
    }

    /// <summary>What a chain made, for one that goes on with it: its first rows, where there are more of them for a table.</summary>
    Batch Given(string dataset, bool forTable)
    {
        var (all, feedsTable) = made[dataset];
        return forTable || !feedsTable || all.Rows <= rows ? all : new Batch(all.Schema, all.Slice(0, rows).Columns, rows);
    }

    static bool IsCostly(Pipeline pipeline, Schema schema)
    {
        foreach (var step in pipeline.Steps)
        {
            if (step.Step.Effects(schema)?.Cost >= StepEffects.Costly)
            {
                return true;
            }

            schema = step.Step.Plan(schema, new StepProblems());
        }

        return false;
    }

    string? NoteOn(Pipeline pipeline)
    {
        var tables = TablesOf(pipeline).Where(IsCut).ToList();
        return tables.Count == 0 ? null : $"{string.Join(", ", tables)} is made of a sample too: rows whose partner is not in it look like rows that have none";
    }

    /// <summary>Whether a source that the dataset is made of may have more rows than were read.</summary>
    bool IsCut(string dataset) =>
        cut.Contains(dataset)
        || graph.Chains.Where(c => c.Pipeline.Dataset == dataset).SelectMany(c => c.After).Any(read => IsCut(graph.Chains[read].Pipeline.Dataset));
}
