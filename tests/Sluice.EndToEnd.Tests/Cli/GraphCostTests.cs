using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Llm.Loopback;

namespace Sluice.EndToEnd.Tests.Cli;

/// <summary>A pipeline of several chains that ask a language model: what it will cost, what it cost, and its prompts.</summary>
public sealed class GraphCostTests : IAsyncLifetime, IDisposable
{
    const string Asks = "type: llm_process, config: { type: classify, prompt: 'Mood of {{ text }}', labels: [good, bad], model: apt, batch_size: 5 }";

    static readonly string yaml = $$$"""
        name: moods
        steps:
          - { id: old, type: csv, config: { file_path: old.csv } }
          - { id: mood_old, {{{Asks}}} }
          - { id: new, type: csv_connector, config: { file_path: new.csv } }
          - { id: tidy, type: strip_whitespace }
          - { id: list, type: csv_sink, config: { file_path: out/new.csv }, depends_on: tidy }
          - { id: mood_new, {{{Asks}}}, depends_on: tidy }
          - { id: all, type: union, depends_on: [mood_old, mood_new] }
          - { id: sure, type: semantic_filter, config: { prompt: '{{ label }} is right of {{ text }}', model: apt } }

        """;

    readonly TestFolder folder = new();
    LoopbackModels server = null!;

    public async Task InitializeAsync()
    {
        server = await LoopbackModels.StartAsync();
        server.Answer = call => new LoopbackReply
        {
            InputTokens = 200,
            OutputTokens = 50,
            Text = new JsonObject
            {
                ["results"] = new JsonArray([.. JsonDocument.Parse(call.Prompt).RootElement.GetProperty("items").EnumerateArray().Select(item =>
                    new JsonObject { ["id"] = item.GetProperty("id").GetInt32(), ["label"] = "good" })]),
            }.ToJsonString(),
        };
        folder.Write("known.csv", "text,expected\nold word 1,good\nnew word 2,good\n");
        foreach (var file in new[] { "old", "new" })
        {
            folder.Write($"{file}.csv", "text\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"{file} word {i}\n")));
        }
    }

    public async Task DisposeAsync() => await server.DisposeAsync();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_it_will_cost_and_what_its_chains_cost_is_shown_for_the_whole_run()
    {
        folder.Write("asking.yaml", yaml);
        folder.Write("pipeline.yaml", yaml[..yaml.IndexOf("  - { id: sure", StringComparison.Ordinal)]);

        var unknown = await SluiceAsync("run", "asking.yaml", "--forecast");
        var forecast = await SluiceAsync("run", "pipeline.yaml", "--forecast", "--json");
        var run = await SluiceAsync("run", "pipeline.yaml", "--json");
        var id = (string)run.Json["run"]!;
        var cost = await SluiceAsync("cost", id, "--json");
        var byChain = await SluiceAsync("cost", id, "--by", "chain");
        var byRow = await SluiceAsync("cost", id, "--by", "row", "--json");
        var one = await SluiceAsync("cost", $"{id}.c0", "--by", "chain");
        var prompts = await SluiceAsync("prompts", "evaluate", "pipeline.yaml", "--step", "mood_new", "--examples", "known.csv", "--json");

        Assert.Equal((0, 0, 0, 0, 0), (unknown.ExitCode, forecast.ExitCode, run.ExitCode, cost.ExitCode, byChain.ExitCode));
        Assert.Contains("moods is not in it: it reads moods-mood_old: what the language model answers in moods-mood_old is not there yet.", unknown.Output, StringComparison.Ordinal);
        Assert.Matches(@"The run will cost \$[0-9.]+ \(\$[0-9.]+ to \?\);", unknown.Output);
        Assert.Equal(["moods-mood_old 60", "moods-mood_new 60"], forecast.Json["chains"]!.AsArray().Select(c => $"{c!["dataset"]} {c["forecast"]!["steps"]![0]!["questions"]}"));
        Assert.Equal((decimal)cost.Json["cost"]!["total"]!["costUsd"]!, (decimal)run.Json["costUsd"]!);
        Assert.Equal(["mood_old", "mood_new"], cost.Json["cost"]!["steps"]!.AsArray().Select(s => (string)s!["name"]!));
        Assert.Matches(@"│ moods-mood_old \(\.c0\) +│ +[0-9]+ │", byChain.Output);
        Assert.Equal((decimal)cost.Json["cost"]!["total"]!["costUsd"]!, byRow.Json["rows"]!.AsArray().Sum(r => (decimal)r!["costUsd"]!));
        Assert.Equal(2, one.ExitCode);
        Assert.Contains($"'{id}.c0' is a run of one chain. Name the whole run, or use --by step.", one.Errors, StringComparison.Ordinal);
        Assert.Equal((0, "mood_new"), (prompts.ExitCode, (string)prompts.Json["evaluation"]!["step"]!));
    }

    async Task<ProcessResult> SluiceAsync(params string[] arguments)
    {
        var settings = new Dictionary<string, string>
        {
            ["Sluice__Llm__Providers__local__Endpoint"] = server.OpenAI,
            ["Sluice__Llm__Models__apt__Provider"] = "local",
            ["Sluice__Llm__Models__apt__InputPrice"] = "1",
            ["Sluice__Llm__Models__apt__OutputPrice"] = "2",
        };
        using var process = SluiceProcess.Start(folder.Path, settings, [.. arguments, "--store", "store"]);
        return await process.EndAsync();
    }
}
