using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Datasets;
using Sluice.Functions.Api;
using Sluice.Functions.Orchestrations;
using Sluice.Functions.Storage;
using Sluice.Functions.Tests.App;
using Sluice.Functions.Triggers;
using Sluice.Runs;
using Sluice.Tests.Storage;

namespace Sluice.Functions.Tests.Triggers;

/// <summary>A pipeline of several chains in the app: what starts it, once however often it is told, and what holds it, takes it back and lets it go on.</summary>
public sealed class GraphStartTests
{
    [Fact]
    public async Task A_file_starts_one_run_of_all_chains_and_an_overwritten_one_another()
    {
        // Both files are there before anything looks at the folder: the chains read both.
        using var folder = new TemporaryFolder();
        await (await StartAsync(folder.Path)).DisposeAsync();
        await using var app = await TestApp.StartAsync(folder.Path, triggers: true);

        // Each of the two files that were there starts a run, whichever was seen first; the output that lies beside them starts none.
        await EndedAsync(app, 2);
        app.Drop("shop", "new.csv", TestApp.Csv(25));
        var runs = await EndedAsync(app, 3);

        Assert.All(runs, run => Assert.True(RunIds.IsOf("shop", run.InstanceId), run.InstanceId));
        var newest = runs.MaxBy(r => r.CreatedAt)!.ReadOutputAs<GraphOutcome>()!;
        Assert.Equal(["shop-old"], newest.Chains.Where(c => c.UpToDate).Select(c => c.Dataset));
        Assert.Equal(55, (await app.Services.GetRequiredService<DatasetCatalogue>().ShowAsync("shop-both", "latest", CancellationToken.None)).Manifest.RowsRead);
    }

    [Fact]
    public async Task A_tick_of_the_timer_and_a_start_with_a_key_run_it_once_however_often_they_are_delivered()
    {
        await using var app = await StartAsync(refresh: true);
        var timer = new Refresh(app.Pipelines, app.Services.GetRequiredService<RunFolders>(), TimeProvider.System);
        var tick = new TimerInfo { ScheduleStatus = new ScheduleStatus { Last = new DateTime(2026, 11, 20, 2, 0, 0, DateTimeKind.Utc) } };

        await timer.RunAsync(tick, app.Client, CancellationToken.None);
        await timer.RunAsync(tick, app.Client, CancellationToken.None);
        await EndedAsync(app, 1);
        await app.PostAsync("/api/v1/pipelines/shop/execute", "", ("Idempotency-Key", "monday"));
        await app.PostAsync("/api/v1/pipelines/shop/execute", "", ("Idempotency-Key", "monday"));
        var runs = await EndedAsync(app, 2);

        Assert.Equal([false, true], runs.OrderBy(r => r.CreatedAt).Select(r => r.ReadOutputAs<GraphOutcome>()!.Chains.All(c => c.UpToDate)));
        Assert.Equal(8, (await app.RunsAsync()).Count);
    }

    [Fact]
    public async Task A_suspended_run_begins_no_chain_until_it_is_resumed()
    {
        await using var app = await StartAsync();
        var (held, go) = (new SemaphoreSlim(0), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        app.Store.BeforeCreate = async (path, token) =>
        {
            if (path.EndsWith("/fit-before.json", StringComparison.Ordinal))
            {
                held.Release();
                await go.Task.WaitAsync(token);
            }
        };
        var run = await ExecuteAsync(app);
        Assert.True(await held.WaitAsync(TimeSpan.FromSeconds(60)) && await held.WaitAsync(TimeSpan.FromSeconds(60)));

        await app.Client.SuspendInstanceAsync(run, "checked first");
        await Wait.UntilAsync("the run is suspended", async () => (await app.Client.GetInstanceAsync(run))!.RuntimeStatus == OrchestrationRuntimeStatus.Suspended);
        go.SetResult();
        await app.EndAsync($"{run}.c0");
        await app.EndAsync($"{run}.c1");
        var status = await app.GetJsonAsync($"/api/v1/pipelines/shop/status?run={run}");
        await app.Client.ResumeInstanceAsync(run, "checked");

        Assert.Equal("suspended", status.GetProperty("status").GetString());
        Assert.Equal(["completed", "completed", "waiting", "waiting"], status.GetProperty("chains").EnumerateArray().Select(c => c.GetProperty("status").GetString()));
        Assert.Equal("completed", RunStatus.Of(await app.EndAsync(run)).Status);
    }

    [Fact]
    public async Task A_failed_run_that_is_rewound_does_again_only_what_failed()
    {
        await using var app = await StartAsync();
        var failures = 0;
        app.Store.BeforeCreate = (path, _) => path.Contains(".c1/fit-", StringComparison.Ordinal) && failures++ == 0 ? throw new StoreException("The disk is full.") : Task.CompletedTask;
        var run = await ExecuteAsync(app);
        var failed = await GraphStatus.OfAsync(app.Client, await app.EndAsync(run), CancellationToken.None);

        await app.Client.RewindInstanceAsync(run, "there is room again");
        await Wait.UntilAsync("the run goes on", async () => (await app.Client.GetInstanceAsync(run))!.RuntimeStatus != OrchestrationRuntimeStatus.Failed);
        var ended = await GraphStatus.OfAsync(app.Client, await app.EndAsync(run), CancellationToken.None);

        Assert.Equal(("failed", "The disk is full."), (failed.Status, failed.Error));
        Assert.Equal(["completed", "failed", "skipped", "skipped"], failed.Chains!.Select(c => c.Status));
        Assert.Equal("completed", ended.Status);
        Assert.All(ended.Chains!, c => Assert.False(c.Run!.UpToDate));
        Assert.Single(await app.Services.GetRequiredService<DatasetCatalogue>().VersionsAsync("shop", CancellationToken.None));
    }

    static async Task<TestApp> StartAsync(string? folder = null, bool refresh = false)
    {
        var app = await TestApp.StartAsync(folder);
        app.Drop("shop", "new.csv", TestApp.Csv(20));
        app.Drop("shop", "old.csv", TestApp.Csv(30));
        await app.Pipelines.PutAsync(null, GraphApiTests.Yaml, refresh, CancellationToken.None);
        return app;
    }

    static async Task<string> ExecuteAsync(TestApp app) =>
        (await TestApp.JsonAsync(await app.PostAsync("/api/v1/pipelines/shop/execute"))).GetProperty("run").GetString()!;

    static async Task<List<OrchestrationMetadata>> EndedAsync(TestApp app, int count)
    {
        async Task<List<OrchestrationMetadata>> GraphsAsync() =>
            await app.Client.GetAllInstancesAsync(new OrchestrationQuery(FetchInputsAndOutputs: true)).Where(i => i.Name == nameof(RunGraph)).ToListAsync();
        await Wait.UntilAsync($"{count} runs have ended", async () => (await GraphsAsync()).Count(r => r.IsCompleted) >= count);
        var runs = await GraphsAsync();
        Assert.Equal(count, runs.Count);
        Assert.All(runs, run => Assert.Equal(("completed", null), (RunStatus.Of(run).Status, RunStatus.Of(run).Error)));
        return runs;
    }
}
