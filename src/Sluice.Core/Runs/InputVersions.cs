using Sluice.Datasets;
using Sluice.Joins;
using Sluice.Pipelines;

namespace Sluice.Runs;

/// <summary>Which versions of datasets a run reads. Decided when it is planned, so that it reads the same when it is resumed, whatever was committed meanwhile.</summary>
static class InputVersions
{
    /// <summary>Datasets that a pipeline reads in whatever version is the newest; a table that is open already is read as it is.</summary>
    public static IEnumerable<string> Unstated(Pipeline pipeline) =>
        (pipeline.Source.Source is DatasetSource { Version: null } source ? source.Names : [])
        .Concat(pipeline.Steps.Select(s => s.Step).OfType<StepOverTable>().Where(s => s is { ReadsNewest: true, IsOpen: false }).Select(s => s.Reference!.Dataset!))
        .Distinct(StringComparer.Ordinal);

    /// <summary>The id of the version of each dataset that is read by its name alone, or by its source.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="catalogue">Where versions are.</param>
    /// <param name="given">Versions that what started the run states.</param>
    /// <param name="cancellation">Stops looking.</param>
    /// <returns>Null where no dataset is read so.</returns>
    /// <exception cref="SourceException">There is no such dataset or version.</exception>
    public static async Task<IReadOnlyDictionary<string, string>?> OfAsync(
        Pipeline pipeline, DatasetCatalogue catalogue, IReadOnlyDictionary<string, string>? given, CancellationToken cancellation)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (pipeline.Source.Source is DatasetSource { Version: { } stated } source)
        {
            found[source.Names[0]] = await FindAsync(catalogue, source.Names[0], stated, cancellation);
        }

        foreach (var name in Unstated(pipeline))
        {
            found[name] = given?.GetValueOrDefault(name) ?? await FindAsync(catalogue, name, "latest", cancellation);
        }

        return found.Count == 0 ? null : found;
    }

    static async Task<string> FindAsync(DatasetCatalogue catalogue, string dataset, string version, CancellationToken cancellation)
    {
        try
        {
            return (await catalogue.ShowAsync(dataset, version, cancellation)).Entry.Version;
        }
        catch (DataException error)
        {
            throw new SourceException($"{error.Message} A pipeline reads a dataset that another one has made: run that first, or correct the name.", error);
        }
    }
}
