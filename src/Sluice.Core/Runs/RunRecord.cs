using System.Text.Json;
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
