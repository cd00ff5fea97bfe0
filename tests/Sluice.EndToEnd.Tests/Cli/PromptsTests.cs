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
        var found = await PromptsAsync("search", "poor.yaml", "--models", "apt", "--plans", "4", "--rows", "10", "-o", ".");

        Assert.Equal(0, found.ExitCode);
        Assert.Contains("mood: 4 plans on 10 examples, 30 held back", found.Output, StringComparison.Ordinal);
        Assert.Matches("best +│ model: apt", found.Output);
        Assert.Contains("as written", found.Output, StringComparison.Ordinal);
        Assert.Contains("Not tried: chunking. The longest text of the examples has about 2 tokens; expected 750 or more.", found.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);

        Assert.Contains("Not tried: cascade. Its sample takes 100 questions, so 200 examples to search by and as many to confirm by; the smaller part has 10.", found.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);

        // A plan that was found is a pipeline like any other.
        var again = await PromptsAsync("evaluate", "poor-mood-1.yaml", "--step", "mood", "--min", "1");
        Assert.Equal(0, again.ExitCode);

        var refused = await PromptsAsync("search", "poor.yaml", "--plans", "1");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("--plans is 1; expected 2 to 200.", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Three_questions_become_one_without_examples_and_the_file_that_is_written_gives_the_same_rows()
    {
        server.Answer = call => Reply(call, (name, text) => name switch
        {
            "label" => text.Contains("fine", StringComparison.Ordinal) ? "good" : "bad",
            "topic" => text.EndsWith('1') || text.EndsWith('2') ? "app" : "parcel",
            _ => !text.EndsWith('7'),
        });
        folder.Write("data.csv", "id,text\n" + string.Concat(Enumerable.Range(0, 120).Select(i => $"{i},{(i % 2 == 0 ? "fine" : "awful")} {i}\n")));
        folder.Write("three.yaml", """
            name: three
            steps:
              - { id: rows, type: csv, config: { file_path: data.csv } }
              - { id: some, type: filter, config: { condition: "id >= 20" } }
              # What is asked.
              - { id: mood, type: llm_process, config: { type: classify, prompt: 'Mood of {{ text }}', labels: [good, bad], model: apt } }
              - { id: topic, type: llm_process, config: { type: classify, prompt: 'Topic of {{ text }}', labels: [app, parcel], output_column: topic, model: apt } }
              - { id: keep, type: semantic_filter, config: { prompt: '{{ text }} matters', model: apt } }
              - { id: out, type: csv_sink, config: { file_path: out.csv } }

            """);

        var found = await SearchAsync("three.yaml", "--step", "mood,topic", "--step", "keep", "--sample", "80", "--plans", "5", "-o", ".");

        Assert.True(found.ExitCode == 0, found.Errors);
        Assert.Contains("mood, topic, keep: 5 plans on 40 rows, 40 held back", found.Output, StringComparison.Ordinal);
        Assert.Matches("best +│ fused: mood, topic, keep", found.Output);
        Assert.Contains("at least (95 %)", found.Output, StringComparison.Ordinal);
        Assert.Contains("It is not quality", found.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);

        var paid = server.PaidCalls.Count;
        var json = await SearchAsync("three.yaml", "--step", "mood,topic,keep", "--sample", "80", "--plans", "5", "--json");
        Assert.Equal((paid, 0.0, true), (server.PaidCalls.Count, (double)json.Json["paidUsd"]!, (bool)json.Json["isAgreement"]!));
        Assert.InRange((double)json.Json["front"]![0]!["sameAnswersAtLeast"]!, 0.8, 0.95);

        const string plan = "three-mood-topic-keep-1.yaml";
        Assert.Contains("# What is asked.", await File.ReadAllTextAsync(Path.Combine(folder.Path, plan)), StringComparison.Ordinal);
        Assert.Equal(0, (await SluiceAsync("run", "three.yaml", "--store", "store")).ExitCode);
        Assert.Equal(3, server.PaidCalls.Count - paid);
        var expected = await File.ReadAllTextAsync(Path.Combine(folder.Path, "out.csv"));
        var calls = server.PaidCalls.Count;
        Assert.Equal(0, (await SluiceAsync("run", plan, "--store", "store")).ExitCode);
        Assert.Equal(expected, await File.ReadAllTextAsync(Path.Combine(folder.Path, "out.csv")));
        Assert.Equal(1, server.PaidCalls.Count - calls);
    }

    [Theory]
    [InlineData("--step mood,topic --sample 5", "--sample is 5; expected 10 to 10,000.")]
    [InlineData("--step mood -o plans", "--output is 'plans', and relative paths such as 'data.csv' start at the folder of the pipeline's file: what is written there would not find it. Use the folder of 'apart.yaml'.")]
    [InlineData("--step mood,topic --sample 20 --examples known.csv", "--examples and --sample both say which rows are asked about. Use one of them.")]
    [InlineData("--step mood,topic", "Step 'between' (limit) stands between 'mood' and 'topic', so they cannot be searched together. Put it before or after them, or search each by itself.")]
    [InlineData("--step topic", "Step 'mood' asks a language model before 'topic', so that all rows would have to be asked about to know which reach it. Search from that step on, or give --examples.")]
    [InlineData("", "'apart.yaml' has 2 steps that ask a language model (mood, topic). Name one with --step, or several that stand behind each other.")]
    public async Task A_range_that_cannot_be_searched_is_one_clear_error(string options, string expected)
    {
        folder.Write("data.csv", "text\nfine 1\n");
        folder.Write("apart.yaml", """
            name: apart
            steps:
              - { id: rows, type: csv, config: { file_path: data.csv } }
              - { id: mood, type: llm_process, config: { type: classify, prompt: 'Mood of {{ text }}', labels: [good, bad], model: apt } }
              - { id: between, type: limit, config: { rows: 30 } }
              - { id: topic, type: llm_process, config: { type: classify, prompt: 'Topic of {{ text }}', labels: [app, parcel], output_column: topic, model: apt } }

            """);

        var result = await SearchAsync("apart.yaml", options.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(expected, result.Errors.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Empty(server.PaidCalls);
    }

    [Fact]
    public async Task A_cascade_is_found_without_examples_where_the_sample_is_large_enough()
    {
        server.Answer = call => Reply(call, (name, text) => name == "confidence" ? call.Model == "apt" || !text.EndsWith('3') ? 0.95 : 0.1
            : text.StartsWith("fine", StringComparison.Ordinal) == (call.Model == "poor" || !text.EndsWith('3')) ? "good" : "bad");
        folder.Write("data.csv", "text\n" + string.Concat(Enumerable.Range(0, 450).Select(i => i % 2 == 0 ? $"fine {i}\n" : $"awful {i}\n")));

        var found = await SearchAsync("poor.yaml", "--models", "apt", "--sample", "400", "--rows", "200", "--plans", "6", "--json");

        Assert.True(found.ExitCode == 0, found.Errors);
        Assert.Contains(found.Json["plans"]!.AsArray(), p => p!["rewrites"]!.AsArray().Any(r => (string)r!["directive"]! == "cascade"));
    }

    static LoopbackReply Reply(LoopbackCall call, Func<string, string, JsonNode?> answer)
    {
        // The fields that are asked for are in the instructions, one a line.
        string[] fields = [.. System.Text.RegularExpressions.Regex.Matches((string)call.Body["messages"]![0]!["content"]!, "^- \"([a-z_]+)\" \\(", System.Text.RegularExpressions.RegexOptions.Multiline).Select(m => m.Groups[1].Value)];
        return new LoopbackReply
        {
            Text = new JsonObject
            {
                ["results"] = new JsonArray([.. JsonDocument.Parse(call.Prompt).RootElement.GetProperty("items").EnumerateArray().Select(item =>
                {
                    var result = new JsonObject { ["id"] = item.GetProperty("id").GetInt32() };
                    foreach (var field in fields)
                    {
                        result[field] = answer(field, TextOf(item.GetProperty("data")));
                    }

                    return result;
                })]),
            }.ToJsonString(),
        };
    }

    Task<ProcessResult> SearchAsync(string pipeline, params string[] options) => SluiceAsync(["prompts", "search", pipeline, .. options, "--store", "store"]);

    Task<ProcessResult> EvaluateAsync(string pipeline, params string[] options) => PromptsAsync("evaluate", pipeline, options);

    Task<ProcessResult> PromptsAsync(string command, string pipeline, params string[] options)
    {
        string[] examples = options.Contains("--examples") ? [] : ["--examples", "known.csv"];
        return SluiceAsync(["prompts", command, pipeline, .. examples, .. options, "--store", "store"]);
    }

    async Task<ProcessResult> SluiceAsync(params string[] arguments)
    {
        var environment = new Dictionary<string, string> { ["Sluice__Llm__Providers__local__Endpoint"] = server.OpenAI };
        foreach (var (model, price) in new[] { ("apt", "1"), ("poor", "2") })
        {
            environment[$"Sluice__Llm__Models__{model}__Provider"] = "local";
            environment[$"Sluice__Llm__Models__{model}__InputPrice"] = price;
            environment[$"Sluice__Llm__Models__{model}__OutputPrice"] = price;
        }

        using var process = SluiceProcess.Start(folder.Path, environment, arguments);
        return await process.EndAsync();
    }
}
