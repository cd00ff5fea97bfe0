using Sluice.Batches;
using Sluice.Datasets;
using Sluice.Storage;

namespace Sluice.Tests.Datasets;

/// <summary>A store and a ledger in memory, with a catalogue on them.</summary>
public abstract class DatasetContext : IAsyncDisposable
{
    private protected readonly MemoryStore store = new();
    private protected readonly MemoryLedger ledger = new();

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        await ledger.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected DatasetCatalogue CatalogueOn(Ledger rows) => new(store, rows, new BatchFiles(store), TimeProvider.System);
}
