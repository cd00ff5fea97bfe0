using System.Threading.Channels;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Sluice.Embedded.Tests.Host;

/// <summary>What timer functions were told, in order; a test may hold a call open.</summary>
sealed class Ticks
{
    readonly Channel<TimerInfo> told = Channel.CreateUnbounded<TimerInfo>();

    public TaskCompletionSource? Hold { get; set; }

    public Exception? Error { get; set; }

    public bool Any => told.Reader.TryPeek(out _);

    public async Task TellAsync(TimerInfo timer)
    {
        told.Writer.TryWrite(timer);
        if (Hold is { } hold)
        {
            await hold.Task;
        }

        if (Error is { } error)
        {
            throw error;
        }
    }

    public async Task<TimerInfo> NextAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await told.Reader.ReadAsync(limit.Token);
    }
}

public sealed class TimerTests : IDisposable
{
    static readonly DateTime start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    static readonly TimeSpan minute = TimeSpan.FromMinutes(1);

    readonly FakeClock clock = new(new DateTimeOffset(start));
    readonly Ticks ticks = new();
    readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Calls_at_each_due_time_and_tells_the_schedule()
    {
        await using var app = await StartAsync<EveryMinute>();
        await clock.ArmedAsync(minute);
        clock.Advance(minute);
        var first = await ticks.NextAsync();
        await clock.ArmedAsync(minute);
        clock.Advance(minute);
        var second = await ticks.NextAsync();

        Assert.False(first.IsPastDue);
        Assert.Equal(start + minute, first.ScheduleStatus!.Next);
        Assert.Equal(default, first.ScheduleStatus.Last);
        Assert.Equal(start + minute, second.ScheduleStatus!.Last);
        Assert.Equal(start + (2 * minute), second.ScheduleStatus.Next);
    }

    [Fact]
    public async Task Does_not_call_before_it_is_due()
    {
        await using var app = await StartAsync<EveryMinute>();
        await clock.ArmedAsync(minute);

        clock.Advance(minute - TimeSpan.FromTicks(1));

        Assert.False(ticks.Any);
    }

    [Fact]
    [Trait("Contract", "91")]
    public async Task Runs_missed_while_the_host_was_down_become_one_late_call()
    {
        await using (await StartAsync<EveryMinute>())
        {
            await clock.ArmedAsync(minute);
        }

        clock.Advance(TimeSpan.FromMinutes(10));
        await using var again = await StartAsync<EveryMinute>();
        var late = await ticks.NextAsync();
        await clock.ArmedAsync(minute);
        var only = !ticks.Any;
        clock.Advance(minute);
        var onTime = await ticks.NextAsync();

        Assert.True(late.IsPastDue);
        Assert.True(only);
        Assert.False(onTime.IsPastDue);
        Assert.Equal(start + TimeSpan.FromMinutes(10), onTime.ScheduleStatus!.Last);
    }

    [Fact]
    public async Task A_changed_schedule_has_missed_nothing()
    {
        await using (await StartAsync<EveryMinute>())
        {
            await clock.ArmedAsync(minute);
        }

        clock.Advance(TimeSpan.FromMinutes(10));
        await using var again = await StartAsync<EveryMinute>(("Every", "30 * * * * *"));
        await clock.ArmedAsync(TimeSpan.FromSeconds(30));

        Assert.False(ticks.Any);
    }

    [Fact]
    public async Task A_long_call_is_followed_by_one_late_call()
    {
        ticks.Hold = new TaskCompletionSource();
        await using var app = await StartAsync<EveryMinute>();
        await clock.ArmedAsync(minute);
        clock.Advance(minute);
        await ticks.NextAsync();
        clock.Advance(TimeSpan.FromMinutes(5));
        var overlapped = ticks.Any;
        ticks.Hold.SetResult();
        var late = await ticks.NextAsync();
        await clock.ArmedAsync(minute);

        Assert.False(overlapped);
        Assert.True(late.IsPastDue);
        Assert.False(ticks.Any);
    }

    [Fact]
    public async Task A_failing_call_is_not_retried_and_the_next_one_comes()
    {
        ticks.Error = new InvalidOperationException("broken");
        await using var app = await StartAsync<EveryMinute>();
        await clock.ArmedAsync(minute);
        clock.Advance(minute);
        await ticks.NextAsync();
        await clock.ArmedAsync(minute);
        var retried = ticks.Any;
        clock.Advance(minute);
        await ticks.NextAsync();

        Assert.False(retried);
        Assert.Contains(app.Logs.At(Microsoft.Extensions.Logging.LogLevel.Error), line => line.EndsWith(": broken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Runs_on_startup_when_asked_to()
    {
        await using var app = await StartAsync<OnStartup>();

        Assert.False((await ticks.NextAsync()).IsPastDue);
    }

    [Fact]
    public async Task Remembers_nothing_of_a_timer_without_a_monitor()
    {
        await using (await StartAsync<Unmonitored>())
        {
            await clock.ArmedAsync(minute);
        }

        clock.Advance(TimeSpan.FromMinutes(10));
        await using var again = await StartAsync<Unmonitored>();
        await clock.ArmedAsync(minute);
        var missed = ticks.Any;
        clock.Advance(minute);
        var tick = await ticks.NextAsync();

        Assert.False(missed);
        Assert.Null(tick.ScheduleStatus);
        Assert.False(Directory.Exists(folder.File("store", "timers")));
    }

    [Fact]
    public async Task An_unreadable_status_is_logged_and_the_timer_starts_anew()
    {
        Directory.CreateDirectory(folder.File("store", "timers"));
        await File.WriteAllTextAsync(folder.File("store", "timers", "EveryMinute.json"), "{");

        await using var app = await StartAsync<EveryMinute>();
        await clock.ArmedAsync(minute);

        Assert.Contains(app.Logs.At(Microsoft.Extensions.Logging.LogLevel.Warning), line => line.Contains("EveryMinute.json' cannot be read", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, "Function 'EveryMinute' (Sluice.Embedded.Tests.Host.TimerTests+EveryMinute.Run): parameter 'timer': '%Every%' names the setting 'Every', which is not set. Add it to local.settings.json (Values) or the environment.")]
    [InlineData("often", "Function 'EveryMinute' (Sluice.Embedded.Tests.Host.TimerTests+EveryMinute.Run): parameter 'timer': the schedule 'often' has 1 fields;")]
    public async Task Refuses_a_wrong_schedule_at_start(string? schedule, string message)
    {
        var thrown = await Assert.ThrowsAsync<NotSupportedException>(() => StartAsync<EveryMinute>(("Every", schedule)));

        Assert.Contains(message, thrown.Message, StringComparison.Ordinal);
    }

    Task<TestApp> StartAsync<T>() => StartAsync<T>(("Every", "0 * * * * *"));

    Task<TestApp> StartAsync<T>((string Name, string? Value) setting) => TestApp.StartAsync(new AppSetup
    {
        Functions = [typeof(T)],
        Folder = folder,
        Settings = { ["Sluice:Http"] = "false", [setting.Name] = setting.Value },
        Configure = builder => builder.Services.AddSingleton<TimeProvider>(clock).AddSingleton(ticks),
    });

    public sealed class EveryMinute(IServiceProvider services)
    {
        [Function("EveryMinute")]
        public Task Run([TimerTrigger("%Every%")] TimerInfo timer) => services.GetRequiredService<Ticks>().TellAsync(timer);
    }

    public sealed class OnStartup(IServiceProvider services)
    {
        [Function("OnStartup")]
        public Task Run([TimerTrigger("0 0 0 1 1 *", RunOnStartup = true)] TimerInfo timer) => services.GetRequiredService<Ticks>().TellAsync(timer);
    }

    public sealed class Unmonitored(IServiceProvider services)
    {
        [Function("Unmonitored")]
        public Task Run([TimerTrigger("0 * * * * *", UseMonitor = false)] TimerInfo timer) => services.GetRequiredService<Ticks>().TellAsync(timer);
    }
}
