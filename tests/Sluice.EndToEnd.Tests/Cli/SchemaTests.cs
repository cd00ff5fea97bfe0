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

    Task<ProcessResult> SluiceAsync(params string[] arguments) => SluiceProcess.RunAsync(folder.Path, arguments);
}
