namespace Sluice.EndToEnd.Tests.BadInput;

/// <summary>Runs that must be refused: one error, the right exit code, and no version, output or report left.</summary>
static class BadRun
{
    /// <summary>A pipeline from <c>data.csv</c>, or another source, to <c>out/rows.csv</c>.</summary>
    public static string Yaml(string type = "csv", string input = "data.csv", string output = "out/rows.csv", string options = "", string dataset = "bad") => $$"""
        name: Bad
        dataset: {{dataset}}
        steps:
          - id: rows
            type: {{type}}
            config: { file_path: '{{input}}'{{options}} }
          - id: out
            type: csv_sink
            config: { file_path: '{{output}}' }
        """;

    /// <summary>Runs <c>pipeline.yaml</c> of the folder; gives its one error.</summary>
    public static async Task<string> ErrorAsync(TestFolder folder, int exitCode, IReadOnlyList<string>? before = null, string pipeline = "pipeline.yaml")
    {
        using var process = SluiceProcess.Start(folder.Path, null, before ?? [], "run", pipeline, "--store", "store");
        return ErrorOf(await process.EndAsync(), folder, exitCode);
    }

    public static string ErrorOf(ProcessResult result, TestFolder folder, int exitCode)
    {
        Assert.True(result.ExitCode == exitCode, result.ToString());
        Assert.Empty(result.Output);
        var error = Assert.Single(result.ErrorLines, line => line.StartsWith("error: ", StringComparison.Ordinal));

        // A stack, or the name of an exception, is of use to its author only.
        Assert.DoesNotContain(result.ErrorLines, line => line.TrimStart().StartsWith("at ", StringComparison.Ordinal) || line.Contains("Exception", StringComparison.Ordinal));
        AssertNothingWritten(folder);
        return error["error: ".Length..];
    }

    public static void AssertNothingWritten(TestFolder folder)
    {
        Assert.False(Directory.Exists(folder["out"]), "An output was written.");
        Assert.False(Directory.Exists(folder["store/data/objects/versions"]), "A version was written.");
        Assert.False(Directory.Exists(folder["store/reports"]), "A report was written.");
    }
}
