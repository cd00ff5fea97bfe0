using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Win32.SafeHandles;

namespace Sluice.Functions.Storage;

/// <content>Writing: one request, or blocks that are staged out of sight and committed at once.</content>
public sealed partial class BlobStore
{
    const int MaxBlocks = 50_000;
    const string WriterKey = "sluicewriter";

    // Above this the library stages blocks of its own, whose ids are the same for every writer: two that race would mix their content.
    static readonly StorageTransferOptions oneRequest = new()
    {
        InitialTransferSize = 4L << 30,
        MaximumTransferSize = 4L << 30,
        MaximumConcurrency = 1,
    };

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

    static async Task<bool> UploadAsync(
        BlockBlobClient blob, ReadOnlyMemory<byte> content, BlobRequestConditions conditions, CancellationToken cancellation)
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
            var commit = new CommitBlockListOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All }, Metadata = metadata };
            await blob.CommitBlockListAsync(ids, commit, cancellation);
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
                : throw new TransientException($"The blocks of \"{blob.Name}\" in {Location} were discarded by another writer, and the object was " +
                    "then deleted.", e);
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
                    $"A file of {bytes} bytes became shorter while it was published as \"{blob.Name}\". Expected a file that nothing writes any " +
                    "more.");
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

    static async Task<bool> IsMineAsync(BlockBlobClient blob, Dictionary<string, string> metadata, CancellationToken cancellation) =>
        await PropertiesAsync(blob, cancellation) is { } found && IsMine(found, metadata);

    static bool IsMine(BlobProperties found, Dictionary<string, string> metadata) =>
        found.Metadata.TryGetValue(WriterKey, out var writer) && writer == metadata[WriterKey];

    static Dictionary<string, string> NewMetadata() => new() { [WriterKey] = Guid.CreateVersion7().ToString("N") };
}
