using System.Text;
using System.Text.Json.Nodes;
using Sluice.Batches;
using Sluice.Connectors;
using Sluice.Runs;
using Sluice.Storage;
using Sluice.Tests.Llm;

namespace Sluice.EndToEnd.Tests.Cli;

/// <summary><c>sluice cost</c>, and <c>sluice run</c> of a step that asks a model.</summary>
public sealed class CostTests
{
    const string Yaml = """
        name: moods
        steps:
          - { id: rows, type: csv, config: { file_path: data.csv } }
          - { id: mood, type: llm_process, config: { type: classify, prompt: '{{ text }}', labels: [good, bad] } }

        """;

    const string Csv = "id,text\n1,fine\n2,awful\n3,fine\n4,write to ann@example.com\n";

    /// <summary>A run on the store in a folder, with a model that answers at once.</summary>
    static async Task RunAsync(TestFolder folder, string id)
    {
        var models = new ScriptedModels { Row = _ => new JsonObject { ["label"] = "good" } };
        await using var store = new FolderStore(Path.Combine(folder.Path, "store", "data"));
        await using var ledger = new SqliteLedger(Path.Combine(folder.Path, "store", "ledger.db"));
        await store.CreateAsync("pipelines/moods.yaml", Encoding.UTF8.GetBytes(Yaml), CancellationToken.None);
        var engine = new RunEngine(
            store, ledger, new BatchFiles(store), r => new FolderInputs([folder.Path], r.InputFolder), new RunOptions(), TimeProvider.System, models: models);
        await LocalRun.RunAsync(engine, new RunRequest(id, "pipelines/moods.yaml", "moods.yaml", folder.Path), 1, null, CancellationToken.None);
    }

    [Fact]
    public async Task Costs_of_a_run_and_of_a_dataset_are_shown()
    {
        using var folder = new TestFolder();
        Task<ProcessResult> SluiceAsync(params string[] arguments) => SluiceProcess.RunAsync(folder.Path, [.. arguments, "--store", "store"]);
        folder.Write("data.csv", Csv);
        await RunAsync(folder, "first");
        folder.Write("data.csv", Csv + "5,so so\n");
        await RunAsync(folder, "second");

        var cost = (await SluiceAsync("cost", "first", "--by", "row", "--json")).Json;
        Assert.Equal(1, (int)cost["cost"]!["total"]!["calls"]!);
        Assert.Equal(1, (int)cost["cost"]!["repeatedRows"]!);
        Assert.Equal(1, (int)cost["cost"]!["pii"]!["email"]!);
        Assert.Equal((decimal)cost["cost"]!["total"]!["costUsd"]!, cost["rows"]!.AsArray().Sum(row => (decimal)row!["costUsd"]!));
        Assert.Equal(["mood row 1", "mood row 2", "mood row 4"], cost["rows"]!.AsArray().Select(row => (string)row!["name"]!));

        var shown = await SluiceAsync("cost", "moods@latest", "--by", "provider");
        Assert.Equal(0, shown.ExitCode);
        Assert.Contains("second", shown.Output, StringComparison.Ordinal);
        Assert.Contains("test/model", shown.Output, StringComparison.Ordinal);
        Assert.Contains("3 answers of earlier runs, 1 rows with the same question as another", shown.Output, StringComparison.Ordinal);

        var all = await SluiceAsync("cost", "moods");
        Assert.Matches("│ first +│ +1 │", all.Output);
        Assert.Contains("2 runs: $0.0", all.Output, StringComparison.Ordinal);
        var unknown = await SluiceAsync("cost", "nothing");
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("'nothing' is no run and no dataset that asked a language model in this store.", unknown.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_in_doubt_are_shown_beside_the_cost_and_are_not_in_it()
    {
        using var folder = new TestFolder();
        folder.Write("data.csv", Csv);
        await RunAsync(folder, "first");

        // As a kill leaves it: begun, and no record of it.
        folder.Write(
            "store/data/objects/runs/first/begun-calls/mood/c0ffee-1.json",
            """{"id":"c0ffee","step":"mood","try":"1","at":"2026-11-22T08:00:00+00:00","model":"test/model","rows":3,"most":{"inputTokens":900,"outputTokens":2000},"mostUsd":0.0327}""");

        var shown = await SluiceProcess.RunAsync(folder.Path, "cost", "first", "--store", "store");
        var json = (await SluiceProcess.RunAsync(folder.Path, "cost", "first", "--store", "store", "--json")).Json["cost"]!;
        var all = await SluiceProcess.RunAsync(folder.Path, "cost", "moods", "--store", "store");

        Assert.Contains("1 call, at most $0.0327, not in the cost", shown.Output, StringComparison.Ordinal);
        Assert.Equal((1, 900, 2000, 0.0327m), ((int)json["inDoubt"]!["calls"]!, (int)json["inDoubt"]!["mostInputTokens"]!, (int)json["inDoubt"]!["mostOutputTokens"]!, (decimal)json["inDoubt"]!["mostUsd"]!));
        Assert.True((decimal)json["total"]!["costUsd"]! < 0.01m);
        Assert.Contains("In doubt besides: 1 call, at most $0.0327.", all.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_model_the_run_and_the_forecast_are_refused()
    {
        using var folder = new TestFolder();
        folder.Write("data.csv", Csv);
        folder.Write("moods.yaml", Yaml);

        foreach (var option in new string[][] { [], ["--forecast"] })
        {
            var refused = await SluiceProcess.RunAsync(folder.Path, ["run", "moods.yaml", .. option]);

            Assert.Equal(2, refused.ExitCode);
            Assert.Contains("Step 'mood' asks the language model 'default', which cannot be asked here.", refused.Errors, StringComparison.Ordinal);
        }
    }
}
