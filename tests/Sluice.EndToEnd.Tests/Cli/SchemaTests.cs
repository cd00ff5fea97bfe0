using System.Text.Json.Nodes;
using Sluice.Llm.Loopback;

namespace Sluice.EndToEnd.Tests.Cli;

public sealed class SchemaTests : IDisposable
{
    readonly TestFolder folder = new();

    public SchemaTests()
    {
        folder.Write("customers.csv", "id,email,city\n" + string.Concat(Enumerable.Range(1, 40).Select(i => $"{i},User{i}@example.org,{(i % 2 == 0 ? "Paris" : "Oslo")}\n")));
        folder.Write("orders.csv", "order_id,customer_id,ordered\n" + string.Concat(Enumerable.Range(1, 90).Select(i => $"{i},{1 + (i % 40)},2024-01-{1 + (i % 28):00}\n")));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Says_what_files_are_and_how_they_refer_to_each_other()
    {
        var text = await SluiceAsync("schema", "customers.csv", "orders.csv");
        var json = await SluiceAsync("schema", "customers.csv", "orders.csv", "--json");

        Assert.Equal((0, "", 0), (text.ExitCode, text.Errors, json.ExitCode));
        Assert.Contains("customers: 40 rows, 3 columns", text.Output, StringComparison.Ordinal);
        Assert.Contains("orders.customer_id → customers.id", text.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("User1@", text.Output, StringComparison.Ordinal);
        Assert.Equal("customer_id", (string)json.Json["foreign_keys"]![0]!["column"]!);
    }

    [Fact]
    public async Task The_suggested_pipeline_runs()
    {
        var steps = await SluiceAsync("schema", "customers.csv", "--steps");
        folder.Write("pipeline.yaml", steps.Output);

        var run = await SluiceAsync("run", "pipeline.yaml", "--json");

        Assert.Equal((0, 0), (steps.ExitCode, run.ExitCode));
        Assert.Contains("standardize_case", steps.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_files_that_are_not_there_and_several_for_one_pipeline()
    {
        var absent = await SluiceAsync("schema", "nowhere.csv");
        var several = await SluiceAsync("schema", "customers.csv", "orders.csv", "--steps");

        Assert.Equal((3, 2), (absent.ExitCode, several.ExitCode));
        Assert.Contains("nowhere.csv", absent.Errors, StringComparison.Ordinal);
        Assert.Contains("--steps prints the pipeline of one file; 2 were given.", several.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_describes_columns_sees_no_personal_data_and_is_asked_once()
    {
        await using var server = await LoopbackModels.StartAsync();
        server.Answer = Describe;
        (string, string)[] settings = [("Providers__local__Endpoint", server.OpenAI), ("Providers__local__Concurrency", "4"), ("Models__one__Provider", "local"), .. server.Prices.GetValueOrDefault("one", LoopbackPrice.Usual).Settings.Select(p => ("Models__one__" + p.Name, p.Value))];

        var first = await AskingAsync(settings, "schema", "customers.csv", "--model", "one", "--json");
        var calls = server.Calls.Count;
        var text = await AskingAsync(settings, "schema", "customers.csv", "--model", "one");
        var cost = await AskingAsync(settings, "cost", "schema", "--json");
        var unknown = await AskingAsync(settings, "schema", "customers.csv", "--model", "two");
        var none = await SluiceAsync("schema", "customers.csv", "--model", "one", "--json");

        Assert.Equal((0, "", 0, 0, 2, 0), (first.ExitCode, first.Errors, text.ExitCode, cost.ExitCode, unknown.ExitCode, none.ExitCode));
        Assert.Equal(["Meaning of id", "Meaning of email", "Meaning of city"], first.Json["columns"]!.AsArray().Select(c => (string)c!["description"]!));
        Assert.Equal("pii", (string)first.Json["refinement"]!["refused"]!.AsArray().Single()!["claim"]!);
        Assert.Equal((2, calls), ((int)first.Json["asked"]!["calls"]!, server.Calls.Count));
        Assert.Equal(server.Bill, (decimal)cost.Json["costUsd"]!);
        Assert.Equal(server.Bill, (decimal)first.Json["asked"]!["cost_usd"]!);
        Assert.DoesNotContain(server.Calls, c => c.Prompt.Contains("@example.org", StringComparison.OrdinalIgnoreCase));
        Assert.Contains("Meaning of city", text.Output, StringComparison.Ordinal);
        Assert.Contains("email, pii false:", text.Output, StringComparison.Ordinal);
        Assert.Contains("The model 'two' cannot be asked.", unknown.Errors, StringComparison.Ordinal);
        Assert.Contains(none.Json["notes"]!.AsArray(), n => ((string)n!).StartsWith("No language model was asked: none is configured.", StringComparison.Ordinal));
    }

    /// <summary>Answers each item: columns with a description and a wrong claim about personal data, tables with nothing.</summary>
    static LoopbackReply Describe(LoopbackCall call)
    {
        var results = JsonNode.Parse(call.Prompt)!["items"]!.AsArray().Select(item => item!["data"]!["column"] is { } column
            ? new JsonObject
            {
                ["id"] = item["id"]!.DeepClone(),
                ["description"] = $"Meaning of {column}",
                ["semantic_type"] = null,
                ["type"] = item["data"]!["type"]!.DeepClone(),
                ["unit"] = null,
                ["pii"] = false,
                ["min"] = null,
                ["max"] = null,
            }
            : new JsonObject { ["id"] = item["id"]!.DeepClone(), ["key"] = "[\"id\"]", ["references"] = "[]", ["steps"] = "[]" });
        return new LoopbackReply { Text = new JsonObject { ["results"] = new JsonArray([.. results]) }.ToJsonString() };
    }

    async Task<ProcessResult> AskingAsync((string Name, string Value)[] settings, params string[] arguments)
    {
        using var process = SluiceProcess.Start(folder.Path, settings.ToDictionary(s => "Sluice__Llm__" + s.Name, s => s.Value), arguments);
        return await process.EndAsync();
    }

    Task<ProcessResult> SluiceAsync(params string[] arguments) => SluiceProcess.RunAsync(folder.Path, arguments);
}
