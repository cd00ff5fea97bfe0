using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Functions.Storage;
using Sluice.Functions.Tests.App;
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
    public async Task The_schedule_is_a_setting()
    {
        await using var app = await TestApp.StartAsync(triggers: true, settings: ("RefreshSchedule", "* * * * * *"));
        Directory.CreateDirectory(app.Incoming("films"));
        await app.Pipelines.PutAsync(null, TestApp.Yaml("films"), refresh: true, CancellationToken.None);

        await Wait.UntilAsync("the timer has started a run", async () => (await app.RunsAsync()).Count > 0);
    }

    static TimerInfo Tick(int day) => new() { ScheduleStatus = new ScheduleStatus { Last = new DateTime(2026, 11, day, 2, 0, 0, DateTimeKind.Utc) } };
}
