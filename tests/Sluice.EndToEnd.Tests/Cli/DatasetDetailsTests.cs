namespace Sluice.EndToEnd.Tests.Cli;

/// <summary><c>datasets create|set|archive|delete|list</c>, <c>changes</c> and <c>check-vectors</c>.</summary>
public sealed class DatasetDetailsTests
{
    const string Yaml = """
        name: People
        steps:
          - { id: rows, type: csv, config: { file_path: data.csv } }
          - { id: clean, type: strip_whitespace }

        """;

    [Fact]
    public async Task A_dataset_is_described_run_found_and_archived()
    {
        using var folder = new TestFolder();
        Task<ProcessResult> SluiceAsync(params string[] arguments) => SluiceProcess.RunAsync(folder.Path, [.. arguments, "--store", "store"]);
        folder.Write("pipeline.yaml", Yaml);
        folder.Write("data.csv", "id,name\n1, Ann\n2,Bob\n");

        var made = await SluiceAsync("datasets", "create", "people", "--description", "People we met", "--tag", "gold", "--metadata", "source=crm");
        var again = await SluiceAsync("datasets", "create", "people");
        var early = await SluiceAsync("datasets", "archive", "people");
        Assert.Equal((0, 2, 2), (made.ExitCode, again.ExitCode, early.ExitCode));
        Assert.Contains("people: created", made.Output, StringComparison.Ordinal);
        Assert.Contains("There is a dataset 'people' already.", again.Errors, StringComparison.Ordinal);
        Assert.Contains("Dataset 'people' is created and cannot become archived. It can become: processing.", early.Errors, StringComparison.Ordinal);

        Assert.Equal(0, (await SluiceAsync("run", "pipeline.yaml")).ExitCode);
        Assert.Equal(0, (await SluiceAsync("datasets", "set", "people", "--owner", "ann")).ExitCode);
        var shown = await SluiceAsync("datasets", "show", "people");
        Assert.Contains("people is ready", shown.Output, StringComparison.Ordinal);
        Assert.Contains("owner: ann", shown.Output, StringComparison.Ordinal);
        Assert.Matches("│ people +│ [^│]+ +│ ready +│ 1 +│ v-", (await SluiceAsync("datasets", "list", "--tag", "gold", "--column", "name")).Output);
        Assert.Empty((await SluiceAsync("datasets", "list", "--column", "none", "--json")).Json.AsArray());

        var changes = await SluiceAsync("changes", "people@latest");
        Assert.Matches("│ 1 +│ name +│ clean:strip_whitespace +│  ?Ann +│ Ann +│", changes.Output);
        Assert.Contains("1 cell changed: name 1.", changes.Output, StringComparison.Ordinal);

        Assert.Equal(0, (await SluiceAsync("datasets", "archive", "people")).ExitCode);
        folder.Write("data.csv", "id,name\n1,Cy\n");
        var refused = await SluiceAsync("run", "pipeline.yaml");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("Dataset 'people' is archived and takes no more versions.", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vectors_are_checked_against_their_texts()
    {
        using var folder = new TestFolder();
        folder.Write("texts.csv", "text\na\nb\nc\n");
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }".PadRight(117) + "\n";
        var bytes = new byte[] { 0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, 118, 0 }
            .Concat(System.Text.Encoding.ASCII.GetBytes(header)).Concat(new[] { 1f, float.NaN, 0f, 2f }.SelectMany(BitConverter.GetBytes)).ToArray();
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "v.npy"), bytes);

        var wrong = await SluiceProcess.RunAsync(folder.Path, "check-vectors", "v.npy", "texts.csv", "--json");
        var none = await SluiceProcess.RunAsync(folder.Path, "check-vectors", "texts.csv", "texts.csv");
        var asRun = await SluiceProcess.RunAsync(folder.Path, "apply", "validate_llm_data", "texts.csv", "--config", "{\"text\": \"text\"}", "--json");

        Assert.Equal((1, 3, 1), (wrong.ExitCode, none.ExitCode, asRun.ExitCode));
        Assert.False((bool)wrong.Json["is_valid"]!);
        Assert.StartsWith("Found 3 examples; expected at least min_examples = 5.", (string?)wrong.Json["message"], StringComparison.Ordinal);
        Assert.Equal(
            """{"num_samples":3,"avg_sequence_length":1,"std_sequence_length":0,"quality_score":0,"duplicate_ratio":0,"tfidf_score":0.5}""", wrong.Json["metrics"]!.ToJsonString());
        Assert.Equal(wrong.Json["metrics"]!.ToJsonString(), asRun.Json["validations"]!["step"]!["metrics"]!.ToJsonString());
        Assert.Equal(["dimensions_out_of_range", "counts_differ", "not_finite"], wrong.Json["problems"]!.AsArray().Select(p => (string)p!["reason"]!));
        Assert.Contains("'texts.csv' cannot be read as vectors:", none.Errors, StringComparison.Ordinal);
    }
}
