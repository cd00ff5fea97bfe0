using Sluice.Functions.Tests.App;

namespace Sluice.Functions.Tests.Triggers;

public sealed class UploadTests
{
    [Fact]
    [Trait("Contract", "88")]
    public async Task A_file_starts_one_run_and_an_overwritten_one_another()
    {
        await using var app = await TestApp.StartAsync(triggers: true);
        await app.Pipelines.PutAsync(null, TestApp.Yaml("films"), refresh: false, CancellationToken.None);

        app.Drop("films", "data.csv", TestApp.Csv(30));
        await RunsAsync(app, 1);
        app.Drop("films", "data.csv", TestApp.Csv(40));
        await RunsAsync(app, 2);

        var runs = await app.RunsAsync();
        Assert.All(runs, run => Assert.True(Api.RunIds.IsOf("films", run.InstanceId), run.InstanceId));
        Assert.Equal(2, runs.Select(r => r.ReadOutputAs<Runs.RunOutcome>()!.Version).Distinct().Count());
    }

    [Fact]
    [Trait("Contract", "87")]
    public async Task A_second_delivery_after_a_restart_starts_nothing()
    {
        using var folder = new Sluice.Tests.Storage.TemporaryFolder();
        string first;
        await using (var app = await TestApp.StartAsync(folder.Path, triggers: true))
        {
            await app.Pipelines.PutAsync(null, TestApp.Yaml("films"), refresh: false, CancellationToken.None);
            app.Drop("films", "data.csv", TestApp.Csv(30));
            first = Assert.Single(await RunsAsync(app, 1)).InstanceId;
        }

        // Without its receipts the host delivers every blob again.
        var receipts = Directory.GetFiles(Path.Combine(folder.Path, "store"), "*", SearchOption.AllDirectories)
            .Where(f => File.ReadAllText(f).Contains("\"ETag\"", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(receipts);
        receipts.ForEach(File.Delete);

        await using var again = await TestApp.StartAsync(folder.Path, triggers: true);
        again.Drop("films", "other.csv", TestApp.Csv(31));

        // The second file is delivered after the first, or beside it: its run shows that the folder was looked at.
        var runs = await RunsAsync(again, 2);
        Assert.Contains(first, runs.Select(r => r.InstanceId));
    }

    [Fact]
    public async Task What_a_pipeline_writes_to_its_own_folder_starts_nothing()
    {
        await using var app = await TestApp.StartAsync(triggers: true);
        await app.Pipelines.PutAsync(null, TestApp.Yaml("films") + "  - { id: out, type: csv_sink, config: { file_path: out.csv, split_by: id } }\n", refresh: false, CancellationToken.None);

        app.Drop("films", "data.csv", TestApp.Csv(3));
        await RunsAsync(app, 1);
        Assert.True(File.Exists(Path.Combine(app.Incoming("films"), "out-1.csv")));

        // Seen after the outputs, or beside them: a file like theirs that is none of them.
        app.Drop("films", "out.csv", TestApp.Csv(3));
        await RunsAsync(app, 2);
    }

    [Fact]
    public async Task A_file_for_an_unknown_pipeline_starts_nothing_and_stops_nothing()
    {
        await using var app = await TestApp.StartAsync(triggers: true);
        await app.Pipelines.PutAsync(null, TestApp.Yaml("films"), refresh: false, CancellationToken.None);

        app.Drop("nobody", "data.csv", TestApp.Csv(30));
        app.Drop("films", "data.csv", TestApp.Csv(30));

        Assert.StartsWith("films-", Assert.Single(await RunsAsync(app, 1)).InstanceId, StringComparison.Ordinal);
    }

    static async Task<List<Microsoft.DurableTask.Client.OrchestrationMetadata>> RunsAsync(TestApp app, int count)
    {
        await Wait.UntilAsync($"{count} runs have ended", async () => (await app.RunsAsync()).Count(r => r.IsCompleted) >= count);
        var runs = await app.RunsAsync();
        Assert.Equal(count, runs.Count);
        Assert.All(runs, run => Assert.Equal(Microsoft.DurableTask.Client.OrchestrationRuntimeStatus.Completed, run.RuntimeStatus));
        return runs;
    }
}
