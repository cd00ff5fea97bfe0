using System.Reflection;

namespace Sluice.EndToEnd.Tests;

/// <summary>The program with Sluice:Storage=Azure, on Microsoft's emulator: the same version and bytes as in a folder, also after a kill.</summary>
public sealed class AzureStorageTests : IDisposable
{
    static readonly string native = typeof(AzureStorageTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(entry => entry.Key == "NativeFolder").Value!;

    readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_killed_run_goes_on_over_blobs_and_gives_the_bytes_of_a_folder()
    {
        var local = await RunAsync("local", []);
        var azure = await AzureData.NewAsync(folder["cache"]);

        Assert.True(await KillAfterAsync("azure", azure.Settings, units: 3), "The run ended before it was killed.");
        Assert.False(Directory.Exists(Path.Combine(folder["azure"], "store", "data")), "Nothing of the data lies in the folder.");
        var lines = await RunAsync("azure", azure.Settings);

        await azure.DownloadAsync(Path.Combine(folder["azure"], "store", "data", "objects"));
        Assert.Empty(lines.DoneTwice);
        Assert.Empty(lines.Unfinished);
        Assert.Equal(local.Units, lines.Units);
        var expected = RunImage.Read(Path.Combine(folder["local"], "store"), "movies");
        Assert.Equal(2_923, expected.Rows);
        Assert.Empty(RunImage.Read(Path.Combine(folder["azure"], "store"), "movies").Differences(expected));
    }

    [Theory]
    [InlineData("datasets", "list")]
    [InlineData("quarantine", "movies-0")]
    public async Task Commands_that_read_refuse_the_same_settings_and_a_store_that_is_not_there(params string[] command)
    {
        var azure = await AzureData.NewAsync(folder["cache"]);

        using var wrong = SluiceProcess.Start(folder.Path, new Dictionary<string, string>(azure.Settings) { ["Data"] = "AccountName=x" }, [.. command, "--json"]);
        using var missing = SluiceProcess.Start(folder.Path, azure.Settings, [.. command, "--json"]);

        Assert.Contains("'Data' is no connection string", (string)(await wrong.EndAsync()).Json["error"]!, StringComparison.Ordinal);
        var end = await missing.EndAsync();
        Assert.Equal(4, end.ExitCode);
        Assert.Contains("does not exist: status 404", (string)end.Json["error"]!, StringComparison.Ordinal);
        Assert.False(await azure.Store.ExistsAsync());
    }

    [Theory]
    [InlineData("Azure", null, "found no setting 'Data__blobServiceUri'")]
    [InlineData("Azure", "AccountName=x", "'Data' is no connection string")]
    [InlineData("Cloud", null, "found 'Cloud', expected 'Local' or 'Azure'")]
    public async Task Settings_that_name_no_account_are_one_clear_error(string storage, string? connection, string expected)
    {
        var settings = new Dictionary<string, string> { ["Sluice__Storage"] = storage };
        if (connection is not null)
        {
            settings["Data"] = connection;
        }

        using var process = Start("wrong", settings);
        var end = await process.EndAsync();

        Assert.Equal(4, end.ExitCode);
        Assert.Contains(expected, (string)end.Json["error"]!, StringComparison.Ordinal);
        Assert.Empty(end.ErrorLines);
    }

    async Task<UnitLines> RunAsync(string name, Dictionary<string, string> settings)
    {
        using var process = Start(name, settings);
        var end = await process.EndAsync();
        Assert.True(end.ExitCode == 0, end.ToString());
        return new UnitLines(Log(name));
    }

    /// <summary>Kills it once so many units are done. False: it was faster.</summary>
    async Task<bool> KillAfterAsync(string name, Dictionary<string, string> settings, int units)
    {
        using var process = Start(name, settings);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!process.HasExited && UnitsDone(name) < units)
        {
            await look.WaitForNextTickAsync();
        }

        return process.Kill();
    }

    // Shared with the process that writes it: a reader that locks it would make that process fail.
    int UnitsDone(string name)
    {
        if (!File.Exists(Log(name)))
        {
            return 0;
        }

        using var lines = new StreamReader(new FileStream(Log(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return lines.ReadToEnd().Split('\n').Count(line => line.StartsWith("done ", StringComparison.Ordinal));
    }

    SluiceProcess Start(string name, Dictionary<string, string> settings)
    {
        var pipeline = File.ReadAllText(Path.Combine(native, "..", "samples", "movies", "pipeline.yaml"))
            .Replace("../../native/node_modules/vega-datasets/data/movies.json", Path.Combine(native, "node_modules", "vega-datasets", "data", "movies.json"), StringComparison.Ordinal);
        folder.Write($"{name}/pipeline.yaml", pipeline);

        // Small batches, so that there is something to kill in the middle of.
        return SluiceProcess.Start(
            folder[name], new Dictionary<string, string>(settings) { ["Sluice__UnitLog"] = Log(name) }, "run", "pipeline.yaml", "--store", "store", "--json", "--batch-bytes", "65536");
    }

    string Log(string name) => Path.Combine(folder[name], "units.log");
}
