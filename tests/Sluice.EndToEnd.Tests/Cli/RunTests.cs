namespace Sluice.EndToEnd.Tests.Cli;

/// <summary><c>sluice run</c> as its users see it: output, exit codes, a second run, an interrupted one.</summary>
public sealed class RunTests : IDisposable
{
    const string Gate = """
        name: Gate
        steps:
          - id: rows
            type: csv
            config: { file_path: data.csv }
          - id: check
            type: quality_validation
            config:
              min_quality_score: 99
              business_rules: [{ type: range, column: score, min: 0, max: 1 }]
          - id: out
            type: csv_sink
            config: { file_path: out/rows.csv }
        """;

    readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_second_run_does_no_work_and_says_so()
    {
        DirtyTable.Write(folder.Path, 300, seed: 1);

        var first = await RunAsync();
        var report = await File.ReadAllTextAsync(folder[ReportOf(first.Output)]);
        var bytes = await File.ReadAllBytesAsync(folder["out/rows.csv"]);
        var second = await RunAsync();
        var third = await RunAsync("--json");

        Assert.Equal((0, 0, 0), (first.ExitCode, second.ExitCode, third.ExitCode));
        Assert.Contains("│ rows read", first.Output, StringComparison.Ordinal);
        Assert.Contains("apply (1 unit)", first.ErrorLines);
        Assert.DoesNotContain("Nothing to do", first.Output, StringComparison.Ordinal);
        Assert.StartsWith("<!doctype html>", report, StringComparison.OrdinalIgnoreCase);

        var version = (string)third.Json["version"]!;
        Assert.StartsWith($"Nothing to do: pipeline and input have not changed since version {version}.", second.Output, StringComparison.Ordinal);
        Assert.Empty(second.Errors);
        Assert.Empty(third.Errors);
        Assert.Equal(("done", 0, true, false), ((string)third.Json["status"]!, (int)third.Json["exitCode"]!, (bool)third.Json["upToDate"]!, (bool)third.Json["resumed"]!));
        Assert.Equal(RunImage.Read(folder["store"], "dirty").Version, version);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(folder["out/rows.csv"]));
    }

    [Fact]
    public async Task A_gate_that_refuses_ends_with_1_and_commits_nothing()
    {
        folder.Write("data.csv", "id,score\n1,5\n2,7\n");
        folder.Write("pipeline.yaml", Gate);
        const string error = "Step 'check': The quality score is 72.00; the gate asks for at least 99. Largest causes: out_of_range in 'score' 100.0 %.";

        var text = await RunAsync();
        var json = await RunAsync("--json");

        Assert.Equal((1, 1), (text.ExitCode, json.ExitCode));
        Assert.Equal("error: " + error, text.ErrorLines[^1]);
        Assert.Equal((error, "gate_failed", 1), ((string)json.Json["error"]!, (string)json.Json["status"]!, (int)json.Json["exitCode"]!));
        Assert.Null(json.Json["version"]);
        Assert.True(File.Exists(folder[ReportOf(text.Output)]), "What the gate saw is in the report.");
        Assert.False(Directory.Exists(folder["out"]), "An output was written.");
        Assert.False(Directory.Exists(folder["store/data/objects/versions"]), "A version was written.");
    }

    [Fact]
    public async Task Ctrl_C_ends_with_130_and_the_next_run_goes_on_to_the_same_version()
    {
        DirtyTable.Write(folder["calm"], 15_000, seed: 2);
        var calm = await SluiceProcess.RunAsync(folder["calm"], Arguments("--json"));

        DirtyTable.Write(folder["stopped"], 15_000, seed: 2);
        using var process = SluiceProcess.Start(folder["stopped"], null, Arguments());
        await process.LineAsync("read (");
        process.PressControlC();
        var stopped = await process.EndAsync();

        Assert.Equal(130, stopped.ExitCode);
        Assert.Equal("error: Stopped. Finished work is kept; run the same command again to go on from here.", stopped.ErrorLines[^1]);
        Assert.Empty(stopped.Output);
        Assert.False(Directory.Exists(folder["stopped/store/data/objects/versions"]), "A version was written.");
        Assert.False(Directory.Exists(folder["stopped/out"]), "An output was written.");

        var next = await SluiceProcess.RunAsync(folder["stopped"], Arguments("--json"));

        Assert.Equal((0, true, false), (next.ExitCode, (bool)next.Json["resumed"]!, (bool)next.Json["upToDate"]!));
        Assert.Equal((string)calm.Json["version"]!, (string)next.Json["version"]!);
        Assert.Empty(Image("stopped").Differences(Image("calm")));

        RunImage Image(string name) => RunImage.Read(folder[$"{name}/store"], "dirty", folder[$"{name}/out"]);
    }

    [Fact]
    public async Task Errors_are_JSON_too()
    {
        folder.Write("pipeline.yaml", Gate);
        var missing = await RunAsync("--json");
        folder.Write("pipeline.yaml", Gate.Replace("min_quality_score", "min_quality_scor", StringComparison.Ordinal));
        var invalid = await RunAsync("--json");

        Assert.Equal((3, 3), (missing.ExitCode, (int)missing.Json["exitCode"]!));
        Assert.StartsWith("The input \"data.csv\" does not exist: ", (string?)missing.Json["error"], StringComparison.Ordinal);
        Assert.Equal((2, 2), (invalid.ExitCode, (int)invalid.Json["exitCode"]!));
        var problem = Assert.Single(invalid.Json["problems"]!.AsArray())!;
        Assert.Equal((9, 7), ((int)problem["line"]!, (int)problem["column"]!));
        Assert.Contains("Did you mean 'min_quality_score'?", (string?)problem["message"], StringComparison.Ordinal);
        Assert.Empty(missing.Errors + invalid.Errors);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("no-such-command")]
    [InlineData("run", "pipeline.yaml", "--no-such-option")]
    public async Task A_command_line_that_is_wrong_ends_with_2(params string[] arguments)
    {
        var result = await SluiceProcess.RunAsync(folder.Path, arguments);

        Assert.Equal(2, result.ExitCode);
        Assert.NotEmpty(result.Errors);
    }

    static string[] Arguments(params string[] more) => ["run", "pipeline.yaml", "--store", "store", "--batch-bytes", "16384", .. more];

    Task<ProcessResult> RunAsync(params string[] more) => SluiceProcess.RunAsync(folder.Path, ["run", "pipeline.yaml", "--store", "store", .. more]);

    static string ReportOf(string output) => output.Split(['│', ' ', '\n']).Single(word => word.EndsWith(".html", StringComparison.Ordinal));
}
