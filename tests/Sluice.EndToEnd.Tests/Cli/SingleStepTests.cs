namespace Sluice.EndToEnd.Tests.Cli;

/// <summary>Commands without a store: <c>steps</c>, <c>apply</c>, <c>read</c>. They leave nothing but what they are asked to write.</summary>
public sealed class SingleStepTests : IDisposable
{
    readonly TestFolder folder = new();

    public SingleStepTests() => folder.Write("data.csv", "id,name,score\n1, Ann ,10\n2,Bob,200\n3, Cid,30\n");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Steps_lists_the_catalogue()
    {
        var text = await SluiceAsync("steps");
        var json = await SluiceAsync("steps", "--json");

        Assert.Equal((0, 0), (text.ExitCode, json.ExitCode));
        Assert.Matches("│ filter +│ step +│ Keeps the rows", text.Output);
        var all = json.Json.AsArray().Select(c => ((string)c!["type"]!, (string)c["kind"]!)).ToList();
        Assert.Contains(("csv", "source"), all);
        Assert.Contains(("csv", "sink"), all);
        Assert.Contains(("data_cleaning", "step"), all);
    }

    [Fact]
    public async Task Steps_of_a_type_shows_its_options_and_of_an_unknown_one_what_there_is()
    {
        var text = await SluiceAsync("steps", "filter");
        var json = await SluiceAsync("steps", "csv", "--json");
        var unknown = await SluiceAsync("steps", "nope");

        Assert.Equal((0, 0, 2), (text.ExitCode, json.ExitCode, unknown.ExitCode));
        Assert.Matches("│ condition +│ text +│ required +│", text.Output);
        Assert.Equal(["source", "sink"], json.Json.AsArray().Select(c => (string)c!["kind"]!));
        Assert.StartsWith("error: 'nope' is not in the catalogue. It has: csv, ", unknown.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_shows_the_first_rows_and_what_was_changed()
    {
        var result = await SluiceAsync("apply", "strip_whitespace", "data.csv");

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Matches("│ 1 +│ Ann +│ 10 +│", result.Output);
        Assert.Contains("2 cells changed: strip_whitespace:name", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("3 rows read, 3 kept\n", result.Output, StringComparison.Ordinal);
        AssertLeft("data.csv");
    }

    [Fact]
    public async Task Apply_writes_rows_and_evidence()
    {
        var result = await SluiceAsync(
            "apply", "filter", "data.csv", "--config", """{ "condition": "score < 100", "reason": "too_high" }""", "-o", "kept.csv", "--evidence", "why.jsonl", "--json");

        Assert.Equal((0, 3L, 2L, 1L), (result.ExitCode, (long)result.Json["rowsRead"]!, (long)result.Json["rows"]!, (long)result.Json["rejected"]!["too_high"]!));
        Assert.Equal("id,name,score\n1,\" Ann \",10\n3,\" Cid\",30\n", await File.ReadAllTextAsync(folder["kept.csv"]));
        Assert.Contains("\"reason\":\"too_high\"", Assert.Single(await File.ReadAllLinesAsync(folder["why.jsonl"])), StringComparison.Ordinal);
        AssertLeft("data.csv", "kept.csv", "why.jsonl");
    }

    [Fact]
    public async Task Apply_of_a_gate_that_refuses_ends_with_1_and_one_JSON_document()
    {
        string[] arguments = ["apply", "quality_validation", "data.csv", "--config", """{ "min_quality_score": 99, "schema": { "required_columns": ["email"] } }""", "-o", "kept.csv"];
        const string error = "The quality score is ";

        var text = await SluiceAsync(arguments);
        var json = await SluiceAsync([.. arguments, "--json"]);

        Assert.Equal((1, 1, 1), (text.ExitCode, json.ExitCode, (int)json.Json["exitCode"]!));
        Assert.Equal("3 rows read, 0 kept\n", text.Output);
        Assert.Contains(error, text.ErrorLines.Single(), StringComparison.Ordinal);
        Assert.Contains(error, (string?)json.Json["error"], StringComparison.Ordinal);
        AssertLeft("data.csv");
    }

    [Theory]
    [InlineData("'nope' is not a step. There are: ", "apply", "nope", "data.csv")]
    [InlineData("--config is not JSON: ", "apply", "filter", "data.csv", "--config", "{x")]
    [InlineData("command line:1:", "apply", "filter", "data.csv", "--config", """{ "condition": "scor < 1" }""")]
    [InlineData("The format of '", "read", "data.csv", "-o", "rows.doc")]
    public async Task Wrong_options_end_with_2(string error, params string[] arguments)
    {
        var result = await SluiceAsync(arguments);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("error: " + error, result.Errors, StringComparison.Ordinal);
        AssertLeft("data.csv");
    }

    [Fact]
    public async Task Read_converts_with_detected_types()
    {
        var written = await SluiceAsync("read", "data.csv", "-o", "data.parquet");
        var back = await SluiceAsync("read", "data.parquet", "--json");
        var shown = await SluiceAsync("read", "data.parquet");

        Assert.Equal(0, written.ExitCode);
        Assert.StartsWith("delimiter ',', quote '\"', ", written.Output, StringComparison.Ordinal);
        Assert.EndsWith("\n3 rows read, 3 kept → data.parquet\n", written.Output, StringComparison.Ordinal);
        Assert.Equal(["int64", "text", "int64"], back.Json["schema"]!.AsArray().Select(f => (string)f!["type"]!));
        Assert.Matches("│ 2 +│ Bob +│ 200 +│", shown.Output);
    }

    [Fact]
    public async Task Read_of_a_missing_file_ends_with_3()
    {
        var text = await SluiceAsync("read", "none.csv");
        var json = await SluiceAsync("read", "none.csv", "--json");

        Assert.Equal((3, 3, 3), (text.ExitCode, json.ExitCode, (int)json.Json["exitCode"]!));
        Assert.StartsWith("error: The input \"none.csv\" does not exist: ", Assert.Single(text.ErrorLines), StringComparison.Ordinal);
        AssertLeft("data.csv");
    }

    Task<ProcessResult> SluiceAsync(params string[] arguments) => SluiceProcess.RunAsync(folder.Path, arguments);

    void AssertLeft(params string[] names) => Assert.Equal(names, Directory.GetFileSystemEntries(folder.Path).Select(p => Path.GetFileName(p)!).Order(StringComparer.Ordinal));
}
