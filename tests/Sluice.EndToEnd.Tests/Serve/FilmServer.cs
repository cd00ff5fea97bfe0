namespace Sluice.EndToEnd.Tests.Serve;

/// <summary>One server for the tests of a class; each test has a pipeline of its own on it.</summary>
public sealed class FilmServer : IAsyncLifetime
{
    public TestFolder Folder { get; } = new();

    public SluiceServer Server { get; private set; } = null!;

    /// <summary>Reads all CSV files that arrive; makes dataset <paramref name="dataset"/>.</summary>
    public static string Yaml(string dataset, string input = "*.csv", string more = "") => $$"""
        name: Films
        dataset: {{dataset}}
        steps:
          - id: films
            type: csv
            config: { file_path: '{{input}}' }
          - id: rated
            type: filter
            config: { condition: votes >= 10, reason: too_few_votes }
        """ + more;

    public static string Csv(int rows) => "id,votes\n" + string.Concat(Enumerable.Range(1, rows).Select(i => $"{i},{i % 40}\n"));

    public string UnitLog => Folder["units.log"];

    public async Task InitializeAsync() =>
        Server = await SluiceServer.StartAsync(Folder.Path, "store", new Dictionary<string, string> { ["Sluice__UnitLog"] = UnitLog });

    public async Task DisposeAsync()
    {
        var end = await Server.StopAsync();
        await Server.DisposeAsync();
        Folder.Dispose();
        Assert.True(end.ExitCode == 0, end.ToString());
        Assert.DoesNotContain("Unhandled exception", end.Errors, StringComparison.Ordinal);
    }

    /// <summary>Starts a run that has many units, one after another: what is to be stopped must still be there. Gives its id.</summary>
    public async Task<string> ExecuteLongAsync(string pipeline)
    {
        DirtyTable.Write(Folder[pipeline], 20_000, seed: 3);
        Server.Drop(pipeline, "data.csv", await File.ReadAllTextAsync(Folder[$"{pipeline}/data.csv"]));

        // Registered only then, so that the file starts no run by itself.
        await Server.LineAsync($"A file was uploaded for pipeline '{pipeline}', which is not registered.");
        await Server.RegisterAsync(pipeline, DirtyTable.Pipeline + "\noptimization: { batch_bytes: 20000, parallelism: 1 }\n");
        return await Server.ExecuteAsync(pipeline);
    }
}
