using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Sluice.Storage;

namespace Sluice.Functions.Storage;

/// <summary>Blobs as local files, by their ETag: downloaded in blocks, once, and never two versions mixed.</summary>
sealed class BlobDownload(BlobContainerClient container, LocalCache cache, BlobStore.Options options)
{
    /// <param name="name">Name of the blob.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="etag">Its version, without quotation marks. Another one by now is a fault that passes.</param>
    /// <param name="absent">The error when it is gone.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<LocalFile> LocalAsync(string name, long bytes, string etag, Func<Exception> absent, CancellationToken cancellation)
    {
        var download = new BlobDownloadToOptions
        {
            Conditions = new BlobRequestConditions { IfMatch = BlobAnswers.Quoted(etag) },
            TransferOptions = new StorageTransferOptions
            {
                InitialTransferSize = options.BlockBytes,
                MaximumTransferSize = options.BlockBytes,
                MaximumConcurrency = options.Concurrency,
            },
        };
        return cache.GetAsync(
            $"{container.Uri}|{etag}|{name}",
            bytes,
            (file, stop) => ServiceFaults.GuardAsync($"container \"{container.Uri}\"", () => ToAsync(name, file, download, absent, stop), stop),
            cancellation);
    }

    async Task<bool> ToAsync(string name, string file, BlobDownloadToOptions download, Func<Exception> absent, CancellationToken cancellation)
    {
        try
        {
            await container.GetBlobClient(name).DownloadToAsync(file, download, cancellation);
            return true;
        }
        catch (RequestFailedException e) when (BlobAnswers.IsAbsent(e))
        {
            throw absent();
        }
    }
}
