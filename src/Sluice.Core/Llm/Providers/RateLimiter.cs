using System.Text.Json;
using Sluice.Storage;

namespace Sluice.Llm.Providers;

/// <summary>
/// Keeps all workers together within a model's limits: one row of the ledger a model, changed by compare-and-swap. Calls and tokens are token buckets, as
/// providers keep them; a call takes what it may come to before it is made, and gives back what it did not use. Who comes when a bucket is empty takes its
/// place at once and waits until it is filled for that: nobody is passed over, and nobody is dropped.
/// </summary>
public sealed class RateLimiter(Ledger ledger, TimeProvider time)
{
    const string Partition = "llm-limits";

    // How long a place is kept for a worker that says no more that it lives: long beside the difference of two workers' clocks, short for who runs again what was killed.
    static readonly TimeSpan life = TimeSpan.FromSeconds(30), renewal = TimeSpan.FromSeconds(10);
    static readonly TimeSpan firstPoll = TimeSpan.FromMilliseconds(100), longestPoll = TimeSpan.FromSeconds(2);

    /// <summary>Waits for a place.</summary>
    /// <param name="model">Whose limits: the same text on every worker.</param>
    /// <param name="limits">What they are.</param>
    /// <param name="tokens">Most that the call may come to.</param>
    /// <param name="cancellation">Stops waiting; what was taken is given back.</param>
    public async Task<RateLease> AcquireAsync(string model, ModelLimits limits, int tokens, CancellationToken cancellation)
    {
        var row = RowOf(model);
        var id = Guid.NewGuid().ToString("N");
        var taken = Math.Min(tokens, limits.TokensPerMinute ?? tokens);
        for (var poll = firstPoll; ; poll = poll * 2 < longestPoll ? poll * 2 : longestPoll)
        {
            TimeSpan? wait = null;
            await ChangeAsync(row, limits, state => wait = state.Take(id, limits, taken, time.GetUtcNow() + life, time.GetUtcNow()), cancellation);
            if (wait is null)
            {
                // All places are taken. Who holds one may be another process: there is nothing to await but time.
                await Task.Delay(poll, time, cancellation);
                continue;
            }

            var lease = new RateLease(
                new PeriodicTimer(renewal, time),
                () => ChangeAsync(row, limits, state => state.Renew(id, time.GetUtcNow() + life), CancellationToken.None),
                used => ChangeAsync(row, limits, state => state.Settle(id, limits, taken, used), CancellationToken.None));
            try
            {
                await Task.Delay(wait.Value, time, cancellation);
                return lease;
            }
            catch (OperationCanceledException)
            {
                await lease.SettleAsync(0);
                throw;
            }
        }
    }

    /// <summary>Nobody asks before then: the provider said so to one of the workers.</summary>
    public Task PauseAsync(string model, ModelLimits limits, DateTimeOffset until, CancellationToken cancellation) =>
        ChangeAsync(RowOf(model), limits, state => state.Pause(until), cancellation);

    /// <summary>Calls that are being made.</summary>
    public async Task<int> CallsAsync(string model, CancellationToken cancellation) =>
        await ledger.GetAsync(Partition, RowOf(model), cancellation) is { } row ? Read(row).Places.Count(p => p.Value > time.GetUtcNow()) : 0;

    // A key of the ledger has no slash, and an id of a model has one.
    static string RowOf(string model) => string.Concat(model.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' ? c : c == '/' ? '!' : '_'));

    async Task ChangeAsync(string row, ModelLimits limits, Action<RateState> change, CancellationToken cancellation)
    {
        while (true)
        {
            var before = await ledger.GetAsync(Partition, row, cancellation);
            var state = before is null ? RateState.Full(limits, time.GetUtcNow()) : Read(before);
            state.Refill(limits, time.GetUtcNow());
            change(state);
            var json = JsonSerializer.Serialize(state);
            var written = before is null
                ? await ledger.InsertAsync(Partition, row, json, cancellation)
                : await ledger.ReplaceAsync(before, json, cancellation);
            if (written is not null)
            {
                return;
            }
        }
    }

    static RateState Read(LedgerRow row) => JsonSerializer.Deserialize<RateState>(row.Json)!;
}

/// <summary>A place among the calls of a model. It says from time to time that its worker lives, until it is given back.</summary>
public sealed class RateLease
{
    readonly PeriodicTimer timer;
    readonly Func<long, Task> settle;
    readonly Task renewing;

    internal RateLease(PeriodicTimer timer, Func<Task> renew, Func<long, Task> settle)
    {
        (this.timer, this.settle) = (timer, settle);
        renewing = RenewAsync(renew);
    }

    /// <summary>Gives the place back, and the tokens that were taken for it and not used.</summary>
    /// <param name="used">Tokens that the provider counted.</param>
    public async Task SettleAsync(long used)
    {
        // What is renewed after it was given back would be nobody's.
        timer.Dispose();
        await renewing;
        await settle(used);
    }

    async Task RenewAsync(Func<Task> renew)
    {
        while (await timer.WaitForNextTickAsync())
        {
            try
            {
                await renew();
            }
            catch (Exception error) when (error is StoreException or TransientException)
            {
                // The ledger is away: the next time, or another worker may take the place, which is one call too many at once.
            }
        }
    }
}
