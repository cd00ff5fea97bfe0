using System.Text;

namespace Sluice.EndToEnd.Tests.BadInput;

/// <summary>Pipelines and options that are wrong end with exit code 2 before anything is made.</summary>
public sealed class BadPipelineTests : IDisposable
{
    const int Invalid = 2;
    readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_bomb_of_anchors_is_refused_by_its_first_one()
    {
        var levels = Enumerable.Range(1, 30).Select(i => $"  - &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]\n");
        await RefusesAsync(
            BadRun.Yaml() + "\ndescription:\n  - &a0 [lol, lol]\n" + string.Concat(levels),
            "pipeline.yaml:11:5: '&a0' is an anchor. A pipeline may not use anchors and aliases: write each value out where it is used.",
            "pipeline.yaml:11:3: 'description' is a list of 31; expected text.");
    }

    [Theory]
    [InlineData("../../escaped.csv")]
    [InlineData("/tmp/escaped.csv")]
    public async Task An_output_outside_of_the_folder(string path) => await RefusesAsync(
        BadRun.Yaml(output: path),
        $"pipeline.yaml:9:26: The output \"{path}\" may not be written: it leads outside \"{folder.Path}\". Expected a path inside that folder. "
        + "Change file_path, or start the run with another output folder.");

    [Fact]
    public async Task An_output_that_a_link_leads_outside()
    {
        using var elsewhere = new TestFolder();
        Directory.CreateSymbolicLink(folder["link"], elsewhere.Path);

        await RefusesAsync(
            BadRun.Yaml(output: "link/rows.csv"),
            $"pipeline.yaml:9:26: The output \"link/rows.csv\" may not be written: it leads outside \"{folder.Path}\". Expected a path inside that folder. "
            + "Change file_path, or start the run with another output folder.");
        Assert.Empty(Directory.GetFileSystemEntries(elsewhere.Path));
    }

    [Theory]
    [InlineData("data.csv", "data.csv", "data.csv")]
    [InlineData("*.csv", "rows.csv", "rows.csv")]
    public async Task An_output_that_the_source_reads(string input, string output, string shown) => await RefusesAsync(
        BadRun.Yaml(input: input, output: output),
        $"pipeline.yaml:9:26: The output \"{shown}\" is input too: step 'rows' reads \"{input}\". The next run would read what this one wrote. Expected a file that the source does not "
        + "read: write it to another folder, such as \"out/\", or name the input more narrowly.");

    [Fact]
    public async Task A_dataset_whose_name_is_a_path() => await RefusesAsync(
        BadRun.Yaml(dataset: "../../bad"),
        "pipeline.yaml:2:10: 'dataset' is '../../bad'; expected 1 to 64 of a-z, 0-9, '-' and '_', beginning with a letter or digit.");

    [Fact]
    public async Task A_misspelt_option_and_a_step_that_is_none_are_told_together() => await RefusesAsync(
        BadRun.Yaml(options: ", delimitr: ';'").Replace("csv_sink", "csv_snik", StringComparison.Ordinal),
        "pipeline.yaml:6:38: 'delimitr' is not an option of csv. Did you mean 'delimiter'?",
        "pipeline.yaml:8:11: ");

    [Fact]
    public async Task A_pipeline_that_is_not_UTF8()
    {
        folder.Write("pipeline.yaml", [.. Encoding.UTF8.GetBytes(BadRun.Yaml()), (byte)'#', 0xFF]);

        Assert.Equal("The pipeline file 'pipeline.yaml' is not UTF-8 text. Save it as UTF-8.", await BadRun.ErrorAsync(folder, Invalid));
    }

    [Fact]
    public async Task A_pipeline_that_is_not_there() => Assert.Equal(
        $"The pipeline file 'pipeline.yaml' does not exist. The current folder is '{folder.Path}'.", await BadRun.ErrorAsync(folder, Invalid));

    [Fact]
    public async Task A_batch_size_that_is_none()
    {
        folder.Write("data.csv", "a\n1\n");
        folder.Write("pipeline.yaml", BadRun.Yaml());

        var result = await SluiceProcess.RunAsync(folder.Path, "run", "pipeline.yaml", "--store", "store", "--batch-bytes", "-5");

        Assert.Equal("--batch-bytes is -5; expected 1,024 to 268,435,456, or 0 for the pipeline's own setting.", BadRun.ErrorOf(result, folder, Invalid));
    }

    async Task RefusesAsync(string yaml, params string[] problems)
    {
        folder.Write("data.csv", "a\n1\n");
        folder.Write("pipeline.yaml", yaml);

        var result = await SluiceProcess.RunAsync(folder.Path, "run", "pipeline.yaml", "--store", "store");

        Assert.Equal(Invalid, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Equal(problems.Length + 1, result.ErrorLines.Length);
        Assert.All(problems, problem => Assert.Contains(result.ErrorLines, line => line.StartsWith("error: " + problem, StringComparison.Ordinal)));
        Assert.Equal($"{problems.Length} {(problems.Length == 1 ? "problem" : "problems")}; nothing was run.", result.ErrorLines[^1]);
        Assert.False(Directory.Exists(folder["store"]), "A store was made.");
        BadRun.AssertNothingWritten(folder);
    }
}
