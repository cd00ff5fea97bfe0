using System.ComponentModel.DataAnnotations;
using Sluice.Privacy;
using Sluice.Steps;

namespace Sluice.Llm;

/// <summary>What happens to personal data before a row is put into a prompt.</summary>
public enum PiiPolicy
{
    /// <summary>Its kind stands in its place: <c>&lt;EMAIL&gt;</c>.</summary>
    Redact,

    /// <summary>A row with any is not sent; it keeps its values and is evidence, as <c>llm_pii_denied</c>.</summary>
    Deny,

    /// <summary>It is sent as it is.</summary>
    Allow,
}

/// <summary>Options that every step has that asks a language model.</summary>
public abstract record AskOptions : IValidatableObject
{
    /// <summary>Model: a name of the configuration, an alias such as <c>claude-sonnet-4-20250514</c>, or <c>provider/model</c>. Default: default, the configured one.</summary>
    [MinLength(1)]
    public string Model { get; init; } = "default";

    /// <summary>
    /// Columns that are sent, besides those that the prompt names as <c>{{ column }}</c>. Default: none where the prompt names one, else all: name the few that are
    /// needed, since every one costs tokens.
    /// </summary>
    public virtual IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>
    /// Rows in one call, at most; long rows make it fewer. 0: chosen by the number of questions and the length of answers, so that there are ten calls where there are few
    /// questions, and none takes longer than a minute. Default: 100.
    /// </summary>
    [Range(0, 1_000)]
    public int BatchSize { get; init; } = 100;

    /// <summary>
    /// Says everything once: the names of columns for all rows of a call and not in every row, descriptions of fields in the instructions and not in the schema too, and items and paragraphs of
    /// the prompt that are there twice. Blanks in rows are one. Values stay as they are. Small models may mix up columns then. Default: false.
    /// </summary>
    public bool Compact { get; init; }

    /// <summary>
    /// Tokens of one text that are sent at most, estimated as three bytes each; a longer one is shortened as <c>text_cut</c> says, <c>[…]</c> stands for what was left out, and the row is
    /// evidence as <c>llm_text_cut</c>. For steps that ask about one row. 0: texts are sent whole. Default: 0.
    /// </summary>
    [Range(0, 1_000_000)]
    public int MaxTextTokens { get; init; }

    /// <summary>
    /// What is kept of a text that is too long: <c>ends</c> (its beginning, two thirds, and its end) or <c>sentences</c> (those with the most words of the prompt and the fields, rare ones counting
    /// more, in their order; where there are none, its ends). Default: ends.
    /// </summary>
    public TextCut TextCut { get; init; } = TextCut.Ends;

    /// <summary>Tokens of rows in one call, at most, estimated from their bytes. Default: 16,000.</summary>
    [Range(100, 1_000_000)]
    public int MaxCallTokens { get; init; } = 16_000;

    /// <summary>Calls at the same time for one piece of the data. Default: 10.</summary>
    [Range(1, 100)]
    public int Concurrency { get; init; } = 10;

    /// <summary>0 to 2. At 0 equal questions are asked once and the answers are kept for later runs; above, for this run only. Default: 0.</summary>
    [Range(0.0, 2.0)]
    public double Temperature { get; init; }

    /// <summary>Hours after which a kept answer is asked for again; 0 keeps none for later runs. Default: 24.</summary>
    [Range(0.0, 1_000_000.0)]
    public double CacheTtlHours { get; init; } = 24;

    /// <summary>Times that a row is asked again, with what was wrong, when its answer is not as <c>output</c> asks for. Default: 1.</summary>
    [Range(0, 10)]
    public int Gleanings { get; init; } = 1;

    /// <summary>Advice that is added when a row is asked again, such as what good answers look like. Default: none.</summary>
    public string? ValidationPrompt { get; init; }

    /// <summary>What happens to personal data before it is sent: <c>redact</c>, <c>deny</c> (such rows are not sent) or <c>allow</c>. Default: redact.</summary>
    public PiiPolicy Pii { get; init; } = PiiPolicy.Redact;

    /// <summary>Kinds of personal data that the policy is about. Default: all but organization and location.</summary>
    public IReadOnlyList<string> PiiEntities { get; init; } = [];

    /// <summary>
    /// A cheaper model that answers first, and what must hold of the result; for answers that are labels or true or false. Default: none, the model answers all.
    /// </summary>
    public CascadeOptions? Cascade { get; init; }

    /// <summary>
    /// Takes kept answers to similar questions, within an error that you choose; for answers that are labels or true or false. Default: none, answers are taken for equal
    /// questions alone.
    /// </summary>
    public SemanticCacheOptions? SemanticCache { get; init; }

    /// <summary>
    /// Submits the calls of the step together to the provider's batch API, where it has one: at about half of the price, with answers within a day. What the batch does
    /// not answer is asked call by call. Default: false.
    /// </summary>
    public bool BatchApi { get; init; }

    /// <summary>Hours that a batch of <c>batch_api</c> is waited for; then it is cancelled, and what it has not answered is asked call by call. Default: 24.</summary>
    [Range(0.01, 168.0)]
    public double MaxWaitHours { get; init; } = 24;

    /// <summary>US dollars that the step may spend in one run; a call that could cost more is made as smaller ones, and where no row fits the run stops for approval. Default: no limit.</summary>
    [Range(0.0, 1_000_000_000.0)]
    public double? BudgetUsd { get; init; }

    /// <summary>Lets the model think before it answers, if it can. Default: false.</summary>
    public bool UseExtendedThinking { get; init; }

    /// <summary>Seconds for thinking; made into tokens by the model's measured speed. Default: 30.</summary>
    [Range(1, 3_600)]
    public int ThinkingTime { get; init; } = 30;

    /// <summary>How much of that time it may use: <c>quick</c>, <c>standard</c> or <c>comprehensive</c>. Default: comprehensive.</summary>
    public ThinkingDepth Depth { get; init; } = ThinkingDepth.Comprehensive;

    /// <summary>A kind that is not known would mask nothing, and what it was meant for would be sent.</summary>
    public virtual IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        from kind in PiiEntities
        where !PiiScanner.Entities.Contains(kind, StringComparer.Ordinal)
        let near = PiiScanner.Entities.MinBy(name => (StepProblems.Distance(name, kind), name))
        select new ValidationResult($"'{kind}' is not a kind of personal data that is known. Did you mean '{near}'? docs/privacy.md lists them.", [nameof(PiiEntities)]);
}
