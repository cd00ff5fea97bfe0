using System.Text.Json.Nodes;

namespace Sluice.EndToEnd.Tests.Cli;

/// <summary><c>sluice features</c>: what a version learned, applied to new rows.</summary>
public sealed class FeaturesTests : IDisposable
{
    const string Yaml = """
        name: People
        steps:
          - id: rows
            type: csv
            config: { file_path: data.csv }
          - id: split
            type: split
          - id: city
            type: encode_categoricals
            config: { columns: [city] }
          - id: age
            type: scale_numericals
            config: { columns: [age], method: min_max }
        """;

    readonly TestFolder folder = new();

    public FeaturesTests()
    {
        folder.Write("pipeline.yaml", Yaml);
        folder.Write("data.csv", "id,city,age\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"{i},{(i % 2 == 0 ? "Oslo" : "Rome")},{20 + (i % 3 * 10)}\n")));
        folder.Write("new.csv", "id,age,city,more\n7,30,Rome,x\n8,old,Oslo,x\n9,50,Kyiv,x\n");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task New_rows_become_features_from_the_store_and_from_an_exported_file()
    {
        var run = await SluiceAsync("run", "pipeline.yaml", "--json");
        var applied = await SluiceAsync("features", "apply", "people", "new.csv", "-o", "a.csv");
        var exported = await SluiceAsync("features", "export", "people@1", "-o", "people.json");
        Directory.Delete(folder["store"], recursive: true);
        var served = await SluiceAsync("features", "apply", "people.json", "new.csv", "-o", "b.csv", "--json");

        Assert.Equal((0, 0, 0, 0), (run.ExitCode, applied.ExitCode, exported.ExitCode, served.ExitCode));
        Assert.Equal("id,age,city_Oslo,city_Rome,city_infrequent\n7,0.5,0,1,0\n9,1.5,0,0,1\n", await File.ReadAllTextAsync(folder["a.csv"]));
        Assert.Equal(await File.ReadAllTextAsync(folder["a.csv"]), await File.ReadAllTextAsync(folder["b.csv"]));
        Assert.Contains($"3 rows read, 2 transformed as in people@{run.Json["version"]}, rejected: 1 wrong_type → a.csv", applied.Output, StringComparison.Ordinal);
        Assert.Contains("not in training, left out: more", applied.Output, StringComparison.Ordinal);
        Assert.Contains("1 rows: unknown_category:city", applied.Output, StringComparison.Ordinal);
        Assert.Equal((3, 2, 1), ((int)served.Json["rowsRead"]!, (int)served.Json["rows"]!, (int)served.Json["rejected"]!["wrong_type"]!));
        Assert.Equal(["city", "age"], JsonNode.Parse(await File.ReadAllTextAsync(folder["people.json"]))!["steps"]!.AsArray().Select(s => (string)s!["id"]!));
    }

    [Fact]
    public async Task Says_what_is_wrong_with_the_command()
    {
        await SluiceAsync("run", "pipeline.yaml");
        folder.Write("less.csv", "id,age\n1,30\n");
        folder.Write("no.json", "{}");

        var less = await SluiceAsync("features", "apply", "people", "less.csv", "-o", "a.csv");
        var missing = await SluiceAsync("features", "apply", "people", "less.csv", "-o", "a.csv", "--missing-columns", "missing");
        var unknown = await SluiceAsync("features", "apply", "nobody", "new.csv", "-o", "a.csv");
        var document = await SluiceAsync("features", "apply", "no.json", "new.csv", "-o", "a.csv");
        var absent = await SluiceAsync("features", "apply", "gone.json", "new.csv", "-o", "a.csv");

        Assert.NotEqual(0, less.ExitCode);
        Assert.StartsWith("error: The rows lack the column 'city', which training had; they have: id, age.", less.Errors, StringComparison.Ordinal);
        Assert.Equal(0, missing.ExitCode);
        Assert.Equal("id,age,city_Oslo,city_Rome,city_infrequent\n1,0.5,0,0,0\n", await File.ReadAllTextAsync(folder["a.csv"]));
        Assert.StartsWith("error: Dataset 'nobody' does not exist.", unknown.Errors, StringComparison.Ordinal);
        Assert.StartsWith("error: This is no document of transforms:", document.Errors, StringComparison.Ordinal);
        Assert.StartsWith("error: The file 'gone.json' does not exist.", absent.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipeline_that_leaks_is_refused_before_it_runs()
    {
        folder.Write("leak.yaml", Yaml.Replace("type: split\n", "type: filter\n    config: { condition: age > 0 }\n", StringComparison.Ordinal) + "\n  - { id: sets, type: split }\n");

        var run = await SluiceAsync("run", "leak.yaml");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("Move 'city' after 'sets'; there it learns from the set 'train' alone.", run.Errors, StringComparison.Ordinal);
        Assert.Contains("2 problems; nothing was run.", run.Errors, StringComparison.Ordinal);
    }

    Task<ProcessResult> SluiceAsync(params string[] arguments) => SluiceProcess.RunAsync(folder.Path, [.. arguments, "--store", "store"]);
}
