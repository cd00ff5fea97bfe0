using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Sluice.Storage;

namespace Sluice.Functions.Storage;

/// <summary>Objects as block blobs of one container. Of two writers the service decides, by If-None-Match and If-Match.</summary>
/// <remarks>
/// The account must not have a hierarchical namespace: it lists folders first, and listings here promise ordinal order.
/// </remarks>
public sealed partial class BlobStore(BlobContainerClient container, LocalCache cache, BlobStore.Options? options = null) : ObjectStore
{
    readonly Options options = options ?? new Options();
    readonly BlobUpload upload = new(options ?? new Options());
    readonly BlobDownload download = new(container, cache, options ?? new Options());

    /// <summary>The store in a container of an account.</summary>
    public static BlobStore At(DataConnection connection, string container, LocalCache cache) => new(BlobContainer.At(connection, container), cache);

    public override string Location => $"container \"{container.Uri}\"";

    /// <summary>Creates the container when it is missing. In Azure the deployment does; this is for emulators and first runs.</summary>
    public Task CreateIfMissingAsync(CancellationToken cancellation) => BlobContainer.CreateIfMissingAsync(container, cancellation);

    public override async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        StorePath.CheckPrefix(prefix);
        cancellation.ThrowIfCancellationRequested();
        var last = "";
        await using var pages = container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix.Length == 0 ? null : prefix, cancellation)
            .AsPages(pageSizeHint: options.PageSize).GetAsyncEnumerator(cancellation);
        while (await GuardAsync(async () => await pages.MoveNextAsync(), cancellation))
        {
            // What others put into the container under names that no object can have is not listed.
            foreach (var blob in pages.Current.Values.Where(blob => StorePath.IsValid(blob.Name)))
            {
                cancellation.ThrowIfCancellationRequested();
                if (string.CompareOrdinal(last, blob.Name) >= 0)
                {
                    throw new StoreException(
                        $"The store in {Location} lists \"{blob.Name}\" after \"{last}\". Expected ordinal order, which accounts with a " +
                        "hierarchical namespace do not keep. " +
                        "Use an account without one.");
                }

                last = blob.Name;
                yield return new ObjectInfo(blob.Name, blob.Properties.ContentLength ?? 0, BlobAnswers.Bare(blob.Properties.ETag ?? default));
            }
        }
    }

    public override Task<ObjectInfo?> StatAsync(string path, CancellationToken cancellation)
    {
        var blob = Blob(path);
        return GuardAsync(
            async () => await BlobAnswers.PropertiesAsync(blob, cancellation) is { } found ? new ObjectInfo(path, found.ContentLength, BlobAnswers.Bare(found.ETag)) : null,
            cancellation);
    }

    /// <remarks>An object of one block or less comes with the first answer, whole and as it was at that moment.</remarks>
    public override Task<Stream> OpenReadAsync(string path, CancellationToken cancellation)
    {
        var blob = Blob(path);
        return GuardAsync<Stream>(
            async () =>
            {
                try
                {
                    var block = new BlobDownloadOptions { Range = new HttpRange(0, options.BlockBytes) };
                    using var first = (await blob.DownloadStreamingAsync(block, cancellation)).Value;
                    return LengthOf(first.Details) <= options.BlockBytes
                        ? await ReadWholeAsync(first, cancellation)
                        : await OpenAsync(blob, first.Details.ETag, cancellation);
                }
                catch (RequestFailedException e) when (BlobAnswers.IsAbsent(e))
                {
                    throw Absent(path);
                }
                catch (RequestFailedException e) when (e.Status == 416)
                {
                    // An empty blob has no first byte.
                    return new MemoryStream([], writable: false);
                }
            },
            cancellation);
    }

    public override Task<bool> DeleteAsync(string path, CancellationToken cancellation)
    {
        var blob = Blob(path);
        return GuardAsync(
            async () =>
            {
                try
                {
                    await blob.DeleteAsync(DeleteSnapshotsOption.IncludeSnapshots, conditions: null, cancellation);
                    return true;
                }
                catch (RequestFailedException e) when (BlobAnswers.IsAbsent(e))
                {
                    return false;
                }
            },
            cancellation);
    }

    public override async Task<LocalFile> LocalAsync(string path, CancellationToken cancellation)
    {
        var found = await StatAsync(path, cancellation) ?? throw Absent(path);
        return await download.LocalAsync(path, found.Bytes, found.ETag, () => Absent(path), cancellation);
    }

    public override string NewScratchFile(string extension) => cache.NewScratchFile(CheckExtension(extension));

    // "bytes 0-4194303/20971520" of a part; an answer without it is whole.
    static long LengthOf(BlobDownloadDetails details) =>
        details.ContentRange is { } range ? long.Parse(range.AsSpan(range.LastIndexOf('/') + 1)) : details.ContentLength;

    static async Task<Stream> ReadWholeAsync(BlobDownloadStreamingResult answer, CancellationToken cancellation)
    {
        var content = new byte[answer.Details.ContentLength];
        await answer.Content.ReadExactlyAsync(content, cancellation);
        return new MemoryStream(content, writable: false);
    }

    async Task<Stream> OpenAsync(BlockBlobClient blob, ETag etag, CancellationToken cancellation)
    {
        var whole = new BlobOpenReadOptions(allowModifications: false)
        {
            BufferSize = options.BlockBytes,
            Conditions = new BlobRequestConditions { IfMatch = etag },
        };
        return new ServiceStream(await blob.OpenReadAsync(whole, cancellation), Location);
    }

    BlockBlobClient Blob(string path) => container.GetBlockBlobClient(StorePath.Check(path));

    Task<T> GuardAsync<T>(Func<Task<T>> work, CancellationToken cancellation) => ServiceFaults.GuardAsync(Location, work, cancellation);

    /// <summary>How a blob store transfers.</summary>
    public sealed record Options
    {
        /// <summary>
        /// Bytes of one request. A larger file goes up in blocks of this size; at most this times <see cref="Concurrency"/> is in memory.
        /// </summary>
        public int BlockBytes { get; init; } = 4 << 20;

        /// <summary>Requests at once for one file.</summary>
        public int Concurrency { get; init; } = 4;

        /// <summary>Names of one page of a listing; the service gives at most 5,000.</summary>
        public int PageSize { get; init; } = 5000;
    }
}
