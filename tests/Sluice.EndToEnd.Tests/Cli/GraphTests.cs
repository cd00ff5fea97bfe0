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
    }

    [Fact]
    public async Task Every_chain_is_sampled_planned_and_compared_without_a_store()
    {
        var before = Directory.GetFileSystemEntries(folder.Path).Length;

        var plans = await SluiceProcess.RunAsync(folder.Path, "explain", "pipeline.yaml", "--optimise");
        var sample = await SluiceProcess.RunAsync(folder.Path, "explain", "pipeline.yaml", "--sample", "5", "--json");
        var shown = await SluiceProcess.RunAsync(folder.Path, "explain", "pipeline.yaml", "--sample", "20");
        var compared = await SluiceProcess.RunAsync(folder.Path, "compare", "pipeline.yaml", "--without", "once", "--json");
        var forecast = await SluiceProcess.RunAsync(folder.Path, "run", "pipeline.yaml", "--forecast", "--store", folder["elsewhere"]);

        Assert.All(new[] { "orders_2025", "orders_2026", "tidy", "named" }, chain => Assert.Contains($"shop-orders-{chain}  optimize: exact", plans.Output, StringComparison.Ordinal));
        Assert.Equal(["5 5", "5 5", "8 8", "10 10", "10 2"], sample.Json["chains"]!.AsArray().Select(c => $"{c!["rows"]} {c["kept"]}"));
        Assert.Contains("24 of 25 rows are left;", shown.Output, StringComparison.Ordinal);
        Assert.Equal(["shop-orders-named 24 25", "shop-orders 10 10"], compared.Json["chains"]!.AsArray().Select(c => $"{c!["dataset"]} {c["with"]!["kept"]} {c["without"]!["kept"]}"));
        Assert.Equal(2, forecast.ExitCode);
        Assert.Contains("There is nothing to forecast: no step of the pipeline asks a language model", forecast.Errors, StringComparison.Ordinal);
        Assert.Equal(before + 1, Directory.GetFileSystemEntries(folder.Path).Length);
    }

    [Fact]
    public async Task A_run_of_all_chains_and_each_of_them_are_told_apart()
    {
        Task<ProcessResult> SluiceAsync(params string[] arguments) => SluiceProcess.RunAsync(folder.Path, [.. arguments, "--store", "store"]);
        var run = (string)(await SluiceAsync("run", "pipeline.yaml", "--json")).Json["run"]!;
        folder.Write("reading.yaml", "name: reading\nsteps:\n  - { id: orders, type: dataset, config: { dataset: shop-orders } }\n");

        var whole = await SluiceAsync("evidence", run);
        var chain = await SluiceAsync("evidence", $"{run}.c3", "--json");
        var saved = await SluiceAsync("explain", "--optimise", "--run", run, "--json");
        var undo = await SluiceAsync("undo", "shop-orders", "--step", "tidy");
        var changes = await SluiceAsync("changes", $"{run}.c4", "--step", "tidy");
        var undone = await SluiceAsync("undo", "shop-orders-tidy", "--step", "tidy");
        var explained = await SluiceAsync("explain", "reading.yaml");

        Assert.Equal((2, 0, 0, 2, 0), (whole.ExitCode, chain.ExitCode, saved.ExitCode, undo.ExitCode, undone.ExitCode));
        Assert.Contains(
            $"'{run}' is a run of several chains, each with a record of its own. Add the chain to the id: .c0 (shop-orders-orders_2025), .c1 (shop-orders-orders_2026), .c2 (shop-orders-tidy), .c3 (shop-orders-named), .c4 (shop-orders)",
            whole.Errors, StringComparison.Ordinal);
        Assert.Equal(("shop-orders-named", 1), ((string)chain.Json["dataset"]!, (int)chain.Json["verdicts"]!));
        Assert.Equal(5, saved.Json["chains"]!.AsArray().Count);
        Assert.All(new[] { undo, changes }, refused => Assert.Matches("has no step 'tidy'. It has: large. It was made of shop-orders-named@v-[0-9a-f]{16}: a step of one of them is named with that.", refused.Errors));
        Assert.Contains("let this chain of the pipeline end with it", undone.Output, StringComparison.Ordinal);
        Assert.Matches("source  orders \\(dataset\\)  shop-orders@v-[0-9a-f]{16}, [0-9,]+ bytes", explained.Output);
    }

    [Fact]
    public async Task Ctrl_C_within_a_chain_ends_with_130_and_the_next_run_does_only_what_is_left()
    {
        DirtyTable.WriteGraph(folder["calm"], 8_000, seed: 2);
        DirtyTable.WriteGraph(folder["stopped"], 8_000, seed: 2);
        var log = folder["units.log"];
        var settings = new Dictionary<string, string> { ["Sluice__UnitLog"] = log };
        string[] arguments = ["run", "pipeline.yaml", "--store", "store", "--batch-bytes", "65536"];
        var calm = await SluiceProcess.RunAsync(folder["calm"], [.. arguments, "--json"]);

        using var process = SluiceProcess.Start(folder["stopped"], settings, arguments);
        await process.LineAsync("dirty-placed: look");
        process.PressControlC();
        var stopped = await process.EndAsync();
        using var next = SluiceProcess.Start(folder["stopped"], settings, [.. arguments, "--json"]);
        var ended = await next.EndAsync();

        Assert.Equal(130, stopped.ExitCode);
        Assert.Equal((0, true), (ended.ExitCode, (bool)ended.Json["resumed"]!));
        Assert.False((bool)calm.Json["resumed"]!);
        var units = new UnitLines(log);
        Assert.Empty(units.DoneTwice.Concat(units.Unfinished));
        Assert.Empty(Image("stopped").Differences(Image("calm")));

        RunImage Image(string name) => RunImage.Read(folder[$"{name}/store"], DirtyTable.GraphDatasets, folder[$"{name}/out"]);
    }
}
