namespace Sluice.EndToEnd.Tests.Cli;

/// <summary><c>sluice check</c> and <c>sluice datasets trend</c>.</summary>
public sealed class CheckTests : IDisposable
{
    readonly TestFolder folder = new();

    public CheckTests() => folder.Write(
        "people.csv",
        "id,mail,born,city\n" + string.Concat(Enumerable.Range(1, 20).Select(i => i switch
        {
            7 => "7,not an address,2001-02-07,Berlin\n",
            9 => "9,p9@x.org,,berlin\n",
            11 => "11,p11@x.org,2001-02-30,Berlin\n",
            _ => $"{i},p{i}@x.org,2001-03-{i:00},Berlin\n",
        })));

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Says_what_is_wrong_where_and_what_to_do()
    {
        var result = await SluiceAsync("check", "people.csv");

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.StartsWith("people.csv: 20 rows, 4 columns. Quality score ", result.Output, StringComparison.Ordinal);
        Assert.Matches("│ inconsistent format +│ whole table +│ medium +│ +2 of 59 cells │", result.Output);
        Assert.Matches("│ invalid value +│ whole table +│ high +│ +1 of 19 cells │", result.Output);
        Assert.Matches("│ inconsistent format +│ mail +│ row 7 'not an address' +│", result.Output);
        Assert.Matches("│ invalid value +│ born +│ row 11 '2001-02-30' +│", result.Output);
        Assert.Matches("Nothing found by: .*duplicate row", result.Output);
        Assert.Contains("What could be done", result.Output, StringComparison.Ordinal);
        AssertLeft("people.csv");
    }

    [Fact]
    public async Task Gives_the_same_as_JSON_a_page_and_all_evidence()
    {
        var result = await SluiceAsync("check", "people.csv", "--json", "-o", "page.html", "--evidence", "why.jsonl");

        Assert.Equal((0, 20L, 4L), (result.ExitCode, (long)result.Json["rows"]!, (long)result.Json["columns"]!));
        var issues = result.Json["checks"]!.AsArray().Sum(c => (long)c!["issues"]!);
        Assert.Equal(issues, (await File.ReadAllLinesAsync(folder["why.jsonl"])).LongLength);
        Assert.Contains(result.Json["suggestions"]!.AsArray(), s => (string?)s!["step"]?["type"] == "fix_types");
        Assert.StartsWith("<!doctype html>", await File.ReadAllTextAsync(folder["page.html"]), StringComparison.Ordinal);
        AssertLeft("page.html", "people.csv", "why.jsonl");
    }

    [Fact]
    public async Task A_gate_of_the_options_ends_with_1()
    {
        folder.Write("rules.yaml", "min_quality_score: 100\nbusiness_rules:\n  - { type: unique, column: id }\n");

        var file = await SluiceAsync("check", "people.csv", "--config", "rules.yaml", "--json");
        var inline = await SluiceAsync("check", "people.csv", "--config", """{ "checks": ["missing"], "min_quality_score": 100 }""");
        var passed = await SluiceAsync("check", "people.csv", "--config", """{ "checks": ["duplicates"], "min_quality_score": 100 }""");

        Assert.Equal((1, 1, 0), (file.ExitCode, inline.ExitCode, passed.ExitCode));
        Assert.Contains("the gate asks for at least 100", (string?)file.Json["error"], StringComparison.Ordinal);
        Assert.Contains("the gate asks for at least 100", inline.Errors, StringComparison.Ordinal);
        Assert.Contains(file.Json["checks"]!.AsArray(), c => (string)c!["name"]! == "not_unique" && (long)c["denominator"]! == 20);
    }

    [Fact]
    public async Task Compares_with_another_file_or_with_distributions_that_were_kept()
    {
        folder.Write("before.csv", "kind,price\n" + string.Concat(Enumerable.Range(0, 400).Select(i => $"{(i % 2 == 0 ? "a" : "b")},{i % 40}.5\n")));
        folder.Write("after.csv", "kind,price\n" + string.Concat(Enumerable.Range(0, 400).Select(i => $"{(i == 7 ? "c" : i % 2 == 0 ? "a" : "b")},{30 + (i % 40)}.5\n")));

        var plain = await SluiceAsync("check", "before.csv", "--config", """{ "checks": ["drift"] }""");
        var kept = await SluiceAsync("check", "before.csv", "--json");
        var file = await SluiceAsync("check", "after.csv", "--against", "before.csv");
        var given = await SluiceAsync("check", "after.csv", "--json", "--config", $$"""{ "baseline": {{kept.Json["distributions"]!.ToJsonString()}} }""");

        Assert.Contains("drift: nothing was compared: there is no baseline and no version before.", plain.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Matches("│ distribution shift +│ whole table +│ medium +│ +1 of 2 columns │", file.Output);
        Assert.Matches("│ unseen value +│ kind +│ row 8 'c' +│", file.Output);
        Assert.Contains("distribution_shift: 'price' since the baseline: ", file.Output, StringComparison.Ordinal);
        Assert.Contains(given.Json["checks"]!.AsArray(), c => (string)c!["name"]! == "distribution_shift" && (long)c["issues"]! == 1);
    }

    [Fact]
    public async Task Holds_a_later_file_to_the_schema_of_an_earlier_one()
    {
        folder.Write("good.csv", "id,born,city\n" + string.Concat(Enumerable.Range(1, 30).Select(i => $"{i},2001-03-{i:00},Berlin\n")));
        folder.Write("bad.csv", "id,born,note\nx,2001-03-01,\n2,,fine\n");
        folder.Write("schema.json", (await SluiceAsync("schema", "good.csv", "--json")).Output);

        var good = await SluiceAsync("check", "good.csv", "--schema", "schema.json", "--json", "--config", """{ "checks": ["missing"] }""");
        var bad = await SluiceAsync("check", "bad.csv", "--schema", "schema.json", "--json", "--config", """{ "checks": ["missing"], "fail_on_critical": true }""");

        Assert.Equal((0, 100.0), (good.ExitCode, (double)good.Json["score"]!));
        Assert.Contains(good.Json["checks"]!.AsArray(), c => (string)c!["name"]! == "not_of_type" && (long)c["denominator"]! == 30);
        Assert.Equal(1, bad.ExitCode);
        Assert.Equal(
            ["missing_column: 1 of 3", "not_of_type id: 1 of 2", "missing_required id: 0 of 2", "not_of_type born: 0 of 1", "missing_required born: 1 of 2", "missing_required city: 0 of 0"],
            bad.Json["checks"]!.AsArray().Where(c => (string)c!["name"]! != "missing_value").Select(c => $"{c!["name"]}{(c["column"] is { } column ? $" {column}" : "")}: {c["issues"]} of {c["denominator"]}"));
    }

    [Theory]
    [InlineData("--config names the file 'rules.yml', which does not exist.", "check", "people.csv", "--config", "rules.yml")]
    [InlineData("--schema names 'nothing.json', which cannot be read: Could not find file", "check", "people.csv", "--schema", "nothing.json")]
    [InlineData("The schema 'people.csv' is not JSON: ", "check", "people.csv", "--schema", "people.csv")]
    [InlineData("'chekcs' is not an option of quality_validation.", "check", "people.csv", "--config", "{ \"chekcs\": [] }")]
    [InlineData("Column 'agee' does not exist here.", "check", "people.csv", "--config", "{ \"business_rules\": [{ \"type\": \"unique\", \"column\": \"agee\" }] }")]
    public async Task Options_that_are_wrong_end_with_2(string error, params string[] arguments)
    {
        var result = await SluiceAsync(arguments);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(error, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trend_shows_the_score_of_each_version()
    {
        folder.Write("pipeline.yaml", "name: People\nsteps:\n  - { id: rows, type: csv, config: { file_path: people.csv } }\n");
        await SluiceAsync("run", "pipeline.yaml", "--store", "store");
        folder.Write("people.csv", "id,mail,born,city\n1,,,\n2,,,\n");
        await SluiceAsync("run", "pipeline.yaml", "--store", "store");

        var text = await SluiceAsync("datasets", "trend", "people", "--store", "store");
        var json = await SluiceAsync("datasets", "trend", "people", "--store", "store", "--json");

        Assert.Equal((0, 0), (text.ExitCode, json.ExitCode));
        Assert.Matches("│ 2 v-[0-9a-f]{16} │ .* │ +2 │ +[0-9.]+ │ +-[0-9.]+ │", text.Output);
        Assert.Equal([1, 2], json.Json["versions"]!.AsArray().Select(v => (int)v!["number"]!));
        Assert.Equal("missing_value", (string?)json.Json["commonIssues"]![0]!["check"]);
    }

    void AssertLeft(params string[] files) => Assert.Equal(files, Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    Task<ProcessResult> SluiceAsync(params string[] arguments) => SluiceProcess.RunAsync(folder.Path, arguments);
}
