using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Sluice.Connectors;
using Sluice.Pipelines.Optimise;
using Sluice.Steps;

namespace Sluice.Pipelines;

/// <summary>Where a pipeline's rows come from.</summary>
/// <param name="Id">Id in the pipeline.</param>
/// <param name="Type">Name in the catalogue, never an alias.</param>
/// <param name="Source">Ready to read.</param>
/// <param name="OptionsJson">Every option with its value, defaults included, as canonical JSON: part of memo keys.</param>
public sealed record PipelineSource(string Id, string Type, Source Source, string OptionsJson);

/// <summary>One step that is observed and applied on its own.</summary>
/// <param name="Id">Id in the pipeline; for a part of a group <c>clean_1/0:remove_duplicates</c>.</param>
/// <param name="Type">Name in the catalogue, or of the part.</param>
/// <param name="Step">Ready to run.</param>
/// <param name="OptionsJson">Its options as canonical JSON; for a part without options of its own, those of its group.</param>
/// <param name="Group">Id of the step of the file that it belongs to; its own id when it is not part of a group.</param>
public sealed record PipelineStep(string Id, string Type, Step Step, string OptionsJson, string Group);

/// <summary>Where a pipeline's rows go, besides the dataset.</summary>
/// <param name="Id">Id in the pipeline.</param>
/// <param name="Type">Name in the catalogue.</param>
/// <param name="Sink">Ready to write.</param>
/// <param name="OptionsJson">Every option with its value as canonical JSON.</param>
public sealed record PipelineSink(string Id, string Type, Sink Sink, string OptionsJson);

/// <summary>How a pipeline is run. None of it changes a result, so none of it is part of <see cref="Pipeline.Hash"/>.</summary>
public sealed record Optimization
{
    /// <summary>Whether work that an earlier run finished is reused.</summary>
    public bool Caching { get; init; } = true;

    /// <summary>Pieces of work at the same time; as many as the machine has cores when not given.</summary>
    [Range(1, 200)]
    public int? Parallelism { get; init; }

    /// <summary>US dollars that a run may spend on language models; a call that could cost more is made as smaller ones, and where no row fits the run stops for approval. No limit when not given.</summary>
    [Range(0.0, 1_000_000_000.0)]
    public double? BudgetUsd { get; init; }

    public const int MinBatchBytes = 1 << 10;
    public const int MaxBatchBytes = 1 << 28;

    /// <summary>Bytes of input that one piece of work aims at.</summary>
    [Range(MinBatchBytes, MaxBatchBytes)]
    public long BatchBytes { get; init; } = new ShardCut().TargetBytes;

    /// <summary>Bytes that one record of the input may have.</summary>
    [Range(1 << 10, ShardCut.MostRecordBytes)]
    public int MaxRecordBytes { get; init; } = new ShardCut().MaxRecordBytes;

    /// <summary>Columns that the input may have.</summary>
    [Range(1, 1_000_000)]
    public int MaxColumns { get; init; } = new ShardCut().MaxColumns;

    /// <summary>The same as limits of a source.</summary>
    public ShardCut Cut() => new() { TargetBytes = BatchBytes, MaxRecordBytes = MaxRecordBytes, MaxColumns = MaxColumns };
}

/// <summary>What a run logs, and all that is worse.</summary>
public enum RunLogLevel
{
    /// <summary>Every unit that is done.</summary>
    [JsonStringEnumMemberName("DEBUG")]
    Debug,

    /// <summary>Every stage, and the end.</summary>
    [JsonStringEnumMemberName("INFO")]
    Info,

    /// <summary>That it waits for somebody.</summary>
    [JsonStringEnumMemberName("WARNING")]
    Warning,

    /// <summary>That it failed.</summary>
    [JsonStringEnumMemberName("ERROR")]
    Error,
}

/// <summary>What a run keeps besides its result, to see what happens in between.</summary>
public sealed record DebugMode
{
    /// <summary>Whether the rows after every step are kept; the steps then run as written.</summary>
    public bool SaveIntermediateResults { get; init; }

    /// <summary>Whether the time that each step takes is kept.</summary>
    public bool ProfilePerformance { get; init; }

    /// <summary>What the run logs: <c>DEBUG</c>, <c>INFO</c>, <c>WARNING</c> or <c>ERROR</c>, with ids and counts and no values. Nothing when not given.</summary>
    public RunLogLevel? LogLevel { get; init; }
}

/// <summary>A checked pipeline: one source, steps in one chain, sinks at its end. Made by <see cref="Parse"/>; of several chains, by <see cref="PipelineGraph.Parse"/>.</summary>
public sealed partial record Pipeline
{
    /// <summary>Name as the user wrote it.</summary>
    public required string Name { get; init; }

    public string? Description { get; init; }

    /// <summary>Name of the dataset whose versions it makes: <c>a-z 0-9 _ -</c>.</summary>
    public required string Dataset { get; init; }

    /// <summary>Default of every step that has a <c>seed</c> or <c>random_state</c>, or null when the file gives none.</summary>
    public long? Seed { get; init; }

    public required PipelineSource Source { get; init; }

    /// <summary>In the order they run; groups are expanded.</summary>
    public required IReadOnlyList<PipelineStep> Steps { get; init; }

    public required IReadOnlyList<PipelineSink> Sinks { get; init; }

    public required Optimization Optimization { get; init; }

    /// <summary>How far the optimiser may go.</summary>
    public RewriteLevel Optimize { get; init; } = RewriteLevel.Exact;

    /// <summary>Whether the rows after every step are kept.</summary>
    public bool Debug { get; init; }

    /// <summary>Whether the time that each step takes is kept.</summary>
    public bool Profile { get; init; }

    /// <summary>What the run logs; null: nothing.</summary>
    public RunLogLevel? LogLevel { get; init; }

    /// <summary>What it computes, in one form: <see cref="Parse"/> reads it back. How it is run (optimization, debug) is not in it.</summary>
    public required string CanonicalJson { get; init; }

    /// <summary>SHA-256 of <see cref="CanonicalJson"/>, lower-case hex. The same for any order of keys, comments, aliases and place of the file.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(CanonicalJson)));

    /// <summary>Name of the file for messages; null when the text came from elsewhere.</summary>
    public string? FileName { get; init; }

    /// <summary>What is allowed and seldom meant, each a sentence for people.</summary>
    public IEnumerable<string> Advice => Warnings.Concat(OrderAdvice.Of(Steps));

    internal IReadOnlyList<string> Warnings { get; init; } = [];

    internal IReadOnlyDictionary<string, StepPlaces> Places { get; init; } = new Dictionary<string, StepPlaces>();

    /// <summary>Checks a pipeline and makes everything it names.</summary>
    /// <param name="text">YAML, or JSON, which is YAML too.</param>
    /// <param name="fileName">Name of the file for messages.</param>
    /// <param name="catalog">What it may use; <see cref="Catalog.Default"/> when null.</param>
    /// <exception cref="PipelineException">Every problem of the file, in order of place; or that it has several chains.</exception>
    public static Pipeline Parse(string text, string? fileName = null, Catalog? catalog = null) =>
        PipelineGraph.Parse(text, fileName, catalog).Single;

    /// <summary>Reads and checks a pipeline file.</summary>
    /// <exception cref="PipelineException">It cannot be read, or every problem of the file.</exception>
    public static async Task<Pipeline> LoadAsync(string path, CancellationToken cancellation, Catalog? catalog = null) =>
        (await PipelineGraph.LoadAsync(path, cancellation, catalog)).Single;
}

/// <summary>Where the parts of one step are in the file.</summary>
/// <param name="Step">The step itself.</param>
/// <param name="Options">Options by path.</param>
sealed record StepPlaces(YamlNode Step, IReadOnlyDictionary<string, YamlNode> Options)
{
    /// <summary>The option, or the nearest mapping around it that is in the file.</summary>
    public YamlNode Of(string path)
    {
        for (var at = path; at.Length > 0; at = Parent(at))
        {
            if (Options.TryGetValue(at, out var place))
            {
                return place;
            }
        }

        return Options.GetValueOrDefault("", Step);
    }

    static string Parent(string path) => path.LastIndexOfAny(['.', '[']) is var cut && cut > 0 ? path[..cut] : "";
}
