using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Sluice.Storage;

namespace Sluice.Functions.Storage;

/// <summary>Gives the ports what the setting <c>Sluice:Storage</c> says: folders and SQLite, or Blobs and Tables.</summary>
public static class Stores
{
    internal static void AddTo(IServiceCollection services, IReadOnlyList<string>? inputRoots)
    {
        services.AddSingleton(s => new LocalCache(OptionsOf(s).Cache is { Length: > 0 } folder ? folder : Path.Combine(Path.GetTempPath(), "sluice-cache")));
        services.AddSingleton<ObjectStore>(s => IsAzure(s)
            ? BlobStore.At(Connection(s), OptionsOf(s).Container, s.GetRequiredService<LocalCache>())
            : new FolderStore(Path.Combine(OptionsOf(s).Store, "data")));
        services.AddSingleton<Ledger>(s => IsAzure(s)
            ? TableLedger.At(Connection(s), OptionsOf(s).Table)
            : new SqliteLedger(Path.Combine(OptionsOf(s).Store, "ledger.db")));
        services.AddSingleton<RunFolders>(s =>
        {
            var local = new LocalRunFolders(OptionsOf(s), inputRoots);
            return IsAzure(s)
                ? new BlobRunFolders(Container(s, RunFolders.IncomingName), Container(s, OptionsOf(s).Container), s.GetRequiredService<LocalCache>(), local)
                : local;
        });
        services.AddHostedService<Opening>();
    }

    /// <summary>Where data lies by the setting.</summary>
    /// <exception cref="StoreException">It is neither.</exception>
    public static StorageKind KindOf(string? setting) => setting?.ToUpperInvariant() switch
    {
        null or "" => Platform.DefaultStorage,
        "LOCAL" => StorageKind.Local,
        "AZURE" => StorageKind.Azure,
        _ => throw new StoreException($"The setting 'Sluice:Storage' cannot be used: found '{setting}', expected 'Local' or 'Azure'. Correct it."),
    };

    /// <summary>A container of the data account.</summary>
    internal static BlobContainerClient Container(IServiceProvider services, string name) => BlobContainer.At(Connection(services), name);

    static bool IsAzure(IServiceProvider services) => KindOf(OptionsOf(services).Storage) == StorageKind.Azure;

    static DataConnection Connection(IServiceProvider services) => DataConnection.Of(services.GetRequiredService<IConfiguration>());

    static SluiceOptions OptionsOf(IServiceProvider services) => services.GetRequiredService<IOptions<SluiceOptions>>().Value;

    /// <summary>Reaches the account before anything runs: wrong settings, a missing role and a closed firewall show at start and not in the first run.</summary>
    sealed class Opening(ObjectStore store, Ledger ledger, IServiceProvider services) : IHostedService
    {
        public async Task StartAsync(CancellationToken cancellationToken)
        {
            if (store is BlobStore blobs)
            {
                await blobs.CreateIfMissingAsync(cancellationToken);
                await BlobContainer.CreateIfMissingAsync(Container(services, RunFolders.IncomingName), cancellationToken);
            }

            if (ledger is TableLedger table)
            {
                await table.CreateIfMissingAsync(cancellationToken);
            }
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
