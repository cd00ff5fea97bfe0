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

    /// <summary>Stores a batch that a later stage reads, in our own format (<see cref="ColumnFile"/>), unless its file is there already.</summary>
    /// <exception cref="DataException">The batch has no columns, or text that is not UTF-8.</exception>
    /// <exception cref="StoreException">The disk is full, or the store cannot be written.</exception>
    public Task<BatchRef> WriteAsync(Batch batch, CancellationToken cancellation) => Task.Run(
        () => StoreAsync(batch, ColumnFile.Extension, scratch => Task.FromResult(ColumnFile.Write(batch, scratch, cancellation)), cancellation), cancellation);

    /// <summary>As <see cref="WriteAsync"/>, as Parquet that any reader opens: for what users get.</summary>
    public Task<BatchRef> PublishAsync(Batch batch, CancellationToken cancellation) => Task.Run(
        () => StoreAsync(
            batch, ".parquet", scratch =>
            {
                ParquetFile.Write(db, batch, scratch, ParquetCompression.Zstd, cancellation);
                return HashAsync(scratch, cancellation);
            }, cancellation),
        cancellation);

    /// <summary>Reads a batch back, or only the columns named.</summary>
    /// <exception cref="DataException">The file is missing, is not the one that the reference names, or lacks a column.</exception>
    public Task<Batch> ReadAsync(BatchRef reference, IReadOnlySet<string>? columns, CancellationToken cancellation) =>
        Task.Run(() => ReadCoreAsync(reference, columns, cancellation), cancellation);

    async Task<BatchRef> StoreAsync(Batch batch, string extension, Func<string, Task<(long Bytes, string Sha256)>> write, CancellationToken cancellation)
    {
        var scratch = store.NewScratchFile(extension);
        try
        {
            var (bytes, sha256) = await write(scratch);
            var path = $"batches/{sha256[..2]}/{sha256}{extension}";
            await store.PublishAsync(path, scratch, cancellation);
            return new BatchRef(path, batch.Schema.Id(), batch.Rows, bytes, sha256);
        }
        catch (DuckDbException cause) when (cause.Kind is DuckDbErrorKind.Io)
        {
            throw Unwritable(cause);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw StoreException.From(store.Location, cause);
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

        var batch = reference.Path.EndsWith(ColumnFile.Extension, StringComparison.Ordinal)
            ? ColumnFile.Read(local.Path, columns, cancellation)
            : ParquetFile.Read(db, local.Path, columns, cancellation);
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
