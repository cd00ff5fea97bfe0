using System.Globalization;
using System.Text.Json.Nodes;
using Sluice.Core.Tests.Llm.Providers;
using Sluice.Llm;
using Sluice.Storage;
using Sluice.Tests.Runs;

namespace Sluice.Tests.Llm;

/// <summary>Nobody pays for a call that somebody makes already.</summary>
public sealed class CallClaimsTests : IAsyncLifetime, IAsyncDisposable
{
    const string Yaml = TestRuns.Source + """
          - id: sum
            type: llm_process
            config: { type: summarize, prompt: '{{ text }}', batch_size: 5 }

        """;

    readonly MemoryLedger ledger = new();
    readonly VirtualClock clock = new();

    CallClaims Claims => new(ledger, clock);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await ledger.DisposeAsync();

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    static string Csv(int rows) => "id,text\n" + string.Concat(Enumerable.Range(0, rows).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i},some text {i}\n")));

    [Fact]
    public async Task Who_comes_second_waits_for_the_first_however_long_it_takes()
    {
        var first = await Claims.TakeAsync("call", CancellationToken.None);
        var second = Claims.TakeAsync("call", CancellationToken.None);
        await clock.RunAsync(Task.Delay(TimeSpan.FromMinutes(5), clock));
        Assert.False(second.IsCompleted);

        await first.DisposeAsync();
        await clock.RunAsync(second);

        await (await second).DisposeAsync();
        Assert.Null(await ledger.GetAsync("asking:calls", "call", CancellationToken.None));
    }

    [Fact]
    public async Task A_call_of_a_killed_worker_is_free_soon()
    {
        await ledger.InsertAsync("asking:calls", "call", $"\"{clock.GetUtcNow() + TimeSpan.FromSeconds(10):O}\"", CancellationToken.None);
        var began = clock.GetUtcNow();

        var taking = Claims.TakeAsync("call", CancellationToken.None);
        await clock.RunAsync(taking);

        Assert.InRange(clock.GetUtcNow() - began, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(11));
        await (await taking).DisposeAsync();
    }

    [Fact]
    public async Task A_claim_from_before_a_clock_was_set_back_holds_nobody_up()
    {
        await ledger.InsertAsync("asking:calls", "call", $"\"{clock.GetUtcNow() + TimeSpan.FromHours(1):O}\"", CancellationToken.None);

        await using var claim = await Claims.TakeAsync("call", CancellationToken.None);

        Assert.Equal(clock.GetUtcNow() + TimeSpan.FromSeconds(10), DateTimeOffset.Parse((await ledger.GetAsync("asking:calls", "call", CancellationToken.None))!.Json.Trim('"'), CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Other_calls_do_not_wait()
    {
        await using var first = await Claims.TakeAsync("call", CancellationToken.None);
        await using var second = await Claims.TakeAsync("other", CancellationToken.None);
    }

    [Fact]
    public async Task Who_waits_can_be_stopped()
    {
        await using var first = await Claims.TakeAsync("call", CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var second = Claims.TakeAsync("call", stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
    }

    [Fact]
    public async Task Two_runs_at_once_pay_once_and_have_the_same_rows()
    {
        var open = new TaskCompletionSource();
        var models = new ScriptedModels
        {
            Row = data => new JsonObject { ["summary"] = data.GetProperty("text").GetString()![..4] },
            Until = open.Task,
        };
        await using var runs = new TestRuns { Models = models };
        runs.Write("data.csv", Csv(30));

        var first = Task.Run(() => runs.RunAsync(Yaml, "first", 1 << 20));
        var second = Task.Run(() => runs.RunAsync(Yaml, "second", 1 << 20));
        open.SetResult();
        var versions = await Task.WhenAll(first, second);

        Assert.Equal(30, models.Asked.Count);
        Assert.All(models.Asked.Values, count => Assert.Equal(1, count));
        Assert.Equal(await runs.RowsAsync(versions[0].Version), await runs.RowsAsync(versions[1].Version));
    }

    [Fact]
    public async Task Answers_that_another_run_was_given_meanwhile_are_taken_and_a_kill_then_asks_for_the_same_others()
    {
        var models = new ScriptedModels { Row = data => new JsonObject { ["summary"] = data.GetProperty("text").GetString()![..4] } };
        await using var runs = new TestRuns { Models = models };
        runs.Write("data.csv", Csv(7));
        await runs.RunAsync(Yaml, "first", 1 << 20);
        runs.Write("data.csv", Csv(30));

        var run = await runs.RunAsync(Yaml, "second", 1 << 20, deliveries: 3);

        Assert.Equal(30, (await runs.RowsAsync(run.Version)).Count);
        Assert.All(models.Asked.Values, count => Assert.Equal(1, count));
    }
}
