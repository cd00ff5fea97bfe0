using Sluice.Connectors;
using Sluice.Datasets;
using Sluice.Joins;
using Sluice.Pipelines;

namespace Sluice.Runs;

/// <summary>
/// Second tables and source datasets of the runs that are in work: tables are opened once for each run and kept in memory for the last few. Their content is fixed when the run is planned
/// and checked by whoever opens them later, because every memo key names it.
/// </summary>
sealed class RunTables(Catalog catalog)
{
    const int Kept = 2;

    readonly List<(string Run, Task<Pipeline> Pipeline)> opened = [];

    /// <summary>The pipeline with its steps on their tables; itself when no step has one.</summary>
    /// <param name="run">Id of the run.</param>
    /// <param name="pipeline">The pipeline as it was read.</param>
    /// <param name="inputs">Where files come from.</param>
    /// <param name="catalogue">Where versions are.</param>
    /// <param name="versions">Versions that the run reads of datasets.</param>
    /// <param name="digests">What the run was planned on; null while it is planned.</param>
    /// <param name="cancellation">Stops reading.</param>
    public async Task<Pipeline> OpenAsync(
        string run, Pipeline pipeline, InputFiles inputs, DatasetCatalogue catalogue, IReadOnlyDictionary<string, string>? versions, IReadOnlyList<InputDigest>? digests,
        CancellationToken cancellation)
    {
        pipeline = OnStore(pipeline, catalogue, versions);
        if (!pipeline.Steps.Any(s => s.Step is StepOverTable { IsOpen: false }))
        {
            return pipeline;
        }

        // Units of one run wait for the first of them; what is planned and what is run are opened each for itself, so that the second is checked.
        var name = digests is null ? run + " plan" : run;
        Task<Pipeline> opening;
        lock (opened)
        {
            opening = opened.FirstOrDefault(o => o.Run == name).Pipeline ?? OpenAsync(pipeline, inputs, catalogue, catalog, versions, digests, cancellation);
            opened.RemoveAll(o => o.Run == name);
            opened.Add((name, opening));
            opened.RemoveRange(0, Math.Max(0, opened.Count - Kept));
        }

        try
        {
            return await opening;
        }
        catch
        {
            lock (opened)
            {
                opened.RemoveAll(o => o.Pipeline == opening);
            }

            throw;
        }
    }

    /// <summary>Opens what a pipeline reads, in its newest versions: to look at it, without a run.</summary>
    /// <exception cref="SourceException">Something cannot be read.</exception>
    public static async Task<Pipeline> OpenAsync(Pipeline pipeline, InputFiles inputs, DatasetCatalogue? catalogue, CancellationToken cancellation)
    {
        var versions = catalogue is null ? null : await InputVersions.OfAsync(pipeline, catalogue, null, cancellation);
        return await OpenAsync(catalogue is null ? pipeline : OnStore(pipeline, catalogue, versions), inputs, catalogue, Catalog.Default, versions, null, cancellation);
    }

    static Pipeline OnStore(Pipeline pipeline, DatasetCatalogue catalogue, IReadOnlyDictionary<string, string>? versions) =>
        pipeline.Source.Source is DatasetSource source ? pipeline with { Source = pipeline.Source with { Source = source.On(catalogue, versions!) } } : pipeline;

    /// <summary>Opens the tables of a pipeline's steps.</summary>
    /// <exception cref="SourceException">One cannot be read.</exception>
    public static async Task<Pipeline> OpenAsync(
        Pipeline pipeline, InputFiles inputs, DatasetCatalogue? catalogue, Catalog catalog, IReadOnlyDictionary<string, string>? versions, IReadOnlyList<InputDigest>? digests,
        CancellationToken cancellation)
    {
        var steps = new List<PipelineStep>();
        foreach (var step in pipeline.Steps)
        {
            steps.Add(step.Step is StepOverTable { IsOpen: false } over
                ? step with { Step = over.On(Checked(await SideTable.OpenAsync(over.Reference!, inputs, catalogue, catalog, versions, cancellation), digests)) }
                : step);
        }

        return pipeline with { Steps = steps };
    }

    /// <summary>A run that goes on later must find the table that it began with: the version names it by content.</summary>
    static SideTable Checked(SideTable table, IReadOnlyList<InputDigest>? digests) =>
        digests is not null && table.Files.FirstOrDefault(f => !digests.Contains(f)) is { } other
            ? throw new SourceException(
                $"The file \"{other.File}\" has changed since the run began. Expected the content that the version will name. Start the run again.")
            : table;
}
