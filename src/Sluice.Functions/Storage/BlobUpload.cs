using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Win32.SafeHandles;

namespace Sluice.Functions.Storage;

/// <summary>Uploads: one request, or blocks that are staged out of sight and committed at once. The blob appears whole or not at all.</summary>
/// <remarks>
/// Every write carries a number of its own as metadata. When an answer is lost and the client library asks again, the service says that the
/// blob is there; the number then tells whether it was this very call that made it.
/// </remarks>
sealed class BlobUpload(BlobStore.Options options)
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

    /// <summary>Uploads content in one request.</summary>
    /// <param name="blob">Where to.</param>
    /// <param name="content">All of it.</param>
    /// <param name="conditions">What must hold; null: whatever is there is replaced.</param>
    /// <param name="cancellation">Leaves what was there.</param>
    /// <returns>False: the conditions do not hold, and nothing changed.</returns>
    public static async Task<bool> BytesAsync(
        BlockBlobClient blob, ReadOnlyMemory<byte> content, BlobRequestConditions? conditions, CancellationToken cancellation)
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
        catch (RequestFailedException e) when (conditions is not null && (BlobAnswers.IsConflict(e) || BlobAnswers.IsAbsent(e)))
        {
            return await IsMineAsync(blob, metadata, cancellation);
        }
    }

    /// <summary>As <see cref="BytesAsync"/>, a file of any size.</summary>
    public async Task<bool> FileAsync(BlockBlobClient blob, string localFile, BlobRequestConditions? conditions, CancellationToken cancellation)
    {
        using var file = File.OpenHandle(localFile, options: FileOptions.SequentialScan);
        var bytes = RandomAccess.GetLength(file);
        if (bytes <= options.BlockBytes)
        {
            var content = new byte[bytes];
            for (var at = 0; at < content.Length;)
            {
                at += await RandomAccess.ReadAsync(file, content.AsMemory(at), at, cancellation);
            }

            return await BytesAsync(blob, content, conditions, cancellation);
        }

        return await BlocksAsync(blob, file, bytes, conditions, cancellation);
    }

    // A block's id is made of its place and content, so an upload that was cut short goes on where it stopped, and two that race for one path cannot
    // mix their content.
    async Task<bool> BlocksAsync(BlockBlobClient blob, SafeFileHandle file, long bytes, BlobRequestConditions? conditions, CancellationToken cancellation)
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
            await blob.CommitBlockListAsync(ids, new CommitBlockListOptions { Conditions = conditions, Metadata = metadata }, cancellation);
            return true;
        }
        catch (RequestFailedException e) when (conditions is not null && BlobAnswers.IsConflict(e))
        {
            return await IsMineAsync(blob, metadata, cancellation);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.InvalidBlockList)
        {
            // Another writer's commit threw away the blocks of all others.
            return conditions is not null && await BlobAnswers.PropertiesAsync(blob, cancellation) is { } found
                ? IsMine(found, metadata)
                : throw new TransientException($"The blocks of \"{blob.Name}\" in container \"{blob.BlobContainerName}\" were discarded by another writer.", e);
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
        catch (RequestFailedException e) when (BlobAnswers.IsAbsent(e))
        {
            return [];
        }
    }

    static async Task<bool> IsMineAsync(BlockBlobClient blob, Dictionary<string, string> metadata, CancellationToken cancellation) =>
        await BlobAnswers.PropertiesAsync(blob, cancellation) is { } found && IsMine(found, metadata);

    static bool IsMine(BlobProperties found, Dictionary<string, string> metadata) =>
        found.Metadata.TryGetValue(WriterKey, out var writer) && writer == metadata[WriterKey];

    static Dictionary<string, string> NewMetadata() => new() { [WriterKey] = Guid.CreateVersion7().ToString("N") };
}
