using Sluice.Llm;
using Sluice.Llm.Loopback;

namespace Sluice.Functions.Tests.Llm;

/// <summary>A server that speaks the format of every provider, and the app's models configured to ask it.</summary>
public abstract class ProviderContract : IAsyncLifetime
{
    protected const string Key = "key-of-a-test";

    protected LoopbackModels Server { get; set; } = null!;

    public static TheoryData<string> Formats => ["openai", "azure", "anthropic", "gemini", "local"];

    public async Task InitializeAsync() => Server = await LoopbackModels.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();

    private protected ConfiguredModels Configured(string format, params (string Name, string Value)[] settings)
    {
        var endpoint = format switch { "openai" or "local" => Server.OpenAI, "gemini" => Server.Gemini, _ => Server.Address };
        (string, string)[] key = format == "local" ? [] : [($"Providers:{format}:Key", Key)];
        return ConfiguredModels.Of([.. key, ($"Providers:{format}:Endpoint", endpoint), ("Models:one:Provider", format), ("Models:one:Model", Model(format)), .. settings]);
    }

    protected static ModelRequest Question(string format) => new() { Model = Id(format), Prompt = "What is it?" };

    protected static string Id(string format) => $"{format}/{Model(format)}";

    // Of the known ones one that takes a temperature; deployments and local models have any name.
    protected static string Model(string format) => format switch { "openai" => "gpt-4o-mini", "anthropic" => "claude-haiku-4-5", "gemini" => "gemini-2.5-flash", _ => "house-model" };
}
