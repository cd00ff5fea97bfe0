using System.Reflection;

namespace Sluice.EndToEnd.Tests.Cli;

/// <summary>The sample of a pipeline with several sources and outputs, as its user sees it.</summary>
public sealed class GraphTests : IDisposable
{
    static readonly string native = typeof(GraphTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "NativeFolder").Value!;

    readonly TestFolder folder = new();

    public GraphTests()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(native, "..", "samples", "shop")))
        {
            folder.Write(Path.GetFileName(file), File.ReadAllText(file));
        }
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_sample_runs_is_explained_and_says_what_does_not_run_where_a_gate_refuses()
    {
        var explained = await SluiceProcess.RunAsync(folder.Path, "explain", "pipeline.yaml");
        var run = await SluiceProcess.RunAsync(folder.Path, "run", "pipeline.yaml", "--json", "--store", "store");
        var again = await SluiceProcess.RunAsync(folder.Path, "run", "pipeline.yaml", "--store", "store");

        Assert.Contains("shop-orders-orders_2025, shop-orders-orders_2026, shop-orders-tidy", explained.Output, StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            ["shop-orders-orders_2025 15", "shop-orders-orders_2026 10", "shop-orders-tidy 8", "shop-orders-named 24", "shop-orders 10"],
            run.Json["chains"]!.AsArray().Select(c => $"{c!["dataset"]} {c["rows"]}"));
        Assert.Equal(11, (await File.ReadAllLinesAsync(Path.Combine(folder.Path, "out", "large-orders.csv"))).Length);
        Assert.Contains("Nothing to do:", again.Output, StringComparison.Ordinal);

        var text = await File.ReadAllTextAsync(Path.Combine(folder.Path, "pipeline.yaml"));
        folder.Write("strict.yaml", text.Replace("type: strip_whitespace", "type: quality_validation\n    config: { min_quality_score: 100, business_rules: [{ type: regex, column: city, pattern: '^[A-Z]+$' }] }", StringComparison.Ordinal));
        var refused = await SluiceProcess.RunAsync(folder.Path, "run", "strict.yaml", "--store", "store");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("shop-orders-tidy: Step 'tidy': The quality score is", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("shop-orders-named: not run: it reads shop-orders-tidy, which has no version of this run", refused.Errors, StringComparison.Ordinal);

        var applied = await SluiceProcess.RunAsync(folder.Path, "run", "pipeline.yaml", "--forecast", "--store", "store");
        Assert.Equal(2, applied.ExitCode);
        Assert.Contains("has 5 chains, which make the datasets", applied.Errors, StringComparison.Ordinal);
    }
}
