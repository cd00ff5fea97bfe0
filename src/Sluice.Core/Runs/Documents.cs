using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Connectors;
using Sluice.Pipelines.Optimise;
using Sluice.Steps;

namespace Sluice.Runs;

// Documents of a run: small, immutable, written create-if-absent at a path that is a function of the run, so a second delivery finds the first one's.

/// <summary>What a run was started on.</summary>
/// <param name="Request">The request.</param>
/// <param name="Key">Hash of pipeline, inputs and engine version: equal keys give equal versions.</param>
/// <param name="Inputs">Input files with their content hash.</param>
/// <param name="Shards">Parts of the inputs, in order.</param>
/// <param name="Earlier">The dataset's version when the run began; null where no rule compares with it, or there was none.</param>
/// <param name="Models">Model of each step that asks one, by number; null where the pipeline has no such step.</param>
/// <param name="Physical">How the run goes about the pipeline; null: step after step as written.</param>
/// <param name="CheapModels">Of the models, the cheaper one of each step that asks one first; null where none does.</param>
/// <param name="Versions">Version that is read of each dataset that the pipeline reads without stating one; null where there is none.</param>
public sealed record RunPlan(
    RunRequest Request, string Key, IReadOnlyList<InputDigest> Inputs, IReadOnlyList<Shard> Shards, EarlierVersion? Earlier = null,
    IReadOnlyDictionary<int, string>? Models = null, PhysicalPlan? Physical = null, IReadOnlyDictionary<int, string>? CheapModels = null,
    IReadOnlyDictionary<string, string>? Versions = null);

/// <summary>What a run's rules compare with: the reports on the version that was the head when it began.</summary>
public sealed record EarlierVersion(string Version, JsonElement QualityBefore, JsonElement QualityAfter);

/// <summary>An input file by content.</summary>
public sealed record InputDigest(string File, long Bytes, string Sha256);

/// <summary>The rows as read, typed, before any step.</summary>
public sealed record BaseRows(IReadOnlyList<Field> Schema, IReadOnlyList<BaseBatch> Batches)
{
    public long RowsRead => Batches.Sum(b => (long)b.Batch.Rows + b.Rejected);
}

/// <param name="Batch">File of the rows.</param>
/// <param name="Rejected">Records of the shard that could not be read.</param>
/// <param name="Rejects">Object with the rejected records (JSON lines), or null.</param>
public sealed record BaseBatch(BatchRef Batch, int Rejected, string? Rejects);

/// <summary>A step with its parameters.</summary>
/// <param name="Json">What <see cref="Step.Fit"/> gave.</param>
/// <param name="Decisions">Object of each batch's decisions, "" where all are zero; of its answers, for a step that asks a model; null when not keyed.</param>
/// <param name="Poison">Rows of a batch that the step could not look at, by batch number.</param>
/// <param name="Rows">Rows of each batch that it looked at, where row numbers matter: decisions and poison mean rows of exactly those.</param>
/// <param name="GateFailure">Why its gate refuses.</param>
/// <param name="Unanswered">Questions of a step that asks a model that have no answer; null where it has all, and for other steps.</param>
/// <param name="ApplyKey">What <see cref="Step.ApplyKey(Fitted, State?)"/> gave; null: it is told from the parameters alone.</param>
public sealed record StepFit(
    string Json, IReadOnlyList<string>? Decisions, IReadOnlyDictionary<int, IReadOnlyList<PoisonRow>>? Poison, IReadOnlyList<int>? Rows, string? GateFailure,
    long? Unanswered = null, string? ApplyKey = null);

/// <summary>A row that made a step throw, with the exact error.</summary>
public sealed record PoisonRow(int Row, string Error);

/// <summary>Units of a stage that are still to do.</summary>
public sealed record Pending(IReadOnlyList<int> Units, int Reused);

/// <summary>Files of the version to publish, each from pieces of output batches.</summary>
public sealed record PublishPlan(IReadOnlyList<Segment> Segments);

/// <summary>One file of a version.</summary>
public sealed record Segment(IReadOnlyList<Piece> Pieces);

/// <summary>Rows [From, To) of an output batch.</summary>
public sealed record Piece(int Batch, int From, int To);

/// <summary>What one step did to one batch, or to all of them.</summary>
public sealed record StepCounts
{
    public required string Step { get; init; }

    public long RowsIn { get; set; }

    public long RowsOut { get; set; }

    /// <summary>Rows rejected, by reason.</summary>
    public SortedDictionary<string, long> Rejected { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Rows made, by reason; null for a step that made none. Rows in + made = rows out + rejected.</summary>
    public SortedDictionary<string, long>? Made { get; set; }

    /// <summary>Failures found, by <c>reason:column</c>; a row may be in several.</summary>
    public SortedDictionary<string, long> Failures { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Cells changed, by <c>operation:column</c>.</summary>
    public SortedDictionary<string, long> Changed { get; init; } = new(StringComparer.Ordinal);

    public void Add(StepCounts other)
    {
        RowsIn += other.RowsIn;
        RowsOut += other.RowsOut;
        Sum(Rejected, other.Rejected);
        if (other.Made is not null)
        {
            Sum(Made ??= new(StringComparer.Ordinal), other.Made);
        }

        Sum(Failures, other.Failures);
        Sum(Changed, other.Changed);
    }

    /// <summary>Rows that steps made, by reason; null when none did.</summary>
    public static SortedDictionary<string, long>? AllMade(IEnumerable<StepCounts> steps)
    {
        var all = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var step in steps)
        {
            Sum(all, step.Made ?? []);
        }

        return all.Count == 0 ? null : all;
    }

    static void Sum(SortedDictionary<string, long> into, SortedDictionary<string, long> from)
    {
        foreach (var (key, count) in from)
        {
            into[key] = into.GetValueOrDefault(key) + count;
        }
    }
}

/// <summary>The one JSON dialect of documents: camelCase, no indentation, nulls left out, order of declaration, so equal values are equal bytes.</summary>
public static class DocumentJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static byte[] Bytes<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    public static T Parse<T>(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize<T>(bytes, Options) ?? throw new DataException($"A {typeof(T).Name} document is empty.");
}
