using System.Text.Json;
using Sluice.Pipelines.Optimise;
using Sluice.Storage;

namespace Sluice.Runs;

/// <summary>What happened in a run, for people and reports. Not part of a version: a version is the same whoever made it, when, and how often.</summary>
public sealed record RunRecord
{
    public required string RunId { get; init; }

    public required string Dataset { get; init; }

    public required string Pipeline { get; init; }

    public string? Version { get; init; }

    public string? GateFailure { get; init; }

    public required DateTimeOffset FinishedAt { get; init; }

    public required long RowsRead { get; init; }

    public required SortedDictionary<string, long> Rejected { get; init; }

    /// <summary>Rows that steps made, by reason; null when none did.</summary>
    public SortedDictionary<string, long>? Made { get; init; }

    public required IReadOnlyList<StepCounts> Steps { get; init; }

    public required JsonElement QualityBefore { get; init; }

    /// <summary>Every failing row × rule.</summary>
    public required IReadOnlyList<EvidenceFile> Evidence { get; init; }

    /// <summary>Records that could not be read.</summary>
    public required IReadOnlyList<RejectsFile> Rejects { get; init; }

    /// <summary>Rows that made a step throw; rows are counted over the whole input.</summary>
    public required IReadOnlyList<QuarantinedRow> Quarantine { get; init; }

    /// <summary>In debug mode, the rows after each step of each batch, in order of the input.</summary>
    public IReadOnlyList<DebugRows>? Debug { get; init; }

    /// <summary>What the run spent on language models; null for one that asked none.</summary>
    public Llm.RunCost? Cost { get; init; }

    /// <summary>Budgets that the run asked for while it ran, who decided and when; null: none.</summary>
    public IReadOnlyList<Llm.Approval>? Approvals { get; init; }

    /// <summary>Result of each step that validates a whole set of texts or examples, by its id; null: there is none.</summary>
    public SortedDictionary<string, Examples.SetResult>? Validations { get; init; }

    /// <summary>Seconds that each step took over all batches, in the order the steps ran; null unless the pipeline asks for it.</summary>
    public IReadOnlyList<StepTime>? Profile { get; init; }

    /// <summary>The plan that the run went by and what came of it; null where the steps ran as written.</summary>
    public PlanOutcome? Plan { get; init; }

    /// <summary>Trace that what started the run belongs to, 32 hex digits: from a verdict to the request or upload behind it.</summary>
    public string? Trace { get; init; }

    public static string PathOf(string runId) => $"runs/{runId}/record.json";

    /// <summary>The record of a run; null: no run of that id has ended.</summary>
    public static async Task<RunRecord?> FindAsync(ObjectStore store, string runId, CancellationToken cancellation) =>
        await store.StatAsync(PathOf(runId), cancellation) is null
            ? null
            : DocumentJson.Parse<RunRecord>(await store.ReadAsync(PathOf(runId), cancellation));
}

/// <summary>Evidence of one base batch.</summary>
/// <param name="Rows">The base batch, for the values.</param>
/// <param name="FirstRow">Number of its first row among all rows read, 0-based.</param>
/// <param name="Evidence">File of (rule, row).</param>
/// <param name="Rules">What rule numbers mean.</param>
public sealed record EvidenceFile(BatchRef Rows, long FirstRow, BatchRef Evidence, IReadOnlyList<EvidenceRule> Rules);

/// <summary>Unreadable records of one shard.</summary>
/// <param name="File">Input file.</param>
/// <param name="FirstLine">Line that the relative line numbers start from.</param>
/// <param name="Path">Object with JSON lines.</param>
/// <param name="Count">Records.</param>
public sealed record RejectsFile(string File, long FirstLine, string Path, int Count);

/// <summary>What came of an optimised plan.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Ran">The steps in the order they ran, with the rows that each was given.</param>
/// <param name="Kept">Rows that were kept for later looks; null: none.</param>
public sealed record PlanOutcome(PhysicalPlan Plan, IReadOnlyList<RowsOfStep> Ran, IReadOnlyList<KeptOutcome>? Kept = null);

/// <summary>Rows that were kept after a step.</summary>
/// <param name="Step">Id of the step.</param>
/// <param name="Rows">Rows that are kept; those of batches that no look had to read again are not.</param>
/// <param name="Bytes">What they take.</param>
/// <param name="Looks">Walks that begin with them.</param>
public sealed record KeptOutcome(string Step, long Rows, long Bytes, int Looks);

/// <summary>Rows that a step was given, and its cost for each as the optimiser counts it.</summary>
public sealed record RowsOfStep(string Step, long Rows, double Cost);

/// <summary>Seconds that a step's Apply took, on all cores together.</summary>
public sealed record StepTime(string Step, double Seconds);
