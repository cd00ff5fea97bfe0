using Sluice.Datasets;
using Sluice.Joins;
using Sluice.Runs;

namespace Sluice.Pipelines;

/// <summary>A chain of a graph.</summary>
/// <param name="Pipeline">What it does: a pipeline as any other, which reads what earlier chains make with the source <c>dataset</c>.</param>
/// <param name="After">Numbers of the chains that it reads, all before it.</param>
public sealed record PipelineChain(Pipeline Pipeline, IReadOnlyList<int> After);

/// <summary>
/// A checked pipeline file: one chain of steps, or several that read each other. Each chain is a pipeline with a dataset of its own, and a run of the file gives what
/// running them one after the other would.
/// </summary>
/// <param name="Chains">Each after those that it reads.</param>
/// <param name="Main">Number of the chain that keeps the dataset's name.</param>
public sealed record PipelineGraph(IReadOnlyList<PipelineChain> Chains, int Main)
{
    public Pipeline MainPipeline => Chains[Main].Pipeline;

    /// <summary>What a run has to know of the chains; null for a pipeline of one chain.</summary>
    public IReadOnlyList<ChainLink>? Links => Chains.Count == 1 ? null : [.. Chains.Select(c => new ChainLink(c.Pipeline.Dataset, c.After))];

    /// <summary>Datasets, made elsewhere, of which it reads the newest version.</summary>
    public IEnumerable<string> DatasetsRead => Chains.SelectMany(c => InputVersions.Unstated(c.Pipeline)).Except(Chains.Select(c => c.Pipeline.Dataset), StringComparer.Ordinal);

    /// <summary>Whether it reads datasets that are made elsewhere: it cannot be looked at without their store.</summary>
    public bool ReadsStore => Chains.Any(c =>
        (c.Pipeline.Source.Source is DatasetSource source && source.Names.Any(IsOther)) || c.Pipeline.Steps.Any(s => s.Step is StepOverTable { Reference.Dataset: { } table } && IsOther(table)));

    bool IsOther(string dataset) => !Chains.Any(c => c.Pipeline.Dataset == dataset);

    /// <summary>What is allowed and seldom meant, each a sentence for people.</summary>
    public IEnumerable<string> Advice => MainPipeline.Warnings.Concat(Chains.SelectMany(c => c.Pipeline.Advice.Skip(c.Pipeline.Warnings.Count))).Distinct();

    /// <summary>The one pipeline that it is.</summary>
    /// <exception cref="PipelineException">It is several.</exception>
    public Pipeline Single => Chains.Count == 1 ? MainPipeline : throw new PipelineException([new Problem(
        $"The pipeline '{MainPipeline.Name}' has {Chains.Count} chains, which make the datasets {string.Join(", ", Chains.Select(c => c.Pipeline.Dataset))}, and this takes a pipeline of one chain. "
        + "'sluice run' and 'sluice explain' take it. For anything else, put the chain that is meant into a file of its own, which reads its input with the source 'dataset'.",
        MainPipeline.FileName, 0, 0)]);

    /// <summary>Checks a pipeline and makes everything it names.</summary>
    /// <param name="text">YAML, or JSON, which is YAML too.</param>
    /// <param name="fileName">Name of the file for messages.</param>
    /// <param name="catalog">What it may use; <see cref="Catalog.Default"/> when null.</param>
    /// <exception cref="PipelineException">Every problem of the file, in order of place.</exception>
    public static PipelineGraph Parse(string text, string? fileName = null, Catalog? catalog = null) => new PipelineReader(catalog ?? Catalog.Default, fileName).Read(text);

    /// <summary>Reads and checks a pipeline file.</summary>
    /// <exception cref="PipelineException">It cannot be read, or every problem of the file.</exception>
    public static async Task<PipelineGraph> LoadAsync(string path, CancellationToken cancellation, Catalog? catalog = null) =>
        Parse(await PipelineFile.ReadAsync(path, cancellation), path, catalog);

    /// <summary>The pipeline of a chain by its dataset; null: of the main one.</summary>
    public Pipeline Of(string? dataset) => dataset is null ? MainPipeline : Chains.First(c => c.Pipeline.Dataset == dataset).Pipeline;
}
