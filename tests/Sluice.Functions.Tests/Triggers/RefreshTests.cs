using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Datasets;
using Sluice.Functions.Storage;
using Sluice.Functions.Tests.App;
using Sluice.Functions.Tests.Rules;
using Sluice.Functions.Triggers;
using Sluice.Runs;

namespace Sluice.Functions.Tests.Triggers;

public sealed class RefreshTests
{
    [Fact]
    public async Task A_tick_runs_what_asked_for_it_once_however_often_it_is_delivered()
    {
        await using var app = await TestApp.StartAsync();
        foreach (var (name, refresh) in new[] { ("films", true), ("plain", false) })
        {
            app.Drop(name, "data.csv", TestApp.Csv(20));
            await app.Pipelines.PutAsync(null, TestApp.Yaml(name), refresh, CancellationToken.None);
        }

        var timer = new Refresh(app.Pipelines, app.Services.GetRequiredService<RunFolders>(), TimeProvider.System);
        foreach (var day in new[] { 20, 20, 21 })
        {
            await timer.RunAsync(Tick(day), app.Client, CancellationToken.None);
            foreach (var run in await app.RunsAsync())
            {
                await app.EndAsync(run.InstanceId);
            }
        }

        var outcomes = (await app.RunsAsync()).Select(r => r.ReadOutputAs<RunOutcome>()!).ToList();
        Assert.Equal(2, outcomes.Count);
        Assert.All(outcomes, o => Assert.Equal("films", o.Dataset));
        Assert.Single(outcomes, o => o.UpToDate);
    }

    [Fact]
    public async Task The_sample_of_a_regular_scan_counts_what_is_personal_whenever_its_input_changed()
    {
        await using var app = await TestApp.StartAsync();
        var sample = Path.Combine(SourceRulesTests.Root, "samples", "privacy");
        var visits = await File.ReadAllTextAsync(Path.Combine(sample, "visits.csv"));
        await app.Pipelines.PutAsync(null, await File.ReadAllTextAsync(Path.Combine(sample, "pipeline.yaml")), refresh: true, CancellationToken.None);
        var timer = new Refresh(app.Pipelines, app.Services.GetRequiredService<RunFolders>(), TimeProvider.System);

        var emails = new List<long>();
        foreach (var (day, more) in new[] { (20, ""), (21, ""), (22, "1013,Mia Holm,mia@example.org,2026-01-11,check-up\n") })
        {
            app.Drop("privacy-scan", "visits.csv", visits + more);
            await timer.RunAsync(Tick(day), app.Client, CancellationToken.None);
            foreach (var run in await app.RunsAsync())
            {
                await app.EndAsync(run.InstanceId);
            }

            var (_, manifest) = await app.Services.GetRequiredService<DatasetCatalogue>().ShowAsync("privacy-scan", "latest", CancellationToken.None);
            var (came, goes) = (manifest.Steps[0].Fitted!.Value, manifest.Steps[^1].Fitted!.Value);
            emails.Add(came.GetProperty("columns").EnumerateArray().Single(c => c.GetProperty("column").GetString() == "mail").GetProperty("found").GetProperty("email").GetInt64());
            Assert.DoesNotContain("\"email\"", goes.GetProperty("columns").GetRawText(), StringComparison.Ordinal);
        }

        Assert.Equal([12, 12, 13], emails);
        Assert.Single((await app.RunsAsync()).Select(r => r.ReadOutputAs<RunOutcome>()!), o => o.UpToDate);
    }

    [Fact]
    public async Task The_schedule_is_a_setting()
    {
        await using var app = await TestApp.StartAsync(triggers: true, settings: ("RefreshSchedule", "* * * * * *"));
        Directory.CreateDirectory(app.Incoming("films"));
        await app.Pipelines.PutAsync(null, TestApp.Yaml("films"), refresh: true, CancellationToken.None);

        await Wait.UntilAsync("the timer has started a run", async () => (await app.RunsAsync()).Count > 0);
    }

    static TimerInfo Tick(int day) => new() { ScheduleStatus = new ScheduleStatus { Last = new DateTime(2026, 11, day, 2, 0, 0, DateTimeKind.Utc) } };
}
