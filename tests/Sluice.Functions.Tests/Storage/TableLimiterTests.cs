using Sluice.Functions.Storage;
using Sluice.Llm.Providers;

namespace Sluice.Functions.Tests.Storage;

/// <summary>The limits of language models on tables of the storage emulator: workers in different processes share nothing else.</summary>
[Collection(AzuriteTests.Name)]
public sealed class TableLimiterTests
{
    const string Model = "openai/gpt-5.6-luna";

    [Fact]
    public async Task Three_workers_together_make_no_more_calls_at_once_than_the_limit()
    {
        var limits = new ModelLimits(null, null, Concurrency: 3);
        var (running, most, full) = (0, 0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var gate = new Lock();

        async Task CallAsync(RateLimiter worker)
        {
            var lease = await worker.AcquireAsync(Model, limits, 1, CancellationToken.None);
            lock (gate)
            {
                most = Math.Max(most, ++running);
                if (running == 3)
                {
                    full.TrySetResult();
                }
            }

            // All three places are taken before the first is given back.
            await full.Task;
            lock (gate)
            {
                running--;
            }

            await lease.SettleAsync(1);
        }

        await Task.WhenAll((await WorkersAsync(3)).SelectMany(w => Enumerable.Range(0, 3).Select(_ => CallAsync(w))));

        Assert.Equal((3, 0), (most, running));
    }

    [Fact]
    public async Task Tokens_are_taken_from_one_bucket_and_given_back_to_it()
    {
        var limits = new ModelLimits(null, 1_000_000, Concurrency: 500);
        var workers = await WorkersAsync(3);

        var leases = await Task.WhenAll(workers.Select(w => w.AcquireAsync(Model, limits, 300_000, CancellationToken.None)));
        Assert.Equal(3, await workers[0].CallsAsync(Model, CancellationToken.None));

        // 100,000 are left: the next one would wait longer than it may, and gives its place back when it is stopped.
        using var stop = new CancellationTokenSource();
        var waiting = workers[0].AcquireAsync(Model, limits, 900_000, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Task.WhenAll(leases.Select(lease => lease.SettleAsync(0)));

        var all = await workers[1].AcquireAsync(Model, limits, 900_000, CancellationToken.None);
        Assert.Equal(1, await workers[2].CallsAsync(Model, CancellationToken.None));
        await all.SettleAsync(900_000);
        Assert.Equal(0, await workers[2].CallsAsync(Model, CancellationToken.None));
    }

    static async Task<RateLimiter[]> WorkersAsync(int count)
    {
        var (azurite, name) = (await Azurite.SharedAsync(), "test" + Guid.CreateVersion7().ToString("N"));
        await new TableLedger(azurite.Table(name)).CreateIfMissingAsync(CancellationToken.None);
        return [.. Enumerable.Range(0, count).Select(_ => new RateLimiter(new TableLedger(azurite.Table(name)), TimeProvider.System))];
    }
}
