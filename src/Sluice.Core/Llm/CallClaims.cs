using System.Globalization;
using Sluice.Storage;

namespace Sluice.Llm;

/// <summary>
/// Keeps two from paying for the same call at once: a second delivery, or another run that asks the same. Who comes second waits until the first has ended or, as it
/// does not say any more that it lives, was killed.
/// </summary>
sealed class CallClaims(Ledger ledger, TimeProvider time)
{
    const string Partition = "asking:calls";

    // Long beside the difference of two workers' clocks; short for who runs again what was killed.
    static readonly TimeSpan life = TimeSpan.FromSeconds(10), renewal = TimeSpan.FromSeconds(3);
    static readonly TimeSpan firstPoll = TimeSpan.FromMilliseconds(50), longestPoll = TimeSpan.FromSeconds(1);

    /// <summary>Waits until nobody else makes the call. What the other one was given must be looked for after it.</summary>
    public async Task<IAsyncDisposable> TakeAsync(string call, CancellationToken cancellation)
    {
        for (var poll = firstPoll; ; poll = poll * 2 < longestPoll ? poll * 2 : longestPoll)
        {
            var row = await ledger.GetAsync(Partition, call, cancellation);
            if (row is null || HasEnded(Until(row), time.GetUtcNow()))
            {
                var taken = row is null ? await ledger.InsertAsync(Partition, call, Json(time), cancellation) : await ledger.ReplaceAsync(row, Json(time), cancellation);
                if (taken is not null)
                {
                    return new Claim(ledger, time, taken);
                }
            }

            // Who makes it may be another process: there is nothing to await but time.
            await Task.Delay(poll, time, cancellation);
        }
    }

    // Nobody claims for so long: a clock was set back meanwhile, and who lives renews it soon.
    static bool HasEnded(DateTimeOffset until, DateTimeOffset now) => until <= now || until > now + life + life;

    static DateTimeOffset Until(LedgerRow row) => DateTimeOffset.Parse(row.Json.Trim('"'), CultureInfo.InvariantCulture);

    static string Json(TimeProvider time) => $"\"{time.GetUtcNow() + life:O}\"";

    sealed class Claim : IAsyncDisposable
    {
        readonly Ledger ledger;
        readonly TimeProvider time;
        readonly CancellationTokenSource ended = new();
        readonly Task renewing;
        LedgerRow? row;

        public Claim(Ledger ledger, TimeProvider time, LedgerRow row)
        {
            (this.ledger, this.time, this.row) = (ledger, time, row);
            renewing = RenewAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await ended.CancelAsync();
            await renewing;
            ended.Dispose();
            try
            {
                _ = row is null || await ledger.DeleteAsync(row, CancellationToken.None);
            }
            catch (Exception error) when (error is StoreException or TransientException)
            {
                // It ends by itself soon, and the call must not fail for it.
            }
        }

        async Task RenewAsync()
        {
            try
            {
                while (row is not null)
                {
                    await Task.Delay(renewal, time, ended.Token);
                    row = await ledger.ReplaceAsync(row, Json(time), ended.Token);
                }
            }
            catch (Exception error) when (error is OperationCanceledException or StoreException or TransientException)
            {
                // Ended, or the ledger is away: then somebody may make the call too, which is only paid twice.
            }
        }
    }
}
