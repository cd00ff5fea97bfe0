using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Sluice.Embedded;
using Sluice.Embedded.Durable;
using Sluice.Functions.Storage;

namespace Sluice.Functions;

/// <summary>What only the embedded flavour has.</summary>
public static class Platform
{
    /// <summary>Where data lies unless the settings say.</summary>
    public const StorageKind DefaultStorage = StorageKind.Local;

    /// <summary>Uploads are noticed where the data lies. All else the engine beneath takes from the settings.</summary>
    public static void Configure(FunctionsApplicationBuilder builder)
    {
        if (Stores.KindOf(builder.Configuration["Sluice:Storage"]) == StorageKind.Azure)
        {
            builder.Services.AddSingleton<BlobSource>(s => new AccountBlobs(container => Stores.Container(s, container)));
        }
    }

    /// <summary>Passes: the engine is in this process.</summary>
    public static void RequireEngine()
    {
    }

    /// <summary>The durable client of an app that runs in this process.</summary>
    public static DurableTaskClient Client(IHost host) => host.Services.GetRequiredService<DurableEngine>().Client;

    /// <summary>Whether an error says, in words for the user, that the durable store cannot be used: another process has it, or its disk is full.</summary>
    public static bool IsStoreFailure(Exception error) => error is EngineStoreException or EngineKilledException;

    /// <summary>Blobs of the data account. What Event Grid tells in Azure, the engine finds by looking.</summary>
    sealed class AccountBlobs(Func<string, BlobContainerClient> containers) : BlobSource
    {
        public override IAsyncEnumerable<SourceBlob> ListAsync(string container, CancellationToken cancellation)
        {
            var client = containers(container);
            return client.GetBlobsAsync(BlobTraits.None, BlobStates.None, null, cancellation).Select(blob => new SourceBlob(
                blob.Name,
                client.GetBlobClient(blob.Name).Uri,
                BlobAnswers.Bare(blob.Properties.ETag ?? default),
                blob.Properties.ContentLength ?? 0,
                blob.Properties.LastModified ?? default));
        }

        public override async Task<Stream> OpenReadAsync(string container, SourceBlob blob, CancellationToken cancellation)
        {
            var version = new BlobOpenReadOptions(allowModifications: false) { Conditions = new BlobRequestConditions { IfMatch = BlobAnswers.Quoted(blob.ETag) } };
            return await containers(container).GetBlobClient(blob.Name).OpenReadAsync(version, cancellation);
        }
    }
}
