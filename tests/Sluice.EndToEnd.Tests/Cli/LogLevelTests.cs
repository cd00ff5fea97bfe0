namespace Sluice.EndToEnd.Tests.Cli;

/// <summary><c>debug: { log_level: … }</c>: what a run says of itself.</summary>
public sealed class LogLevelTests : IDisposable
{
    readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("debug: { log_level: DEBUG }", true, true)]
    [InlineData("debug: { log_level: INFO }", true, false)]
    [InlineData("debug: { log_level: ERROR }", false, false)]
    [InlineData("debug: false", false, false)]
    public async Task A_run_writes_lines_of_its_level_with_ids_alone(string debug, bool stages, bool units)
    {
        folder.Write("data.csv", "id,name\n1,hidden\n2,hidden\n");
        folder.Write("p.yaml", $"name: logged\nsteps:\n  - {{ id: rows, type: csv, config: {{ file_path: data.csv }} }}\n{debug}\n");

        using var process = SluiceProcess.Start(folder.Path, null, ["run", "p.yaml", "--store", "store", "--json"]);
        var result = await process.EndAsync();

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(stages, result.Errors.Contains("INFO Run logged-", StringComparison.Ordinal) && result.Errors.Contains("stage Ingest, pass 0: 1 units to do, 0 found done.", StringComparison.Ordinal));
        Assert.Equal(units, result.Errors.Contains("stage Ingest, pass 0, unit 0 done.", StringComparison.Ordinal));
        Assert.DoesNotContain("hidden", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_fails_says_so_at_every_level()
    {
        folder.Write("data.csv", "id,name\n1,hidden\n");
        folder.Write("p.yaml", "name: logged\nsteps:\n  - { id: rows, type: csv, config: { file_path: data.csv } }\n  - { id: f, type: filter, config: { condition: nowhere > 1 } }\ndebug: { log_level: ERROR }\n");

        using var process = SluiceProcess.Start(folder.Path, null, ["run", "p.yaml", "--store", "store", "--json"]);
        var result = await process.EndAsync();

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("ERROR Run logged-", result.Errors, StringComparison.Ordinal);
        Assert.Contains("failed; its status says why.", result.Errors, StringComparison.Ordinal);
    }
}
