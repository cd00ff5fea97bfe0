namespace Sluice.EndToEnd.Tests.Cli;

/// <summary><c>sluice check-split</c>, on versions that a pipeline made.</summary>
public sealed class CheckSplitTests : IDisposable
{
    readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_certificate_of_a_version_holds_for_its_rows()
    {
        await MakeAsync("near_duplicates: { columns: [text], threshold: 0.7 }");

        var shown = await SluiceAsync("check-split", "notes@latest");
        var json = await SluiceAsync("check-split", "notes@latest", "--json");

        Assert.Equal((0, 0), (shown.ExitCode, json.ExitCode));
        Assert.Contains("the certificate holds", shown.Output, StringComparison.Ordinal);
        Assert.Contains(
            "0 near-duplicate pairs (Jaccard from 0.7) in different sets; at most 0, every pair that can be one was compared",
            shown.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal((true, 0L), ((bool)json.Json["holds"]!, (long)json.Json["splits"]![0]!["audit"]!["keysCrossingSets"]!));
        Assert.Equal(0, (double)json.Json["splits"]![0]!["report"]!["certificate"]!["leakedPairs"]!["bound"]!);
    }

    [Fact]
    public async Task Rows_that_a_later_step_made_equal_are_found()
    {
        // Every second row is like its neighbour but for its case, which the split was not told to overlook.
        await MakeAsync("strategy: random", "  - id: lower\n    type: standardize_case\n    config: { columns: [text] }\n");

        var shown = await SluiceAsync("check-split", "notes@1");

        Assert.Equal(1, shown.ExitCode);
        Assert.Contains("keys have rows in more than one set; the certificate says 0", shown.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_split_by_features_compared_is_measured_again()
    {
        await MakeAsync("features: { text: text, model: hashing-64 }, cosine: 0.99, strategy: coverage, ratios: { train: 0.7, test: 0.3 }");

        var shown = await SluiceAsync("check-split", "notes@1");
        var json = await SluiceAsync("check-split", "notes@1", "--json");

        var output = shown.Output.ReplaceLineEndings(" ");
        Assert.Equal((0, 0), (shown.ExitCode, json.ExitCode));
        Assert.Contains("0 pairs of one meaning (cosine from 0.99) in different sets; at most 0, every pair that can be one was compared", output, StringComparison.Ordinal);
        Assert.Contains("test beside train, by 'text' by hashing-64: energy distance", output, StringComparison.Ordinal);
        var split = json.Json["splits"]![0]!;
        Assert.Equal((double)split["report"]!["coverage"]!["radius"]!, (double)split["audit"]!["coverage"]!["radius"]!, 4);
    }

    async Task MakeAsync(string config, string later = "")
    {
        folder.Write("notes.csv", "text\n" + string.Concat(
            Enumerable.Range(0, 60).Select(i => $"{(i % 2 == 0 ? "note" : "NOTE")} about number {i / 2 * 7919} and its square {i / 2 * 7919L * (i / 2 * 7919L)}\n")));
        folder.Write("pipeline.yaml", $$"""
            name: Notes
            steps:
              - id: rows
                type: csv
                config: { file_path: notes.csv }
              - id: parts
                type: split
                config: { {{config}} }

            """ + later);
        Assert.Equal(0, (await SluiceAsync("run", "pipeline.yaml", "--json")).ExitCode);
    }

    Task<ProcessResult> SluiceAsync(params string[] arguments) => SluiceProcess.RunAsync(folder.Path, [.. arguments, "--store", "store"]);
}
