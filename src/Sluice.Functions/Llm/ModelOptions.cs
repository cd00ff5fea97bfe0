using Sluice.Llm.Providers;

namespace Sluice.Functions.Llm;

/// <summary>A model or deployment, section <c>Sluice:Llm:Models:NAME</c>.</summary>
public sealed class ModelOptions
{
    /// <summary>Name of its provider; required.</summary>
    public string Provider { get; set; } = "";

    /// <summary>Model or deployment as the provider names it. Default the name of the section.</summary>
    public string Model { get; set; } = "";

    /// <summary>Known model whose price and abilities hold, such as <c>openai/gpt-5.6-luna</c> for a deployment of it. Default the one of this name, if there is one.</summary>
    public string As { get; set; } = "";

    /// <summary>US dollars for a million tokens that are read. Default the known price; none: no budget in money can be kept.</summary>
    public decimal? InputPrice { get; set; }

    /// <summary>The same for tokens that the provider had kept. Default the known price, or <see cref="InputPrice"/>.</summary>
    public decimal? CachedInputPrice { get; set; }

    /// <summary>The same for tokens that are read and kept. Default the known price, or <see cref="InputPrice"/>.</summary>
    public decimal? CacheWritePrice { get; set; }

    /// <summary>The same for tokens that are written. Default the known price.</summary>
    public decimal? OutputPrice { get; set; }

    /// <summary>Tokens of prompt and answer together. Default what is known, or 32,768.</summary>
    public int? ContextTokens { get; set; }

    /// <summary>Tokens of an answer. Default what is known, or 8,192.</summary>
    public int? MaxOutputTokens { get; set; }

    /// <summary>Whether it takes pictures. Default what is known, or false.</summary>
    public bool? Vision { get; set; }

    /// <summary>How it is asked to think. Default what is known, or None.</summary>
    public ThinkingKind? Thinking { get; set; }

    /// <summary>Whether it takes a temperature. Default what is known, or true.</summary>
    public bool? Temperature { get; set; }

    /// <summary>Whether the provider keeps to a JSON Schema (Native) or the prompt asks for it (Prompt). Default Native.</summary>
    public SchemaKind? Schema { get; set; }

    /// <summary>Tasks that it is for. Default what is known, or Simple.</summary>
    public ModelTier? Tier { get; set; }

    /// <summary>Calls a minute, of all workers. Default the provider's.</summary>
    public int? RequestsPerMinute { get; set; }

    /// <summary>Tokens a minute, of all workers. Default the provider's.</summary>
    public int? TokensPerMinute { get; set; }

    /// <summary>Calls at once, of all workers. Default the provider's.</summary>
    public int? Concurrency { get; set; }
}
