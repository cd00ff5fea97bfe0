namespace Sluice.Runs;

// Results of units, kept under their memo key for every later run.

/// <summary>A shard as read.</summary>
public sealed record IngestMemo(BatchRef Batch, IReadOnlyList<Field> Schema, int Rejected, string? Rejects);

/// <summary>What a step saw in a batch.</summary>
/// <param name="State">Object of the step's state; null without one.</param>
/// <param name="Keys">Object of the sorted row keys; null for a step that is not keyed.</param>
/// <param name="Rows">Rows of the batch, also those that were left out.</param>
/// <param name="Poison">Rows that made the step throw.</param>
/// <param name="Vectors">Object of the vectors of all rows; null for a step without.</param>
public sealed record ObserveMemo(string? State, string? Keys, int Rows, IReadOnlyList<PoisonRow>? Poison, string? Vectors = null);

/// <summary>A batch with some steps applied, kept for later looks.</summary>
public sealed record KeptMemo(BatchRef Rows);

/// <summary>A batch with all steps applied.</summary>
/// <param name="Output">File of the rows that are left.</param>
/// <param name="Borders">Rows after which a published file ends.</param>
/// <param name="Steps">Counts per step.</param>
/// <param name="Evidence">File of (rule, row), every failure; null when there is none.</param>
/// <param name="Rules">Rules that evidence numbers mean.</param>
/// <param name="Quarantine">Rows that made a step throw.</param>
/// <param name="Origins">Object with the row of the base batch that each row left came from; null when all are left, in place.</param>
/// <param name="Debug">Rows after each step, in debug mode.</param>
/// <param name="Seconds">Time of each step, where it is wanted.</param>
public sealed record ApplyMemo(
    BatchRef Output, IReadOnlyList<int> Borders, IReadOnlyList<StepCounts> Steps, BatchRef? Evidence,
    IReadOnlyList<EvidenceRule>? Rules, IReadOnlyList<QuarantinedRow>? Quarantine, string? Origins, IReadOnlyList<DebugRows>? Debug,
    IReadOnlyList<double>? Seconds = null);

/// <summary>The rows after one step, kept in debug mode.</summary>
public sealed record DebugRows(string Step, BatchRef Rows);

/// <summary>A rule as evidence names it.</summary>
public sealed record EvidenceRule(string Step, string Reason, string? Column, string Severity, bool Rejects, int Failures, string? Detail = null);

/// <summary>A row that was put aside because a step threw on it.</summary>
public sealed record QuarantinedRow(string Step, long Row, string Error);

/// <summary>A published file.</summary>
public sealed record PublishMemo(BatchRef File);
