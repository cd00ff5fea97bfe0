namespace Sluice.Llm;

/// <summary>What a cascade came to, as the record of the run and its costs show it.</summary>
public sealed record CascadeOutcome
{
    public const string Prefix = "cascade-";

    /// <summary>Step of the pipeline.</summary>
    public required string Step { get; init; }

    /// <summary>Whether the cheaper model is what was kept of similar questions.</summary>
    public bool IsSemanticCache { get; init; }

    /// <summary>The cheaper model.</summary>
    public required string Cheap { get; init; }

    /// <summary>The step's model.</summary>
    public required string Model { get; init; }

    public required CascadeTarget Target { get; init; }

    /// <summary>The share that is promised.</summary>
    public required double AtLeast { get; init; }

    /// <summary>Probability with which the promise may be missed.</summary>
    public required double Delta { get; init; }

    /// <summary>Rows that are asked for, and their different questions.</summary>
    public required long Rows { get; init; }

    public required long Questions { get; init; }

    /// <summary>Questions of the sample.</summary>
    public required long Sampled { get; init; }

    /// <summary>The cheaper model's answer is taken where it is at least so sure; null: nowhere, since the sample does not show that the promise would be kept.</summary>
    public double? Threshold { get; init; }

    /// <summary>The share as the sample has it, at the threshold.</summary>
    public double? Estimate { get; init; }

    /// <summary>Questions that the step's model was not asked.</summary>
    public long Spared { get; init; }

    /// <summary>In words.</summary>
    public required string Note { get; init; }

    /// <summary>Questions to the cheaper model that an earlier run had asked, and what they cost then.</summary>
    public long Known { get; init; }

    public TokenUsage SavedTokens { get; init; }

    public decimal SavedUsd { get; init; }
}
