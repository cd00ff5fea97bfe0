using Microsoft.Extensions.Options;
using Sluice.Functions.Tests.App;
using Sluice.Llm;

namespace Sluice.Functions.Tests.Llm;

public sealed class LlmSettingsTests
{
    static readonly (string, string)[] openai = [("Providers:openai:Key", "k")];

    [Fact]
    public async Task Without_settings_there_is_no_model_and_the_app_starts()
    {
        await using var app = await TestApp.StartAsync();

        var models = (LanguageModels)app.Services.GetService(typeof(LanguageModels))!;

        Assert.Null(models.Find("default", out var reason));
        Assert.Equal("No language model is configured.", reason);
    }

    [Fact]
    public async Task Bad_settings_stop_the_app_with_all_that_is_wrong()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(
            null, false, ("Sluice:Llm:Providers:openai:Endpoint", "http://example.com/v1"), ("Sluice:Llm:Providers:openai:Key", "secret-key"), ("Sluice:Llm:Providers:azure:Key", "x")));

        Assert.Equal(2, error.Failures.Count());
        Assert.DoesNotContain("secret-key", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Providers:openai:Key", "", "The setting 'Sluice:Llm:Providers:openai:Key' is missing. Set it in the environment as 'Sluice__Llm__Providers__openai__Key'")]
    [InlineData("Providers:openai:Endpoint", "http://example.com/v1", "found 'http://example.com/v1', expected an https address. A key is sent over plain http only to this machine")]
    [InlineData("Providers:openai:Key", "secret\n", "The setting 'Sluice:Llm:Providers:openai:Key' cannot be used: it holds a blank, a line break or a letter that is not ASCII.")]
    [InlineData("Providers:openai:Endpoint", "https://u:secret@example.com/v1?key=secret", "found 'https://example.com/v1', expected an https address without user, password and query, which may hold secrets.")]
    [InlineData("Providers:azure:Endpoint", "http://127.0.0.1:8080", "a token of the app's identity never")]
    [InlineData("Providers:azure:Key", "k", "The setting 'Sluice:Llm:Providers:azure:Endpoint' is missing. Expected 'https://NAME.openai.azure.com'.")]
    [InlineData("Providers:house:Kind", "Compatible", "The setting 'Sluice:Llm:Providers:house:Endpoint' is missing. Expected an address such as 'http://127.0.0.1:11434/v1'.")]
    [InlineData("Providers:a/b:Endpoint", "http://127.0.0.1/v1", "'Sluice:Llm:Providers:a/b' is no name of a provider.")]
    [InlineData("Providers:openai:Concurrency", "0", "A limit of 'Sluice:Llm:Providers:openai' cannot be used.")]
    [InlineData("Models:m:Provider", "nobody", "The setting 'Sluice:Llm:Models:m:Provider' cannot be used: found 'nobody', expected one of Sluice:Llm:Providers: openai.")]
    [InlineData("Models:m:InputPrice", "-1", "A price of 'Sluice:Llm:Models:m' is negative.")]
    [InlineData("Models:m:As", "openai/none", "The setting 'Sluice:Llm:Models:m:As' cannot be used: found 'openai/none', expected one of: anthropic/")]
    [InlineData("DefaultModel", "gpt-2", "The setting 'Sluice:Llm:DefaultModel' names 'gpt-2', which is not configured. Expected one of: openai/")]
    [InlineData("Fallbacks", "gpt-4o-mini, gpt-2", "The setting 'Sluice:Llm:Fallbacks' names 'gpt-2'")]
    [InlineData("Tries", "0", "Tries must be between 1 and 100")]
    public async Task A_setting_that_cannot_be_meant_is_refused(string name, string value, string expected)
    {
        (string, string)[] provider = name.StartsWith("Models:", StringComparison.Ordinal) && name != "Models:m:Provider" ? [("Models:m:Provider", "openai")] : [];
        await using var configured = ConfiguredModels.Of([.. openai.Where(o => o.Item1 != name), .. provider, (name, value)]);

        var error = Assert.Throws<OptionsValidationException>(() => configured.Models);

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret\n", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("key=secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deployment_has_the_price_of_the_model_that_it_is_and_its_own_limits()
    {
        await using var configured = ConfiguredModels.Of(
            ("Providers:azure:Endpoint", "https://house.openai.azure.com"), ("Models:fast:Provider", "azure"), ("Models:fast:Model", "our-deployment"),
            ("Models:fast:As", "openai/gpt-5.6-luna"), ("Models:fast:OutputPrice", "2"), ("Models:fast:ContextTokens", "1000"));

        var found = configured.Models.Find("fast", out _)!;

        Assert.Equal(("azure/our-deployment", 1_000, 128_000), (found.Id, found.ContextTokens, found.MaxOutputTokens));
        Assert.Equal(new TokenPrice(0.2m, 0.02m, 2), found.Price);
        Assert.Equal(found.Id, configured.Models.Find("default", out _)!.Id);
    }

    [Fact]
    public async Task A_local_server_needs_no_key_and_its_models_no_price()
    {
        await using var configured = ConfiguredModels.Of(("Providers:ollama:Endpoint", "http://ollama.house:11434/v1"), ("Models:llama3.2:Provider", "ollama"));

        var found = configured.Models.Find("llama3.2", out _)!;

        Assert.Equal(("ollama/llama3.2", null), (found.Id, found.Price));
    }
}
