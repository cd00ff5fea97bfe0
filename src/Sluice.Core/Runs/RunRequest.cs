using Sluice.Embedding;
using Sluice.Privacy.Access;

namespace Sluice.Runs;

/// <summary>What to run. Small: it travels through the durable history; the pipeline's text lies in the store.</summary>
/// <param name="RunId">Names the run's documents; <c>[A-Za-z0-9._-]</c>, at most 88 characters, never used for two requests.</param>
/// <param name="Pipeline">Object path of the pipeline's YAML text.</param>
/// <param name="PipelineFile">What the user calls that text, for messages.</param>
/// <param name="InputFolder">Folder that relative paths of the pipeline start from; the app may give it a meaning of its own, such as a folder in a container.</param>
/// <param name="BatchBytes">Bytes of input one activity works on; 0 = the default of <see cref="Connectors.ShardCut"/>. Never changes the result.</param>
/// <param name="ReplayQuarantine">Run batches again that put rows into quarantine before.</param>
/// <param name="Trace">Trace that what starts the run belongs to, for its record; null: none. Never changes the result.</param>
/// <param name="ApprovedUsd">US dollars that somebody approved for this run's language models, in the place of the pipeline's budget; null: none. Never changes the result.</param>
/// <param name="Forecast">Ask language models for a sample alone and end with a forecast of the costs, without a version.</param>
/// <param name="RowsOf">Id of an earlier run whose rows are taken from the store, instead of reading the input again; the models that it asked count too. Null: the input is read.</param>
/// <param name="ApprovalTime">How long the run waits for somebody to approve more when a budget is spent; null: it fails at once. Never changes the result.</param>
/// <param name="Versions">Version to read of each dataset that is read in its newest; null: the newest when the run starts.</param>
/// <param name="Graph">The chains of the pipeline, where it has several: this is a run of all of them. Null: of one.</param>
/// <param name="Chain">Dataset of the chain to run; null: the pipeline has one.</param>
public sealed record RunRequest(
    string RunId, string Pipeline, string PipelineFile, string InputFolder, long BatchBytes = 0, bool ReplayQuarantine = false, string? Trace = null, double? ApprovedUsd = null,
    bool Forecast = false, string? RowsOf = null, TimeSpan? ApprovalTime = null, IReadOnlyDictionary<string, string>? Versions = null, IReadOnlyList<ChainLink>? Graph = null,
    string? Chain = null);

/// <summary>
/// The kinds of stages a run goes through, in this order; Observe, and Ask and Collect where a model is asked, once per pass. Numbers are in stored histories: they
/// never change.
/// </summary>
public enum StageKind
{
    Start,
    Ingest,
    Retype,
    Observe,

    /// <summary>Questions that have no answer yet are asked.</summary>
    Ask = 9,

    /// <summary>Questions that have no answer yet are asked of the cheaper model of a cascade.</summary>
    Cheap = 11,

    /// <summary>The step's model is asked for a sample of them.</summary>
    Sample = 12,

    /// <summary>First calls are put together for the provider's batch API.</summary>
    Batch = 13,

    /// <summary>They are submitted and waited for.</summary>
    Await = 14,

    /// <summary>Each batch gets its answers.</summary>
    Collect = 10,
    Apply = 4,
    Publish,
    Measure,
    Export,
    Done,
}

/// <summary>One stage of a run: units that may run in any order, in parallel, anywhere, more than once.</summary>
/// <param name="Kind">What its units do.</param>
/// <param name="Pass">Which pass, for Observe.</param>
/// <param name="Title">For people: <c>look: clean/0:remove_duplicates</c>.</param>
/// <param name="Units">Units to run.</param>
/// <param name="Reused">Units whose finished work was found and is not done again.</param>
/// <param name="Outcome">Set on the last stage.</param>
/// <param name="InFlight">Units that may run at the same time.</param>
/// <param name="Wait">Time after which the next stage is asked for, and no sooner; null: at once. Such a stage has no units.</param>
/// <param name="Approval">What it waits for somebody to approve; null: it does not wait.</param>
public sealed record Stage(
    StageKind Kind, int Pass, string Title, int Units, int Reused, RunOutcome? Outcome = null, int InFlight = StageWindow.MaxUnits, Llm.ApprovalAsk? Approval = null, TimeSpan? Wait = null);

/// <summary>How a run ended.</summary>
/// <param name="Version">Id of the version that now holds the result; null when a gate failed.</param>
/// <param name="Dataset">Dataset it belongs to.</param>
/// <param name="UpToDate">True when the version was there already and nothing was done.</param>
/// <param name="GateFailure">Why a gate refused, as one sentence.</param>
/// <param name="Record">Object path of the <see cref="RunRecord"/>.</param>
public sealed record RunOutcome(string? Version, string Dataset, bool UpToDate, string? GateFailure, string? Record);

/// <summary>Limits and sizes of the run engine.</summary>
public sealed record RunOptions
{
    /// <summary>In-memory bytes that a file of a published version aims at. Part of the data format: changing it changes version ids.</summary>
    public long PublishBytes { get; init; } = 8 << 20;

    /// <summary>Rows a file of a published version holds at most. Part of the data format.</summary>
    public int PublishRows { get; init; } = 1 << 18;

    /// <summary>Rows that may fail with an error and go to quarantine before the run is stopped: beyond that, the step is wrong, not the data.</summary>
    public int MaxQuarantinedRowsPerBatch { get; init; } = 1_000;

    /// <summary>Models that pipelines may name; all, unless others than the owner of the machine send pipelines.</summary>
    public AllowedModels Models { get; init; } = AllowedModels.Any;

    /// <summary>Which reads of personal data that a run makes, of versions that it joins, are worth an alert.</summary>
    public AccessRules Access { get; init; } = new();

    /// <summary>A run on a sample, to try a plan; null: a run. Its input is not hashed, and no plan is searched for.</summary>
    internal TrialOptions? Trial { get; init; }

    /// <summary>Sinks are passed over.</summary>
    internal bool WithoutSinks { get; init; }

    /// <summary>End with the evidence: nothing is published, measured again or committed. For a look at a file, which wants no version.</summary>
    public bool EvidenceOnly { get; init; }
}

/// <summary>How a trial goes about its pipeline.</summary>
sealed record TrialOptions(Pipelines.Optimise.PhysicalPlan? Plan);
