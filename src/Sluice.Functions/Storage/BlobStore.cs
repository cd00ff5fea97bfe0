using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Win32.SafeHandles;
using Sluice.Storage;

namespace Sluice.Functions.Storage;

/// <summary>Objects as block blobs of one container. Of two writers the service decides, by If-None-Match and If-Match.</summary>
/// <remarks>
/// Every write carries a number of its own as metadata. When an answer is lost and the client library asks again, the service says that the
/// blob is there; the number then tells whether it was this very call that made it.
/// The account must not have a hierarchical namespace: it lists folders first, and listings here promise ordinal order.
/// </remarks>
public sealed class BlobStore(BlobContainerClient container, LocalCache cache, BlobStore.Options? options = null) : ObjectStore
{
    const int MaxBlocks = 50_000;
    const string WriterKey = "sluicewriter";

    // Above this the library stages blocks of its own, whose ids are the same for every writer: two that race would mix their content.
    static readonly StorageTransferOptions oneRequest = new() { InitialTransferSize = 4L << 30, MaximumTransferSize = 4L << 30, MaximumConcurrency = 1 };

    readonly Options options = options ?? new Options();

    public override string Location => $"container \"{container.Uri}\"";

    /// <summary>Creates the container when it is missing. In Azure the deployment does; this is for emulators and first runs.</summary>
    public Task CreateIfMissingAsync(CancellationToken cancellation) =>
        GuardAsync(async () => await container.CreateIfNotExistsAsync(cancellationToken: cancellation), cancellation);

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
                        $"The store in {Location} lists \"{blob.Name}\" after \"{last}\". Expected ordinal order, which accounts with a hierarchical namespace do not keep. " +
                        "Use an account without one.");
                }

                last = blob.Name;
                yield return new ObjectInfo(blob.Name, blob.Properties.ContentLength ?? 0, Bare(blob.Properties.ETag ?? default));
            }
        }
    }

    public override Task<ObjectInfo?> StatAsync(string path, CancellationToken cancellation)
    {
        var blob = Blob(path);
        return GuardAsync(async () => await PropertiesAsync(blob, cancellation) is { } found ? new ObjectInfo(path, found.ContentLength, Bare(found.ETag)) : null, cancellation);
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
                    using var first = (await blob.DownloadStreamingAsync(new BlobDownloadOptions { Range = new HttpRange(0, options.BlockBytes) }, cancellation)).Value;
                    return LengthOf(first.Details) <= options.BlockBytes
                        ? await ReadWholeAsync(first, cancellation)
                        : await OpenAsync(blob, first.Details.ETag, cancellation);
                }
                catch (RequestFailedException e) when (IsAbsent(e))
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

    public override Task<bool> CreateAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var blob = Blob(path);
        return GuardAsync(() => UploadAsync(blob, content, new BlobRequestConditions { IfNoneMatch = ETag.All }, cancellation), cancellation);
    }

    public override Task<bool> ReplaceAsync(string path, ReadOnlyMemory<byte> content, string? etag, CancellationToken cancellation)
    {
        if (etag is null)
        {
            return CreateAsync(path, content, cancellation);
        }

        var blob = Blob(path);
        return GuardAsync(() => UploadAsync(blob, content, new BlobRequestConditions { IfMatch = Quoted(etag) }, cancellation), cancellation);
    }

    public override Task<bool> PublishAsync(string path, string localFile, CancellationToken cancellation)
    {
        var blob = Blob(path);
        return GuardAsync(
            async () =>
            {
                try
                {
                    var published = await PropertiesAsync(blob, cancellation) is null && await UploadFileAsync(path, blob, localFile, cancellation);
                    File.Delete(localFile);
                    return published;
                }
                catch (Exception e) when (ServiceFaults.IsOfDisk(e))
                {
                    throw StoreException.From($"folder \"{Path.GetDirectoryName(localFile)}\"", e);
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
                catch (RequestFailedException e) when (IsAbsent(e))
                {
                    return false;
                }
            },
            cancellation);
    }

    public override async Task<LocalFile> LocalAsync(string path, CancellationToken cancellation)
    {
        var found = await StatAsync(path, cancellation) ?? throw Absent(path);
        var download = new BlobDownloadToOptions
        {
            Conditions = new BlobRequestConditions { IfMatch = Quoted(found.ETag) },
            TransferOptions = new StorageTransferOptions
            {
                InitialTransferSize = options.BlockBytes,
                MaximumTransferSize = options.BlockBytes,
                MaximumConcurrency = options.Concurrency,
            },
        };
        return await cache.GetAsync(
            $"{container.Uri}|{found.ETag}|{path}",
            found.Bytes,
            (file, stop) => GuardAsync(() => DownloadAsync(path, file, download, stop), stop),
            cancellation);
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

    async Task<bool> DownloadAsync(string path, string file, BlobDownloadToOptions download, CancellationToken cancellation)
    {
        try
        {
            await Blob(path).DownloadToAsync(file, download, cancellation);
            return true;
        }
        catch (RequestFailedException e) when (IsAbsent(e))
        {
            throw Absent(path);
        }
    }

    static async Task<bool> UploadAsync(BlockBlobClient blob, ReadOnlyMemory<byte> content, BlobRequestConditions conditions, CancellationToken cancellation)
    {
        var metadata = NewMetadata();
        try
        {
            await using var stream = BinaryData.FromBytes(content).ToStream();
            await blob.UploadAsync(
                stream,
                new BlobUploadOptions { Conditions = conditions, Metadata = metadata, TransferOptions = oneRequest },
                cancellation);
            return true;
        }
        catch (RequestFailedException e) when (IsConflict(e) || IsAbsent(e))
        {
            return await IsMineAsync(blob, metadata, cancellation);
        }
    }

    async Task<bool> UploadFileAsync(string path, BlockBlobClient blob, string localFile, CancellationToken cancellation)
    {
        if (!File.Exists(localFile))
        {
            throw NoLocalFile(path, localFile);
        }

        using var file = File.OpenHandle(localFile, options: FileOptions.SequentialScan);
        var bytes = RandomAccess.GetLength(file);
        if (bytes <= options.BlockBytes)
        {
            var content = new byte[bytes];
            for (var at = 0; at < content.Length;)
            {
                at += await RandomAccess.ReadAsync(file, content.AsMemory(at), at, cancellation);
            }

            return await UploadAsync(blob, content, new BlobRequestConditions { IfNoneMatch = ETag.All }, cancellation);
        }

        return await UploadBlocksAsync(blob, file, bytes, cancellation);
    }

    // Blocks are staged out of sight and committed at once. A block's id is made of its place and content, so an upload that was cut short goes on
    // where it stopped, and two that race for one path cannot mix their content.
    async Task<bool> UploadBlocksAsync(BlockBlobClient blob, SafeFileHandle file, long bytes, CancellationToken cancellation)
    {
        var blockBytes = (int)Math.Max(options.BlockBytes, (bytes + MaxBlocks - 1) / MaxBlocks);
        var staged = await StagedAsync(blob, cancellation);
        var ids = new string[(bytes + blockBytes - 1) / blockBytes];
        await Parallel.ForAsync(
            0,
            ids.Length,
            new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = cancellation },
            async (number, stop) => ids[number] = await StageAsync(blob, file, number, blockBytes, bytes, staged, stop));

        var metadata = NewMetadata();
        try
        {
            await blob.CommitBlockListAsync(
                ids, new CommitBlockListOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All }, Metadata = metadata }, cancellation);
            return true;
        }
        catch (RequestFailedException e) when (IsConflict(e))
        {
            return await IsMineAsync(blob, metadata, cancellation);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.InvalidBlockList)
        {
            // Another writer's commit threw away the blocks of all others.
            return await PropertiesAsync(blob, cancellation) is { } found
                ? IsMine(found, metadata)
                : throw new TransientException($"The blocks of \"{blob.Name}\" in {Location} were discarded by another writer, and the object was then deleted.", e);
        }
    }

    static async Task<string> StageAsync(
        BlockBlobClient blob, SafeFileHandle file, int number, int blockBytes, long bytes, HashSet<string> staged, CancellationToken cancellation)
    {
        var start = (long)number * blockBytes;
        var length = (int)Math.Min(blockBytes, bytes - start);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            for (var at = 0; at < length;)
            {
                var read = await RandomAccess.ReadAsync(file, buffer.AsMemory(at, length - at), start + at, cancellation);
                at += read > 0 ? read : throw new DataException(
                    $"A file of {bytes} bytes became shorter while it was published as \"{blob.Name}\". Expected a file that nothing writes any more.");
            }

            var id = BlockId(number, buffer.AsSpan(0, length));
            if (!staged.Contains(id))
            {
                await blob.StageBlockAsync(id, new MemoryStream(buffer, 0, length, writable: false), options: null, cancellation);
            }

            return id;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    static string BlockId(int number, ReadOnlySpan<byte> content)
    {
        Span<byte> id = stackalloc byte[sizeof(int) + SHA256.HashSizeInBytes];
        BinaryPrimitives.WriteInt32BigEndian(id, number);
        SHA256.HashData(content, id[sizeof(int)..]);
        return Convert.ToBase64String(id);
    }

    static async Task<HashSet<string>> StagedAsync(BlockBlobClient blob, CancellationToken cancellation)
    {
        try
        {
            var blocks = await blob.GetBlockListAsync(BlockListTypes.Uncommitted, cancellationToken: cancellation);
            return [.. blocks.Value.UncommittedBlocks.Select(block => block.Name)];
        }
        catch (RequestFailedException e) when (IsAbsent(e))
        {
            return [];
        }
    }

    static async Task<BlobProperties?> PropertiesAsync(BlockBlobClient blob, CancellationToken cancellation)
    {
        try
        {
            return await blob.GetPropertiesAsync(cancellationToken: cancellation);
        }
        catch (RequestFailedException e) when (IsAbsent(e))
        {
            return null;
        }
    }

    static async Task<bool> IsMineAsync(BlockBlobClient blob, Dictionary<string, string> metadata, CancellationToken cancellation) =>
        await PropertiesAsync(blob, cancellation) is { } found && IsMine(found, metadata);

    static bool IsMine(BlobProperties found, Dictionary<string, string> metadata) =>
        found.Metadata.TryGetValue(WriterKey, out var writer) && writer == metadata[WriterKey];

    static Dictionary<string, string> NewMetadata() => new() { [WriterKey] = Guid.CreateVersion7().ToString("N") };

    static bool IsConflict(RequestFailedException e) => e.Status is 409 or 412 && e.ErrorCode != BlobErrorCode.ContainerBeingDeleted;

    // A missing container is another matter: it is the store that is wrong, not the path.
    static bool IsAbsent(RequestFailedException e) => e.Status == 404 && e.ErrorCode != BlobErrorCode.ContainerNotFound;

    // Listings give ETags without quotation marks, headers with.
    static string Bare(ETag etag) => etag.ToString().Trim('"');

    static ETag Quoted(string etag) => new($"\"{etag}\"");

    BlockBlobClient Blob(string path) => container.GetBlockBlobClient(StorePath.Check(path));

    Task<T> GuardAsync<T>(Func<Task<T>> work, CancellationToken cancellation) => ServiceFaults.GuardAsync(Location, work, cancellation);

    /// <summary>How a blob store transfers.</summary>
    public sealed record Options
    {
        /// <summary>Bytes of one request. A larger file goes up in blocks of this size; at most this times <see cref="Concurrency"/> is in memory.</summary>
        public int BlockBytes { get; init; } = 4 << 20;

        /// <summary>Requests at once for one file.</summary>
        public int Concurrency { get; init; } = 4;

        /// <summary>Names of one page of a listing; the service gives at most 5,000.</summary>
        public int PageSize { get; init; } = 5000;
    }
}
