using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Datasets;
using Sluice.Functions.Tests.App;
using Sluice.Tests.Storage;

namespace Sluice.Functions.Tests.Triggers;

/// <summary>A pipeline of several chains in the app: started, watched, stopped.</summary>
public sealed class GraphApiTests : IAsyncLifetime
{
    const string Api = "/api/v1/pipelines";

    internal const string Yaml = """
        name: shop
        steps:
          - { id: new, type: csv, config: { file_path: new.csv } }
          - { id: old, type: csv, config: { file_path: old.csv } }
          - { id: both, type: union, depends_on: [old, new] }
          - { id: all, type: parquet, config: { file_path: all.parquet } }
          - { id: large, type: filter, config: { condition: 'amount > 50' }, depends_on: both }

        """;

    TestApp app = null!;

    public async Task InitializeAsync()
    {
        app = await TestApp.StartAsync();
        app.Drop("shop", "new.csv", TestApp.Csv(20));
        app.Drop("shop", "old.csv", TestApp.Csv(30));
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task A_run_shows_its_chains_and_the_next_one_has_nothing_to_do()
    {
        Assert.Equal(HttpStatusCode.Created, (await app.PostAsync(Api, Yaml)).StatusCode);

        var run = await ExecuteAsync();
        var status = await app.GetJsonAsync($"{Api}/shop/status");
        var byRun = await app.GetJsonAsync($"/api/v1/runs/{run}");

        Assert.Equal((run, "completed", "4 of 4 chains"), (status.GetProperty("run").GetString(), status.GetProperty("status").GetString(), status.GetProperty("stage").GetString()));
        Assert.Equal(["shop-new", "shop-old", "shop-both", "shop"], Datasets(status));
        Assert.All(status.GetProperty("chains").EnumerateArray(), c => Assert.StartsWith("v-", c.GetProperty("run").GetProperty("version").GetString(), StringComparison.Ordinal));
        Assert.Equal(Datasets(status), Datasets(byRun));
        var record = await app.GetJsonAsync($"/api/v1/runs/{run}.c3");
        Assert.Equal("shop", record.GetProperty("dataset").GetString());

        await ExecuteAsync();
        Assert.True((await app.GetJsonAsync($"{Api}/shop/status")).GetProperty("upToDate").GetBoolean());
    }

    [Fact]
    public async Task A_restarted_app_goes_on_with_the_chains_that_are_left()
    {
        using var folder = new TemporaryFolder();
        string run;
        await using (var first = await TestApp.StartAsync(folder.Path))
        {
            first.Drop("shop", "new.csv", TestApp.Csv(20));
            first.Drop("shop", "old.csv", TestApp.Csv(30));
            var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            first.Store.BeforeCreate = async (path, token) =>
            {
                if (path.Contains(".c2/fit-", StringComparison.Ordinal))
                {
                    held.TrySetResult();
                    await Task.Delay(Timeout.Infinite, token);
                }
            };
            await first.PostAsync(Api, Yaml);
            run = (await TestApp.JsonAsync(await first.PostAsync($"{Api}/shop/execute"))).GetProperty("run").GetString()!;
            await held.Task.WaitAsync(TimeSpan.FromSeconds(60));
        }

        await using var next = await TestApp.StartAsync(folder.Path);
        var ended = await next.EndAsync(run);

        Assert.Equal(Microsoft.DurableTask.Client.OrchestrationRuntimeStatus.Completed, ended.RuntimeStatus);
        Assert.Single(await next.Services.GetRequiredService<DatasetCatalogue>().VersionsAsync("shop-old", CancellationToken.None));
        Assert.Single(await next.Services.GetRequiredService<DatasetCatalogue>().VersionsAsync("shop", CancellationToken.None));
    }

    [Fact]
    public async Task Stopping_a_run_stops_all_its_chains()
    {
        using var held = new SemaphoreSlim(0);
        using var cancelled = new SemaphoreSlim(0);
        app.Store.BeforeCreate = async (path, token) =>
        {
            if (path.EndsWith("/fit-before.json", StringComparison.Ordinal))
            {
                var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await using var registration = token.Register(() => stopped.TrySetResult());
                held.Release();
                await stopped.Task;
                cancelled.Release();
                token.ThrowIfCancellationRequested();
            }
        };
        await app.PostAsync(Api, Yaml);
        var run = (await TestApp.JsonAsync(await app.PostAsync($"{Api}/shop/execute"))).GetProperty("run").GetString()!;
        Assert.True(await held.WaitAsync(TimeSpan.FromSeconds(60)) && await held.WaitAsync(TimeSpan.FromSeconds(60)));

        var answer = await app.PostAsync($"{Api}/shop/stop");
        Assert.True(await cancelled.WaitAsync(TimeSpan.FromSeconds(60)) && await cancelled.WaitAsync(TimeSpan.FromSeconds(60)));
        await app.EndAsync(run);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var status = await app.GetJsonAsync($"{Api}/shop/status?run={run}");
        Assert.Equal("stopped", status.GetProperty("status").GetString());
        Assert.All(status.GetProperty("chains").EnumerateArray(), c => Assert.Equal("stopped", c.GetProperty("status").GetString()));
        var catalogue = app.Services.GetRequiredService<DatasetRegister>();
        Assert.Equal(DatasetState.Failed, (await catalogue.FindAsync("shop-old", CancellationToken.None))!.Record.State);
        Assert.Null(await catalogue.FindAsync("shop-both", CancellationToken.None));
        Assert.Empty(await app.Services.GetRequiredService<DatasetCatalogue>().ListAsync(CancellationToken.None).ToListAsync());

        // What was stopped is no more in the way of the next run than a run that never was.
        app.Store.BeforeCreate = null;
        await ExecuteAsync();
        Assert.Equal("completed", (await app.GetJsonAsync($"{Api}/shop/status")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task An_id_that_leaves_no_room_for_the_runs_of_chains_is_refused()
    {
        var refused = await app.PostAsync($"{Api}?id={new string('p', 61)}", Yaml);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("A pipeline of several chains may have one of 60", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Created, (await app.PostAsync($"{Api}?id={new string('p', 60)}", Yaml)).StatusCode);
    }

    async Task<string> ExecuteAsync()
    {
        var run = (await TestApp.JsonAsync(await app.PostAsync($"{Api}/shop/execute"))).GetProperty("run").GetString()!;
        await app.EndAsync(run);
        return run;
    }

    static List<string> Datasets(JsonElement status) => [.. status.GetProperty("chains").EnumerateArray().Select(c => c.GetProperty("dataset").GetString()!)];
}
