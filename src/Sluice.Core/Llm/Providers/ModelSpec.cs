namespace Sluice.Llm.Providers;

/// <summary>How a model is asked to think before it answers.</summary>
public enum ThinkingKind
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>A number of tokens.</summary>
    Budget,

    /// <summary>Low, medium or high.</summary>
    Effort,

    /// <summary>It decides itself, within an effort.</summary>
    Adaptive,

    /// <summary>As adaptive, and it cannot be turned off.</summary>
    Always,
}

/// <summary>How an answer in JSON is asked for.</summary>
public enum SchemaKind
{
    /// <summary>The provider takes a JSON Schema and keeps to it.</summary>
    Native,

    /// <summary>The schema is put into the prompt, and the JSON is cut out of the answer.</summary>
    Prompt,
}

/// <summary>What kind of task a model is meant for, so that simple ones go to a cheap one.</summary>
public enum ModelTier
{
    Simple,
    Complex,
}

/// <summary>One model of one provider: what it can do and what it costs.</summary>
public sealed record ModelSpec
{
    /// <summary>Provider as the configuration names it.</summary>
    public required string Provider { get; init; }

    /// <summary>Model or deployment as the provider names it.</summary>
    public required string Model { get; init; }

    /// <summary>Id in the list of known models whose price and abilities hold; null: it is not known.</summary>
    public string? Listed { get; init; }

    public TokenPrice? Price { get; init; }

    /// <summary>Share of the price that answers of a batch cost; 1: none is known to be cheaper.</summary>
    public decimal BatchShare { get; init; } = 1;

    public int ContextTokens { get; init; } = 32_768;

    public int MaxOutputTokens { get; init; } = 8_192;

    /// <summary>Whether it takes pictures.</summary>
    public bool Vision { get; init; }

    public ThinkingKind Thinking { get; init; }

    /// <summary>What keeps it from thinking, a word or the least budget as its provider has it; null: it is told nothing.</summary>
    public string? ThinkingOff { get; init; }

    /// <summary>Whether it takes a temperature.</summary>
    public bool Temperature { get; init; } = true;

    public SchemaKind Schema { get; init; }

    public ModelTier Tier { get; init; }

    /// <summary>What a user should know of it.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    public string Id => $"{Provider}/{Model}";
}

/// <summary>What all workers together may ask of a model; null: no limit.</summary>
/// <param name="RequestsPerMinute">Calls a minute.</param>
/// <param name="TokensPerMinute">Tokens a minute, read and written.</param>
/// <param name="Concurrency">Calls at once.</param>
public sealed record ModelLimits(int? RequestsPerMinute, int? TokensPerMinute, int Concurrency = 10);

/// <summary>A model that can be asked here.</summary>
/// <param name="Name">As the configuration names it.</param>
/// <param name="Spec">What it is.</param>
/// <param name="Limits">Shared by all workers.</param>
public sealed record ModelEntry(string Name, ModelSpec Spec, ModelLimits Limits);
