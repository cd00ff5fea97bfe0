using System.Text.Json.Nodes;

namespace Sluice.EndToEnd.Tests.Cli;

/// <summary>A store with two versions, made once for all tests that only look at it.</summary>
public sealed class TwoVersions : IAsyncLifetime
{
    public const string Yaml = """
        name: People
        steps:
          - id: rows
            type: csv
            config: { file_path: data.csv }
          - id: adults
            type: filter
            config: { condition: age >= 18, reason: minor }
          - id: unique
            type: remove_duplicates
        """;

    public TestFolder Folder { get; } = new();

    public JsonNode First { get; private set; } = null!;

    public JsonNode Second { get; private set; } = null!;

    public static string Csv(string lastName) =>
        "id,name,age,part\n" + string.Concat(Enumerable.Range(0, 50).Select(i => $"{i},{(i == 49 ? lastName : $"Zoë {i}")},{10 + i},{"xyz"[i % 3]}\n"));

    public async Task InitializeAsync()
    {
        Folder.Write("pipeline.yaml", Yaml);
        First = await RunAsync("Last");
        Second = await RunAsync("Later");
    }

    public Task DisposeAsync()
    {
        Folder.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Runs a command on the store.</summary>
    public Task<ProcessResult> SluiceAsync(params string[] arguments) => SluiceProcess.RunAsync(Folder.Path, [.. arguments, "--store", "store"]);

    async Task<JsonNode> RunAsync(string lastName)
    {
        Folder.Write("data.csv", Csv(lastName));
        return (await SluiceAsync("run", "pipeline.yaml", "--json")).Json;
    }
}

/// <summary>Commands that look at a store: <c>datasets</c>, <c>quarantine</c>, <c>explain</c>.</summary>
public sealed class DatasetTests(TwoVersions store) : IClassFixture<TwoVersions>
{
    [Fact]
    public async Task List_shows_the_newest_version()
    {
        var text = await store.SluiceAsync("datasets", "list");
        var json = await store.SluiceAsync("datasets", "list", "--json");

        Assert.Equal((0, 0), (text.ExitCode, json.ExitCode));
        Assert.Matches($"│ people +│ data.csv │ ready +│ 2 +│ {store.Second["version"]} │ 42 +│ [0-9.]+ +│ \\d{{4}}-", text.Output);
        var head = Assert.Single(json.Json.AsArray())!;
        Assert.Equal(("people", 2, 42L), ((string)head["dataset"]!, (int)head["number"]!, (long)head["rows"]!));
        Assert.Equal((string)store.Second["version"]!, (string)head["version"]!);
    }

    [Fact]
    public async Task Show_tells_schema_steps_inputs_and_versions()
    {
        var version = (string)store.First["version"]!;

        var text = await store.SluiceAsync("datasets", "show", "people@1");
        var json = await store.SluiceAsync("datasets", "show", $"people@{version[..6]}", "--json");

        Assert.Equal((0, 0), (text.ExitCode, json.ExitCode));
        Assert.Contains($"people@{version} (number 1, ", text.Output, StringComparison.Ordinal);
        Assert.Contains("42 rows in 1 file, 50 read; parent none", text.Output, StringComparison.Ordinal);
        Assert.Matches("│ adults +│ filter +│ 50 +│ 42 +│ 8 minor +│", text.Output);
        Assert.Equal((version, 2), ((string)json.Json["entry"]!["version"]!, json.Json["versions"]!.AsArray().Count));
        Assert.Equal(["id", "name", "age", "part"], json.Json["manifest"]!["schema"]!.AsArray().Select(f => (string)f!["name"]!));
    }

    [Fact]
    public async Task Diff_counts_rows_that_came_and_went()
    {
        var text = await store.SluiceAsync("datasets", "diff", "people@1", "people@latest");
        var json = await store.SluiceAsync("datasets", "diff", "people@1", "people@2", "--json");

        Assert.Equal((0, 0), (text.ExitCode, json.ExitCode));
        Assert.Contains($"{store.First["version"]} → {store.Second["version"]}", text.Output, StringComparison.Ordinal);
        Assert.Contains("rows: 1 added, 1 removed", text.Output, StringComparison.Ordinal);
        Assert.Equal((1L, 1L, 0), ((long)json.Json["rowsAdded"]!, (long)json.Json["rowsRemoved"]!, json.Json["columnsAdded"]!.AsArray().Count));
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("jsonl")]
    [InlineData("parquet")]
    public async Task Export_writes_every_row_in_any_format(string extension)
    {
        var result = await store.SluiceAsync("datasets", "export", "people@1", "-o", $"all.{extension}");

        Assert.Equal((0, $"42 rows of people@{store.First["version"]} → all.{extension}\n"), (result.ExitCode, result.Output));
        var back = await store.SluiceAsync("read", $"all.{extension}", "--json");
        Assert.Equal((42L, 4), ((long)back.Json["rowsRead"]!, back.Json["schema"]!.AsArray().Count));
    }

    [Fact]
    public async Task Export_writes_a_file_for_each_value()
    {
        var result = await store.SluiceAsync("datasets", "export", "people", "-o", "sets/people.csv", "--split-by", "part", "--json");

        Assert.Equal((0, 42L), (result.ExitCode, (long)result.Json["rows"]!));
        var files = result.Json["files"]!.AsArray().Select(f => (string)f!).ToList();
        Assert.Equal(["people-x.csv", "people-y.csv", "people-z.csv"], files);
        Assert.Equal(42 + 3, files.Sum(f => File.ReadLines(store.Folder[$"sets/{f}"]).Count()));
    }

    [Theory]
    [InlineData("Dataset 'nobody' does not exist. There are: people.", "datasets", "show", "nobody")]
    [InlineData("Version '9' of dataset 'people' does not exist. There are: 1 (", "datasets", "show", "people@9")]
    [InlineData("Dataset '../../x' does not exist. There are: people.", "datasets", "show", "../../x")]
    [InlineData("Version '9' of dataset 'people' does not exist. There are: 1 (", "datasets", "diff", "people@1", "people@9")]
    [InlineData("The format of '", "datasets", "export", "people", "-o", "rows.doc")]
    [InlineData("There is no record of a run 'people-0' in this store.", "quarantine", "people-0")]
    [InlineData("'../../x' cannot be the id of a run. Expected 1 to 88 of A-Z, a-z, 0-9, '.', '_' and '-', as 'sluice run' shows it.", "quarantine", "../../x")]
    public async Task What_is_not_there_ends_with_2(string error, params string[] arguments)
    {
        var text = await store.SluiceAsync(arguments);
        var json = await store.SluiceAsync([.. arguments, "--json"]);

        Assert.Equal((2, 2, 2), (text.ExitCode, json.ExitCode, (int)json.Json["exitCode"]!));
        Assert.StartsWith("error: " + error, text.Errors, StringComparison.Ordinal);
        var told = (string?)json.Json["problems"]?[0]?["message"] ?? (string?)json.Json["error"];
        Assert.StartsWith(error, told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("datasets", "list")]
    [InlineData("quarantine", "people-0")]
    public async Task A_folder_without_a_store_stays_as_it_is(params string[] arguments)
    {
        using var empty = new TestFolder();

        var result = await SluiceProcess.RunAsync(empty.Path, arguments);

        Assert.Equal(
            (2, $"error: There is no store in '{empty[".sluice"]}'. Run a pipeline first, or name the folder with --store.\n"), (result.ExitCode, result.Errors));
        Assert.Empty(Directory.GetFileSystemEntries(empty.Path));
    }

    [Fact]
    public async Task Quarantine_of_a_run_that_put_nothing_aside_is_empty()
    {
        var run = (string)store.First["run"]!;

        var text = await store.SluiceAsync("quarantine", run);
        var json = await store.SluiceAsync("quarantine", run, "--json");

        Assert.Equal((0, $"Run {run} put no rows aside.\n"), (text.ExitCode, text.Output));
        Assert.Empty(json.Json.AsArray());
    }

    [Fact]
    public async Task Explain_shows_the_plan_and_makes_nothing()
    {
        using var folder = new TestFolder();
        folder.Write("pipeline.yaml", TwoVersions.Yaml);
        folder.Write("data.csv", TwoVersions.Csv("Last"));

        var text = await SluiceProcess.RunAsync(folder.Path, "explain", "pipeline.yaml");
        var json = await SluiceProcess.RunAsync(folder.Path, "explain", "pipeline.yaml", "--json");

        Assert.Equal((0, 0), (text.ExitCode, json.ExitCode));
        Assert.Contains("People → dataset people", text.Output, StringComparison.Ordinal);
        Assert.Contains("source  rows (csv) data.csv  1 file, ", text.Output, StringComparison.Ordinal);
        Assert.Matches("│ unique +│ remove_duplicates +│ row keys +│", text.Output);
        Assert.Equal(["adults", "unique"], json.Json["steps"]!.AsArray().Select(s => (string)s!["id"]!));
        Assert.Equal(["read", "look", "look", "apply", "publish"], json.Json["walks"]!.AsArray().Select(w => (string)w!["name"]!));
        Assert.Empty(json.Json["advice"]!.AsArray());
        Assert.Equal(2, Directory.GetFileSystemEntries(folder.Path).Length);
    }

    [Fact]
    public async Task Explain_and_run_advise_to_validate_what_was_read()
    {
        const string Advice = "Step 'late' (quality_validation) validates what step 'adults' left; nothing validates what was read. Put a quality_validation before 'adults' too.";
        using var folder = new TestFolder();
        folder.Write("pipeline.yaml", TwoVersions.Yaml.TrimEnd() + "\n  - { id: late, type: quality_validation }\n");
        folder.Write("data.csv", TwoVersions.Csv("Last"));

        var plan = await SluiceProcess.RunAsync(folder.Path, "explain", "pipeline.yaml", "--json");
        var run = await SluiceProcess.RunAsync(folder.Path, "run", "pipeline.yaml");

        Assert.Equal([Advice], plan.Json["advice"]!.AsArray().Select(a => (string)a!));
        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"advice: {Advice}", run.Errors, StringComparison.Ordinal);
    }
}
