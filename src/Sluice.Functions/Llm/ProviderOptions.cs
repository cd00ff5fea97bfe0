namespace Sluice.Functions.Llm;

/// <summary>Who speaks which format.</summary>
public enum ProviderKind
{
    OpenAI,
    AzureOpenAI,
    Anthropic,
    Gemini,

    /// <summary>A server that speaks OpenAI's format: Ollama, vLLM, a gateway.</summary>
    Compatible,
}

/// <summary>A service, section <c>Sluice:Llm:Providers:NAME</c>.</summary>
public sealed class ProviderOptions
{
    /// <summary>What it speaks. Default what its name says: openai, azure, anthropic or gemini, and else Compatible.</summary>
    public ProviderKind? Kind { get; set; }

    /// <summary>Address. Default the service's own; Azure's is <c>https://NAME.openai.azure.com</c>, a compatible one ends in <c>/v1</c> as a rule.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary>Key, from the environment or the key vault and not from a file. Default none: the app's identity at Azure, nothing at a compatible one.</summary>
    public string Key { get; set; } = "";

    /// <summary>Calls of one model a minute, of all workers. Default no limit.</summary>
    public int? RequestsPerMinute { get; set; }

    /// <summary>Tokens of one model a minute, of all workers. Default no limit.</summary>
    public int? TokensPerMinute { get; set; }

    /// <summary>Calls of one model at once, of all workers. Default 10.</summary>
    public int Concurrency { get; set; } = 10;
}
