using System.Diagnostics;
using System.Globalization;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Past = global::DurableTask.Core.History;

namespace Sluice.Embedded.Durable;

/// <content>Reading, waiting, listing and purging.</content>
sealed partial class EngineClient
{
    const int PurgePage = 100;

    public override Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult(engine.Find(instanceId)?.ToMetadata(Converter(getInputsAndOutputs)));
    }

    public override async Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
        => (await engine.WaitAsync(instanceId, row =>
            row.Status != OrchestrationRuntimeStatus.Pending, cancellation)).ToMetadata(Converter(getInputsAndOutputs));

    public override async Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
        => (await engine.WaitAsync(instanceId, row => row.IsTerminal, cancellation)).ToMetadata(Converter(getInputsAndOutputs));

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
        => filter?.TaskHubNames is null
            ? new Listing(engine.Store, payloads.Converter, filter ?? new())
            : throw new NotSupportedException("OrchestrationQuery.TaskHubNames is not supported: an embedded store is one task hub. Leave it null.");

    public override Task<IList<Past.HistoryEvent>> GetOrchestrationHistoryAsync(
        string instanceId, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var history = engine.History(instanceId) ?? throw new ArgumentException(
            $"No instance with id '{instanceId}'. Expected the id of an instance that was started and not purged.", nameof(instanceId));
        return Task.FromResult<IList<Past.HistoryEvent>>([.. history.Select(e => new PastEvent(e))]);
    }

    public override Task<Page<string>> ListInstanceIdsAsync(
        IEnumerable<OrchestrationRuntimeStatus>? runtimeStatus = null, DateTimeOffset? completedTimeFrom = null, DateTimeOffset? completedTimeTo = null,
        int pageSize = 100, string? lastInstanceKey = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var (from, to) = (completedTimeFrom?.UtcDateTime, completedTimeTo?.UtcDateTime);
        var size = Math.Clamp(pageSize, 1, 1000);
        var found = engine.Store.List(new(Statuses: runtimeStatus), Listing.Parse(lastInstanceKey), size + 1, (from, to));
        return Task.FromResult(new Page<string>(
            [.. found.Take(size).Select(entry => entry.Row.Id)], found.Count > size ? Listing.Token(found[size - 1].Number) : null));
    }

    public override async Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return new(await engine.PurgeAsync(instanceId, options?.Recursive == true), true);
    }

    public override async Task<PurgeResult> PurgeAllInstancesAsync(
        PurgeInstancesFilter filter, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        var started = Stopwatch.GetTimestamp();
        var query = new OrchestrationQuery(filter.CreatedFrom, filter.CreatedTo, filter.Statuses);
        var purged = 0;
        for (var after = 0L; ;)
        {
            var page = engine.Store.List(query, after, PurgePage);
            foreach (var (number, row) in page)
            {
                cancellation.ThrowIfCancellationRequested();
                after = number;
                purged += row.IsTerminal ? await engine.PurgeAsync(row.Id, options?.Recursive == true) : 0;
                if (Stopwatch.GetElapsedTime(started) > filter.Timeout)
                {
                    return new(purged, false);
                }
            }

            if (page.Count < PurgePage)
            {
                return new(purged, true);
            }
        }
    }

    DataConverter? Converter(bool isWanted) => isWanted ? payloads.Converter : null;

    sealed class Listing(Store store, DataConverter converter, OrchestrationQuery query) : AsyncPageable<OrchestrationMetadata>
    {
        public override async IAsyncEnumerable<Page<OrchestrationMetadata>> AsPages(string? continuationToken = null, int? pageSizeHint = null)
        {
            var size = Math.Clamp(pageSizeHint ?? query.PageSize, 1, 1000);
            var token = continuationToken ?? query.ContinuationToken;
            do
            {
                await Task.CompletedTask;
                var page = store.List(query, Parse(token), size + 1);
                token = page.Count > size ? Token(page[size - 1].Number) : null;
                yield return new([.. page.Take(size).Select(entry => entry.Row.ToMetadata(query.FetchInputsAndOutputs ? converter : null))], token);
            }
            while (token is not null);
        }

        public static string Token(long number) => number.ToString(CultureInfo.InvariantCulture);

        public static long Parse(string? token)
            => token is null ? 0
                : long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
                : throw new ArgumentException($"Unknown continuation token '{token}'. Expected one that an earlier page returned.", nameof(token));
    }
}
