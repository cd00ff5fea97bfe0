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
    static readonly TimeSpan firstPoll = TimeSpan.FromMilliseconds(100), longestPoll = TimeSpan.FromSeconds(2);

    /// <summary>Waits for a place.</summary>
    /// <param name="model">Whose limits: the same text on every worker.</param>
    /// <param name="limits">What they are.</param>
    /// <param name="tokens">Most that the call may come to.</param>
    /// <param name="longest">Longest that the call can take. A place that was not given back by then belonged to a worker that died.</param>
    /// <param name="cancellation">Stops waiting; what was taken is given back.</param>
    public async Task<RateLease> AcquireAsync(string model, ModelLimits limits, int tokens, TimeSpan longest, CancellationToken cancellation)
    {
        var row = RowOf(model);
        var id = Guid.NewGuid().ToString("N");
        var taken = Math.Min(tokens, limits.TokensPerMinute ?? tokens);
        for (var poll = firstPoll; ; poll = poll * 2 < longestPoll ? poll * 2 : longestPoll)
        {
            TimeSpan? wait = null;
            await ChangeAsync(row, limits, state => wait = state.Take(id, limits, taken, longest, time.GetUtcNow()), cancellation);
            if (wait is null)
            {
                // All places are taken. Who holds one may be another process: there is nothing to await but time.
                await Task.Delay(poll, time, cancellation);
                continue;
            }

            var lease = new RateLease(used => ChangeAsync(row, limits, state => state.Settle(id, limits, taken, used), CancellationToken.None));
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

/// <summary>A place among the calls of a model.</summary>
public sealed class RateLease(Func<long, Task> settle)
{
    /// <summary>Gives the place back, and the tokens that were taken for it and not used.</summary>
    /// <param name="used">Tokens that the provider counted.</param>
    public Task SettleAsync(long used) => settle(used);
}
