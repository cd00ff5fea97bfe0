using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Sluice.Storage;

namespace Sluice.Functions.Storage;

/// <summary>Gives the two ports what the setting <c>Sluice:Storage</c> says: a folder and SQLite, or Blobs and Tables.</summary>
static class Stores
{
    public static void AddTo(IServiceCollection services)
    {
        services.AddSingleton(s => new LocalCache(OptionsOf(s).Cache is { Length: > 0 } folder ? folder : Path.Combine(Path.GetTempPath(), "sluice-cache")));
        services.AddSingleton<ObjectStore>(s => IsAzure(s)
            ? BlobStore.At(Connection(s), OptionsOf(s).Container, s.GetRequiredService<LocalCache>())
            : new FolderStore(Path.Combine(OptionsOf(s).Store, "data")));
        services.AddSingleton<Ledger>(s => IsAzure(s)
            ? TableLedger.At(Connection(s), OptionsOf(s).Table)
            : new SqliteLedger(Path.Combine(OptionsOf(s).Store, "ledger.db")));
        services.AddHostedService<Opening>();
    }

    static bool IsAzure(IServiceProvider services) => KindOf(OptionsOf(services).Storage) == StorageKind.Azure;

    static StorageKind KindOf(string setting) => setting.ToUpperInvariant() switch
    {
        "" => Platform.DefaultStorage,
        "LOCAL" => StorageKind.Local,
        "AZURE" => StorageKind.Azure,
        _ => throw new StoreException($"The setting 'Sluice:Storage' cannot be used: found '{setting}', expected 'Local' or 'Azure'. Correct it."),
    };

    static DataConnection Connection(IServiceProvider services) => DataConnection.Of(services.GetRequiredService<IConfiguration>());

    static SluiceOptions OptionsOf(IServiceProvider services) => services.GetRequiredService<IOptions<SluiceOptions>>().Value;

    /// <summary>Reaches the account before anything runs: wrong settings, a missing role and a closed firewall show at start and not in the first run.</summary>
    sealed class Opening(ObjectStore store, Ledger ledger) : IHostedService
    {
        public async Task StartAsync(CancellationToken cancellationToken)
        {
            if (store is BlobStore blobs)
            {
                await blobs.CreateIfMissingAsync(cancellationToken);
            }

            if (ledger is TableLedger table)
            {
                await table.CreateIfMissingAsync(cancellationToken);
            }
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
