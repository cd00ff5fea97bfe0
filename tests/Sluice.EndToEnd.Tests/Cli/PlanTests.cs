namespace Sluice.EndToEnd.Tests.Cli;

/// <summary>What a pipeline would do and did: <c>explain --optimise</c>, <c>explain --sample</c>, <c>compare</c>.</summary>
public sealed class PlanTests
{
    const string Yaml = """
        name: People
        steps:
          - { id: rows, type: csv, config: { file_path: data.csv } }
          - { id: figures, type: text_features, config: { columns: [name] } }
          - { id: adults, type: filter, config: { condition: age >= 18 } }
          - { id: tidy, type: strip_whitespace }
          - { id: some, type: filter, config: { condition: age < 90 } }

        """;

    static TestFolder Folder()
    {
        var folder = new TestFolder();
        folder.Write("people.yaml", Yaml);
        folder.Write("data.csv", "name,age\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $" name {i},{i}\n")));
        return folder;
    }

    [Fact]
    public async Task Explain_shows_what_is_rewritten_and_what_is_not_and_a_run_what_that_saved()
    {
        using var folder = Folder();

        var text = await SluiceProcess.RunAsync(folder.Path, "explain", "--optimise", "people.yaml");
        var json = await SluiceProcess.RunAsync(folder.Path, "explain", "--optimise", "people.yaml", "--json");
        var run = await SluiceProcess.RunAsync(folder.Path, "run", "people.yaml", "--json");
        var saved = await SluiceProcess.RunAsync(folder.Path, "explain", "--optimise", "--run", (string)run.Json["run"]!, "--json");

        Assert.Equal((0, 0, 0, 0), (text.ExitCode, json.ExitCode, run.ExitCode, saved.ExitCode));
        Assert.Contains("Order: adults → figures → tidy → some", text.Output, StringComparison.Ordinal);
        Assert.Contains("optimize: rows allows it", text.Output, StringComparison.Ordinal);
        Assert.Equal(["filter_pushdown"], json.Json["rewrites"]!.AsArray().Select(r => (string)r!["rule"]!));
        Assert.Equal(100, (int)json.Json["checkedRows"]!);
        Assert.Equal(["adults", "figures", "tidy", "some"], saved.Json["ran"]!.AsArray().Select(r => (string)r!["step"]!));
        Assert.InRange((double)saved.Json["saved"]!, 0.1, 0.3);
    }

    [Fact]
    public async Task A_sample_shows_what_each_step_does_and_stores_nothing()
    {
        using var folder = Folder();

        var text = await SluiceProcess.RunAsync(folder.Path, "explain", "--sample", "40", "people.yaml");
        var json = await SluiceProcess.RunAsync(folder.Path, "explain", "--sample", "40", "people.yaml", "--json");

        Assert.Equal((0, 0), (text.ExitCode, json.ExitCode));
        Assert.Contains("22 of 40 rows are left", text.Output, StringComparison.Ordinal);
        Assert.Equal([40, 40, 22, 22], json.Json["steps"]!.AsArray().Select(s => (int)s!["rowsIn"]!));
        Assert.Equal(2, Directory.GetFileSystemEntries(folder.Path).Length);
    }

    [Fact]
    public async Task Compare_shows_what_a_step_brings_and_costs()
    {
        using var folder = Folder();

        var json = await SluiceProcess.RunAsync(folder.Path, "compare", "people.yaml", "--without", "figures", "--json");
        var needed = await SluiceProcess.RunAsync(folder.Path, "compare", "people.yaml", "--without", "nothing");

        Assert.Equal(0, json.ExitCode);
        Assert.True((double)json.Json["costShare"]! > 0.5);
        Assert.Equal((72, 72), ((int)json.Json["with"]!["kept"]!, (int)json.Json["without"]!["kept"]!));
        Assert.Equal(2, needed.ExitCode);
        Assert.Contains("The pipeline has no step 'nothing'.", needed.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_questions_that_do_not_go_together()
    {
        using var folder = Folder();

        var both = await SluiceProcess.RunAsync(folder.Path, "explain", "--optimise", "--sample", "5", "people.yaml");
        var none = await SluiceProcess.RunAsync(folder.Path, "explain");

        Assert.Equal((2, 2), (both.ExitCode, none.ExitCode));
        Assert.Contains("two questions", both.Errors, StringComparison.Ordinal);
        Assert.Contains("No pipeline is named", none.Errors, StringComparison.Ordinal);
    }
}
