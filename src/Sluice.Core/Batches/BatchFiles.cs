using System.Security.Cryptography;
using Sluice.Native;
using Sluice.Storage;

namespace Sluice.Batches;

/// <summary>
/// Batches in an object store, under names that are hashes of their content: writing one twice, here or on another machine, makes one file.
/// Safe to call from many threads at once.
/// </summary>
public sealed class BatchFiles
{
    readonly ObjectStore store;
    readonly DuckDb db;

    public BatchFiles(ObjectStore store)
        : this(store, ParquetFile.SharedDb)
    {
    }

    internal BatchFiles(ObjectStore store, DuckDb db)
    {
        this.store = store;
        this.db = db;
    }

    // Part of the data format: changing one changes the names of all files. Files between stages are read again within seconds: fast wins.
    const ParquetCompression WorkingCompression = ParquetCompression.Snappy;
    const ParquetCompression PublishedCompression = ParquetCompression.Zstd;

    /// <summary>Path of the file with this hash.</summary>
    public static string PathOf(string sha256) => $"batches/{sha256[..2]}/{sha256}.parquet";

    /// <summary>Stores a batch that a later stage reads, unless its file is there already.</summary>
    /// <exception cref="DataException">The batch has no columns, or text that is not UTF-8.</exception>
    /// <exception cref="StoreException">The disk is full, or the store cannot be written.</exception>
    public Task<BatchRef> WriteAsync(Batch batch, CancellationToken cancellation) =>
        Task.Run(() => WriteCoreAsync(batch, WorkingCompression, cancellation), cancellation);

    /// <summary>As <see cref="WriteAsync"/>, packed small, for the files of a version.</summary>
    public Task<BatchRef> PublishAsync(Batch batch, CancellationToken cancellation) =>
        Task.Run(() => WriteCoreAsync(batch, PublishedCompression, cancellation), cancellation);

    /// <summary>Reads a batch back, or only the columns named.</summary>
    /// <exception cref="DataException">The file is missing, is not the one that the reference names, or lacks a column.</exception>
    public Task<Batch> ReadAsync(BatchRef reference, IReadOnlySet<string>? columns, CancellationToken cancellation) =>
        Task.Run(() => ReadCoreAsync(reference, columns, cancellation), cancellation);

    async Task<BatchRef> WriteCoreAsync(Batch batch, ParquetCompression compression, CancellationToken cancellation)
    {
        var scratch = store.NewScratchFile(".parquet");
        try
        {
            ParquetFile.Write(db, batch, scratch, compression, cancellation);
            var (bytes, sha256) = await HashAsync(scratch, cancellation);
            var path = PathOf(sha256);
            await store.PublishAsync(path, scratch, cancellation);
            return new BatchRef(path, batch.Schema.Id(), batch.Rows, bytes, sha256);
        }
        catch (DuckDbException cause) when (cause.Kind is DuckDbErrorKind.Io)
        {
            throw Unwritable(cause);
        }
        finally
        {
            // Publishing consumes the file; anything else leaves it.
            File.Delete(scratch);
        }
    }

    async Task<Batch> ReadCoreAsync(BatchRef reference, IReadOnlySet<string>? columns, CancellationToken cancellation)
    {
        using var local = await store.LocalAsync(reference.Path, cancellation);
        var found = new FileInfo(local.Path).Length;
        if (found != reference.Bytes)
        {
            throw new DataException(
                $"The batch \"{reference.Path}\" in {store.Location} has {found:N0} bytes; expected {reference.Bytes:N0}. It was changed or cut after it was written. "
                + "Delete it and run the pipeline again.");
        }

        var batch = ParquetFile.Read(db, local.Path, columns, cancellation);
        return batch.Rows == reference.Rows
            ? batch
            : throw new DataException(
                $"The batch \"{reference.Path}\" in {store.Location} has {batch.Rows:N0} rows; expected {reference.Rows:N0}. Delete it and run the pipeline again.");
    }

    static async Task<(long Bytes, string Sha256)> HashAsync(string file, CancellationToken cancellation)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        return (stream.Length, Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation)));
    }

    StoreException Unwritable(DuckDbException cause) => new(
        cause.Message.Contains("No space left", StringComparison.OrdinalIgnoreCase) || cause.Message.Contains("disk full", StringComparison.OrdinalIgnoreCase)
            ? $"The disk is full: the store in {store.Location} cannot write a batch. Nothing was half published. Free some space there, or choose a store on another disk, and run again."
            : $"The store in {store.Location} cannot write a batch: {cause.Message} Check that the disk is mounted, writable and healthy, and run again.",
        cause);
}
