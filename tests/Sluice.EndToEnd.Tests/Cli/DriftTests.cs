namespace Sluice.EndToEnd.Tests.Cli;

/// <summary><c>sluice drift</c>, on versions that a pipeline made of a file that grew.</summary>
public sealed class DriftTests : IDisposable
{
    readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_new_topic_is_reported_and_more_of_the_same_is_not()
    {
        await MakeAsync("cooking soup and bread at home", 60, 0);
        await MakeAsync("cooking soup and bread at home", 120, 0);
        await MakeAsync("cooking soup and bread at home", 120, 60);

        var same = await SluiceAsync("drift", "notes@1", "notes@2", "--text", "text", "--model", "hashing-256", "--fail");
        var changed = await SluiceAsync("drift", "notes@2", "notes@latest", "--text", "text", "--model", "hashing-256", "--fail", "--json");
        var shown = await SluiceAsync("drift", "notes@2", "notes@3", "--text", "text", "--model", "hashing-256");

        Assert.Equal((0, 1, 0), (same.ExitCode, changed.ExitCode, shown.ExitCode));
        Assert.Contains("60 rows of notes@1 beside 60 rows of notes@2; rows that both have are left out.", same.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains("no drift", same.Output, StringComparison.Ordinal);
        Assert.Equal((true, 60L), ((bool)changed.Json["drift"]!, (long)changed.Json["rowsAfter"]!));
        Assert.Contains("interest on the loan", (string)changed.Json["newKinds"]![0]!, StringComparison.Ordinal);
        Assert.Contains("what rows say has changed", shown.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--false-alarms 2 --text text", 2, "--false-alarms is 2; expected more than 0 and less than 1.")]
    [InlineData("--text nowhere", 2, "Column 'nowhere' does not exist here.")]
    public async Task Says_what_is_wrong(string options, int exitCode, string error)
    {
        await MakeAsync("cooking", 30, 0);
        await MakeAsync("cooking", 60, 0);

        var found = await SluiceAsync(["drift", "notes@1", "notes@2", .. options.Split(' ')]);

        Assert.Equal(exitCode, found.ExitCode);
        Assert.Contains(error, (found.Output + found.Errors).ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    async Task MakeAsync(string text, int rows, int others)
    {
        folder.Write("notes.csv", "text\n" + string.Concat(Enumerable.Range(0, rows).Select(i => $"{text} {i * 7919 % 1009}\n"))
            + string.Concat(Enumerable.Range(0, others).Select(i => $"the bank wants interest on the loan {i * 7919 % 1009}\n")));
        folder.Write("pipeline.yaml", """
            name: Notes
            steps:
              - id: rows
                type: csv
                config: { file_path: notes.csv }

            """);
        Assert.Equal(0, (await SluiceAsync("run", "pipeline.yaml", "--json")).ExitCode);
    }

    Task<ProcessResult> SluiceAsync(params string[] arguments) => SluiceProcess.RunAsync(folder.Path, [.. arguments, "--store", "store"]);
}
