using Sluice.Llm.Providers;
using Sluice.Storage;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Llm.Providers;

public sealed class RateLimiterTests
{
    const string Model = "openai/gpt-5.6-luna";
    readonly VirtualClock clock = new();

    MemoryLedger Ledger { get; } = new();

    [Fact]
    public async Task Three_workers_together_make_no_more_calls_at_once_than_the_limit()
    {
        var limits = new ModelLimits(null, null, Concurrency: 10);
        var (running, most, done) = (0, 0, 0);

        async Task CallAsync(RateLimiter worker)
        {
            var lease = await worker.AcquireAsync(Model, limits, 1, CancellationToken.None);
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            await Task.Delay(TimeSpan.FromSeconds(3), clock);
            Interlocked.Decrement(ref running);
            await lease.SettleAsync(1);
            Interlocked.Increment(ref done);
        }

        await clock.RunAsync([.. Workers(3).SelectMany(w => Enumerable.Range(0, 20).Select(_ => CallAsync(w)))]);

        Assert.Equal((60, 10, 0), (done, most, running));
    }

    [Fact]
    public async Task Three_workers_together_make_no_more_calls_a_minute_than_the_limit()
    {
        var starts = await StartsAsync(new ModelLimits(60, null, 500), tokens: 1, used: 1, calls: 180);

        // 60 at once from the full bucket, then one a second.
        Assert.Equal(180, starts.Count);
        Assert.Equal(60, starts.Count(s => s == TimeSpan.Zero));
        Assert.Equal(TimeSpan.FromMinutes(2), starts.Max());
        Assert.All(Enumerable.Range(1, 120), second => Assert.Single(starts, s => s > TimeSpan.FromSeconds(second - 1) && s <= TimeSpan.FromSeconds(second)));
    }

    [Fact]
    public async Task Tokens_that_were_taken_and_not_used_are_given_back()
    {
        var starts = await StartsAsync(new ModelLimits(null, 1_000, 1), tokens: 1_000, used: 100, calls: 3, workers: 1);

        // 900 are left after the first call: 100 are missing for the second, which is a tenth of a minute.
        Assert.Equal([TimeSpan.Zero, TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(12)], starts.Select(s => TimeSpan.FromSeconds(Math.Floor(s.TotalSeconds))));
    }

    [Fact]
    public async Task Tokens_that_were_used_and_not_taken_are_waited_for()
    {
        var worker = Workers(1)[0];
        var limits = new ModelLimits(null, 1_000, 5);
        var first = await worker.AcquireAsync(Model, limits, 10, CancellationToken.None);
        await first.SettleAsync(2_000);
        var began = clock.GetUtcNow();

        await clock.RunAsync(worker.AcquireAsync(Model, limits, 10, CancellationToken.None));

        Assert.Equal(60.6, (clock.GetUtcNow() - began).TotalSeconds, 3);
    }

    [Fact]
    public async Task A_call_that_is_larger_than_the_limit_waits_for_a_full_bucket_and_not_for_ever()
    {
        var starts = await StartsAsync(new ModelLimits(null, 1_000, 5), tokens: 50_000, used: 1_000, calls: 2, workers: 1);

        Assert.Equal([TimeSpan.Zero, TimeSpan.FromMinutes(1)], starts);
    }

    [Fact]
    public async Task The_place_of_a_worker_that_died_is_free_soon()
    {
        var limits = new ModelLimits(null, null, 1);

        // Its clock stands still, so it says nothing any more.
        _ = await new RateLimiter(Ledger, new VirtualClock()).AcquireAsync(Model, limits, 1, CancellationToken.None);
        var (worker, began) = (Workers(1)[0], clock.GetUtcNow());

        await clock.RunAsync(worker.AcquireAsync(Model, limits, 1, CancellationToken.None));

        Assert.InRange(clock.GetUtcNow() - began, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(32));
        Assert.Equal(1, await worker.CallsAsync(Model, CancellationToken.None));
    }

    [Fact]
    public async Task The_place_of_a_call_that_takes_long_is_kept_and_given_back_for_good()
    {
        var limits = new ModelLimits(null, null, 1);
        var workers = Workers(2);
        var lease = await workers[0].AcquireAsync(Model, limits, 1, CancellationToken.None);
        var (waiting, began) = (workers[1].AcquireAsync(Model, limits, 1, CancellationToken.None), clock.GetUtcNow());

        await clock.RunAsync(Task.Delay(TimeSpan.FromMinutes(5), clock));
        var isHeld = !waiting.IsCompleted;
        await lease.SettleAsync(1);
        await clock.RunAsync(waiting);
        await (await waiting).SettleAsync(1);

        Assert.True(isHeld);
        Assert.InRange(clock.GetUtcNow() - began, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(3));
        Assert.Equal(0, await workers[0].CallsAsync(Model, CancellationToken.None));
    }

    [Fact]
    public async Task Who_stops_waiting_gives_back_what_was_taken()
    {
        var worker = Workers(1)[0];
        var limits = new ModelLimits(null, 1_000, 5);
        await (await worker.AcquireAsync(Model, limits, 1_000, CancellationToken.None)).SettleAsync(1_000);
        using var stop = new CancellationTokenSource();
        var waiting = worker.AcquireAsync(Model, limits, 1_000, stop.Token);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        var began = clock.GetUtcNow();
        await clock.RunAsync(worker.AcquireAsync(Model, limits, 1_000, CancellationToken.None));
        Assert.Equal(TimeSpan.FromMinutes(1), clock.GetUtcNow() - began);
    }

    [Fact]
    public async Task A_wait_that_one_worker_was_told_holds_for_all()
    {
        var limits = new ModelLimits(null, null, 5);
        var workers = Workers(2);
        var until = clock.GetUtcNow() + TimeSpan.FromSeconds(30);
        await workers[0].PauseAsync(Model, limits, until, CancellationToken.None);

        await clock.RunAsync(workers[1].AcquireAsync(Model, limits, 1, CancellationToken.None));

        Assert.Equal(until, clock.GetUtcNow());
    }

    [Fact]
    public async Task Ledgers_of_several_processes_on_one_file_keep_one_limit()
    {
        using var folder = new TemporaryFolder();
        var limits = new ModelLimits(null, null, 3);
        var (running, most, done) = (0, 0, 0);

        async Task WorkAsync()
        {
            await using var own = new SqliteLedger(Path.Combine(folder.Path, "ledger.db"));
            var limiter = new RateLimiter(own, TimeProvider.System);
            await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
            {
                var lease = await limiter.AcquireAsync(Model, limits, 1, CancellationToken.None);
                InterlockedMax(ref most, Interlocked.Increment(ref running));
                await Task.Yield();
                Interlocked.Decrement(ref running);
                await lease.SettleAsync(1);
                Interlocked.Increment(ref done);
            }));
        }

        await Task.WhenAll(Task.Run(WorkAsync), Task.Run(WorkAsync), Task.Run(WorkAsync));

        Assert.Equal((18, 0), (done, running));
        Assert.InRange(most, 1, 3);
    }

    List<RateLimiter> Workers(int count) => [.. Enumerable.Range(0, count).Select(_ => new RateLimiter(Ledger, clock))];

    async Task<List<TimeSpan>> StartsAsync(ModelLimits limits, int tokens, long used, int calls, int workers = 3)
    {
        var began = clock.GetUtcNow();
        var starts = new List<TimeSpan>();

        async Task CallAsync(RateLimiter worker)
        {
            var lease = await worker.AcquireAsync(Model, limits, tokens, CancellationToken.None);
            lock (starts)
            {
                starts.Add(clock.GetUtcNow() - began);
            }

            await lease.SettleAsync(used);
        }

        var limiters = Workers(workers);
        await clock.RunAsync([.. Enumerable.Range(0, calls).Select(i => CallAsync(limiters[i % workers]))]);
        return starts;
    }

    static void InterlockedMax(ref int most, int value)
    {
        for (var seen = most; value > seen; seen = most)
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }
}
