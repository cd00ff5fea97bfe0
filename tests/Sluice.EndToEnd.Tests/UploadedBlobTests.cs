using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Sluice.EndToEnd.Tests;

/// <summary>With Sluice:Storage=Azure, on Microsoft's emulator: an uploaded blob runs its pipeline, and everything lies in the account.</summary>
public sealed class UploadedBlobTests : IDisposable
{
    const string Pipeline = DirtyTable.Pipeline + "\noptimization: { batch_bytes: 20000, parallelism: 1 }\n";

    readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task An_uploaded_blob_is_run_through_a_kill_and_gives_the_bytes_of_a_folder()
    {
        DirtyTable.Write(folder["data"], 3_000, seed: 11);
        var data = folder["data/data.csv"];
        var expected = await OnFoldersAsync(data);
        var azure = await AzureData.NewAsync(folder["cache"]);
        var settings = new Dictionary<string, string>(azure.Settings) { ["Sluice__UnitLog"] = folder["units.log"], ["Sluice__BlobRescan"] = "00:00:00.200" };

        await using (var server = await SluiceServer.StartAsync(folder.Path, "azure", settings))
        {
            await server.RegisterAsync("dirty", Pipeline);
            await azure.UploadAsync("dirty", data);
            await UnitsAsync(3);
            Assert.True(server.Kill(), "The server ended before it was killed.");
        }

        JsonNode status;
        await using (var server = await SluiceServer.StartAsync(folder.Path, "azure", settings))
        {
            status = await server.EndAsync("dirty");
            var record = await server.Http.GetFromJsonAsync<JsonNode>($"api/v1/runs/{status["run"]}");
            Assert.Equal((string?)status["version"], (string?)record!["version"]);
            await server.StopAsync();
        }

        Assert.Equal("completed", (string?)status["status"]);
        var lines = new UnitLines(folder["units.log"]);
        Assert.Empty(lines.DoneTwice);
        Assert.Empty(lines.Unfinished);
        Assert.False(Directory.Exists(folder["azure/data"]), "Nothing of the data lies in the folder.");
        Assert.False(Directory.Exists(folder["azure/blobs"]), "Nothing of the uploads and outputs lies in the folder.");
        await azure.DownloadAsync(folder["copy/data/objects"]);
        Assert.Empty(RunImage.Read(folder["copy"], "dirty", folder["copy/data/objects/outputs/dirty"]).Differences(expected));
        await CommandsReadItAsync(azure, (string)status["run"]!, (string)status["version"]!);
    }

    async Task<RunImage> OnFoldersAsync(string data)
    {
        await using var server = await SluiceServer.StartAsync(folder.Path, "local");
        await server.RegisterAsync("dirty", Pipeline);
        server.Drop("dirty", "data.csv", await File.ReadAllTextAsync(data));
        await server.EndAsync("dirty");
        await server.StopAsync();
        return Image(RunImage.Read(server.Store, "dirty", Path.Combine(server.Store, "blobs", "incoming", "dirty", "out")));
    }

    // In a folder outputs lie beside the uploads, in an account in a place of their own: their names there begin with the sink's folder.
    static RunImage Image(RunImage image) => image with
    {
        Hashes = image.Hashes.ToDictionary(pair => pair.Key == "rows.csv" ? "out/rows.csv" : pair.Key, pair => pair.Value),
    };

    /// <summary>The commands that only read find the store that the settings name.</summary>
    async Task CommandsReadItAsync(AzureData azure, string run, string version)
    {
        var list = await SluiceAsync(azure, "datasets", "list", "--json");
        var show = await SluiceAsync(azure, "datasets", "show", "dirty", "--json");
        var export = await SluiceAsync(azure, "datasets", "export", "dirty", "-o", "rows.jsonl", "--json");
        var quarantine = await SluiceAsync(azure, "quarantine", run, "--json");
        var evidence = await SluiceAsync(azure, "evidence", "dirty@latest", "-o", "verdicts.jsonl", "--json");
        var unknown = await SluiceAsync(azure, "evidence", "dirty-0", "--json");

        Assert.Equal(version, (string?)Assert.Single(list.Json.AsArray())!["version"]);
        Assert.Equal(run, (string?)show.Json["entry"]!["run"]);
        Assert.Equal((long)export.Json["rows"]!, File.ReadLines(folder["rows.jsonl"]).Count());
        Assert.Empty(quarantine.Json.AsArray());
        Assert.Equal((run, (long)evidence.Json["verdicts"]!), ((string?)evidence.Json["runId"], File.ReadLines(folder["verdicts.jsonl"]).Count()));
        Assert.StartsWith($"{{\"run\":\"{run}\",\"trace\":", File.ReadLines(folder["verdicts.jsonl"]).First(), StringComparison.Ordinal);
        Assert.Equal(2, unknown.ExitCode);
        Assert.StartsWith("There is no record of a run 'dirty-0' in this store.", (string?)unknown.Json["error"], StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder[".sluice"]), "A command that reads makes no store.");
    }

    async Task<ProcessResult> SluiceAsync(AzureData azure, params string[] arguments)
    {
        using var process = SluiceProcess.Start(folder.Path, azure.Settings, arguments);
        return await process.EndAsync();
    }

    async Task UnitsAsync(int done)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (Done() < done)
        {
            await look.WaitForNextTickAsync();
        }

        int Done()
        {
            if (!File.Exists(folder["units.log"]))
            {
                return 0;
            }

            using var lines = new StreamReader(new FileStream(folder["units.log"], FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return lines.ReadToEnd().Split('\n').Count(line => line.StartsWith("done ", StringComparison.Ordinal));
        }
    }
}
