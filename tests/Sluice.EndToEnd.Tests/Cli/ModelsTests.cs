using Sluice.Llm.Loopback;

namespace Sluice.EndToEnd.Tests.Cli;

/// <summary><c>sluice models</c>: what is configured, and whether it answers.</summary>
public sealed class ModelsTests : IAsyncLifetime, IDisposable
{
    readonly TestFolder folder = new();
    LoopbackModels server = null!;

    public async Task InitializeAsync() => server = await LoopbackModels.StartAsync();

    public async Task DisposeAsync() => await server.DisposeAsync();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Without_a_key_it_says_what_is_missing()
    {
        var result = await SluiceProcess.RunAsync(folder.Path, "models");

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("No language model is configured: steps that could use one do without, and say so.", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_prices_limits_and_what_stands_for_what()
    {
        var result = await RunAsync(("Providers__anthropic__Key", "secret-key"), ("Providers__anthropic__TokensPerMinute", "40000"));

        Assert.Equal(0, result.ExitCode);
        Assert.DoesNotContain("secret-key", result.Output, StringComparison.Ordinal);
        var sonnet = result.Json["models"]!.AsArray().Single(m => (string)m!["id"]! == "anthropic/claude-sonnet-5-5")!;
        Assert.Equal((2, 40_000, 10), ((int)sonnet["price"]!["input"]!, (int)sonnet["limits"]!["tokensPerMinute"]!, (int)sonnet["limits"]!["concurrency"]!));
        Assert.Equal(["default", "complex", "vision"], sonnet["roles"]!.AsArray().Select(r => (string)r!));
        var old = result.Json["aliases"]!.AsArray().Single(a => (string)a!["name"]! == "claude-sonnet-4-20250514")!;
        Assert.Equal("anthropic/claude-sonnet-4-6", (string)old["answers"]!);
    }

    [Fact]
    public async Task A_wrong_setting_is_one_clear_error()
    {
        var result = await RunAsync(("Providers__openai__Endpoint", server.OpenAI));

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("The setting 'Sluice:Llm:Providers:openai:Key' is missing.", (string)result.Json["error"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_does_not_answer_fails_the_question_and_says_why()
    {
        server.Answer = _ => new LoopbackReply { Status = 401 };

        var result = await RunAsync(
            "--ask", ("Providers__openai__Key", "k"), ("Providers__openai__Endpoint", server.OpenAI), ("DefaultModel", "gpt-4o-mini"), ("SimpleModel", "gpt-4o-mini"),
            ("VisionModel", "gpt-4o-mini"));

        Assert.Equal(4, result.ExitCode);
        var asked = result.Json["models"]!.AsArray().Single(m => m!["health"] is not null)!;
        Assert.Contains("refused the key or identity (401)", (string)asked["health"]!["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Three_processes_on_one_store_keep_one_limit()
    {
        var (running, most) = (0, 0);
        var gate = new Lock();
        server.AnswerAsync = async (_, gone) =>
        {
            lock (gate)
            {
                most = Math.Max(most, ++running);
            }

            // Long enough for the others to come in, if nothing keeps them.
            await Task.Delay(300, gone);
            lock (gate)
            {
                running--;
            }

            return new LoopbackReply();
        };
        (string, string)[] settings =
        [
            ("Providers__local__Endpoint", server.OpenAI), ("Providers__local__Concurrency", "1"), ("Models__one__Provider", "local"),
        ];

        var results = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => RunAsync("--ask", settings)));

        Assert.All(results, r => Assert.Equal(0, r.ExitCode));
        Assert.Equal((3, 1), (server.PaidCalls.Count, most));
    }

    Task<ProcessResult> RunAsync(params (string Name, string Value)[] settings) => RunAsync("--json", settings);

    async Task<ProcessResult> RunAsync(string option, params (string Name, string Value)[] settings)
    {
        var environment = settings.ToDictionary(s => "Sluice__Llm__" + s.Name, s => s.Value);
        using var process = SluiceProcess.Start(folder.Path, environment, [.. new[] { "models", "--json", option }.Distinct()]);
        return await process.EndAsync();
    }
}
