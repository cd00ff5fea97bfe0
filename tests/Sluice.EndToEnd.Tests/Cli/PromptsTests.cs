using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Llm.Loopback;

namespace Sluice.EndToEnd.Tests.Cli;

/// <summary><c>sluice prompts evaluate</c>: scores, the gates, and another pipeline beside it.</summary>
public sealed class PromptsTests : IAsyncLifetime, IDisposable
{
    readonly TestFolder folder = new();
    LoopbackModels server = null!;

    public async Task InitializeAsync()
    {
        server = await LoopbackModels.StartAsync();
        server.Answer = call => new LoopbackReply
        {
            Text = new JsonObject
            {
                ["results"] = new JsonArray([.. JsonDocument.Parse(call.Prompt).RootElement.GetProperty("items").EnumerateArray().Select(item => new JsonObject
                {
                    ["id"] = item.GetProperty("id").GetInt32(),
                    ["label"] = call.Model == "poor" || TextOf(item.GetProperty("data")).StartsWith("fine", StringComparison.Ordinal) ? "good" : "bad",
                })]),
            }.ToJsonString(),
        };
        folder.Write("known.csv", "text,expected\n" + string.Concat(Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? $"fine {i},good\n" : $"awful {i},bad\n")));
        folder.Write("good.yaml", Yaml("apt"));
        folder.Write("poor.yaml", Yaml("poor"));
    }

    public async Task DisposeAsync() => await server.DisposeAsync();

    public void Dispose() => folder.Dispose();

    static string TextOf(JsonElement data) => (data.ValueKind == JsonValueKind.Array ? data[0] : data.GetProperty("text")).GetString()!;

    static string Yaml(string model) => $$$"""
        name: moods
        steps:
          - { id: rows, type: csv, config: { file_path: data.csv } }
          - { id: mood, type: llm_process, config: { type: classify, prompt: 'Mood of {{ text }}', labels: [good, bad], model: {{{model}}} } }

        """;

    [Fact]
    public async Task A_prompt_is_scored_kept_and_held_against_a_baseline()
    {
        var first = await EvaluateAsync("good.yaml", "--min", "0.9", "--json");
        Assert.Equal((0, 1.0), (first.ExitCode, (double)first.Json["evaluation"]!["score"]!));
        var version = (string)first.Json["evaluation"]!["version"]!;
        folder.Write("baseline.json", first.Json.ToJsonString());

        var again = await EvaluateAsync("good.yaml");
        Assert.Equal((0, 1), (again.ExitCode, server.PaidCalls.Count));
        Assert.Contains("1.000, 95 % between 0.912 and 1.000", again.Output, StringComparison.Ordinal);

        foreach (var baseline in new[] { version, "baseline.json" })
        {
            var worse = await EvaluateAsync("poor.yaml", "--baseline", baseline, "--json");
            Assert.Equal(1, worse.ExitCode);
            Assert.StartsWith("It is worse than the baseline by 0.5; by chance with a probability of 0.0", (string)worse.Json["failures"]![0]!, StringComparison.Ordinal);
        }

        Assert.Equal(1, (await EvaluateAsync("poor.yaml", "--min", "0.6")).ExitCode);
        var beside = await EvaluateAsync("poor.yaml", "--against", "good.yaml", "--json");
        Assert.Equal((0, 40, 2.0), (beside.ExitCode, (int)beside.Json["comparison"]!["examples"]!, (double)beside.Json["comparison"]!["costRatio"]!));
    }

    [Theory]
    [InlineData("--step", "nothing", "'good.yaml' has no step 'nothing' that asks a language model. It has: mood.")]
    [InlineData("--baseline", "nothing", "--baseline 'nothing' is no file, and no version of a prompt that this store has an evaluation of by 'accuracy'.")]
    [InlineData("--min", "2", "--min is 2; expected a number from 0 to 1.")]
    [InlineData("--examples", "data.csv", "data.csv")]
    public async Task What_cannot_be_meant_is_one_clear_error(string option, string value, string expected)
    {
        var result = await EvaluateAsync("good.yaml", option, value);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(expected, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cheaper_model_that_is_as_good_is_found()
    {
        var found = await PromptsAsync("search", "poor.yaml", "--models", "apt", "--plans", "4", "--rows", "10", "-o", "plans");

        Assert.Equal(0, found.ExitCode);
        Assert.Contains("mood: 4 plans on 10 examples, 30 held back", found.Output, StringComparison.Ordinal);
        Assert.Matches("best +│ model: apt", found.Output);
        Assert.Contains("as written", found.Output, StringComparison.Ordinal);
        Assert.Contains("Not tried: chunking. The longest text of the examples has about 2 tokens; expected 750 or more.", found.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);

        // A plan that was found is a pipeline like any other.
        var again = await PromptsAsync("evaluate", Path.Combine("plans", "mood-1.yaml"), "--step", "mood", "--min", "1");
        Assert.Equal(0, again.ExitCode);

        var refused = await PromptsAsync("search", "poor.yaml", "--plans", "1");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("--plans is 1; expected 2 to 200.", refused.Errors, StringComparison.Ordinal);
    }

    Task<ProcessResult> EvaluateAsync(string pipeline, params string[] options) => PromptsAsync("evaluate", pipeline, options);

    async Task<ProcessResult> PromptsAsync(string command, string pipeline, params string[] options)
    {
        var environment = new Dictionary<string, string> { ["Sluice__Llm__Providers__local__Endpoint"] = server.OpenAI };
        foreach (var (model, price) in new[] { ("apt", "1"), ("poor", "2") })
        {
            environment[$"Sluice__Llm__Models__{model}__Provider"] = "local";
            environment[$"Sluice__Llm__Models__{model}__InputPrice"] = price;
            environment[$"Sluice__Llm__Models__{model}__OutputPrice"] = price;
        }

        string[] examples = options.Contains("--examples") ? [] : ["--examples", "known.csv"];
        using var process = SluiceProcess.Start(folder.Path, environment, ["prompts", command, pipeline, .. examples, .. options, "--store", "store"]);
        return await process.EndAsync();
    }
}
