using Sluice.Storage;

namespace Sluice.Tests.Runs;

/// <summary>Counts writes to a store and a ledger and dies at one of them: from then on nothing is written, as after a kill.</summary>
sealed class Disk
{
    int writes;

    /// <summary>The write that dies, from 1; 0: none.</summary>
    public int DiesAt { get; init; }

    /// <summary>Whether the last write is done although its answer never comes.</summary>
    public bool AnswersNever { get; init; }

    public int Writes => writes;

    public async Task<T> WriteAsync<T>(Func<Task<T>> write)
    {
        var number = Interlocked.Increment(ref writes);
        if (DiesAt == 0 || number < DiesAt)
        {
            return await write();
        }

        if (number == DiesAt && AnswersNever)
        {
            await write();
        }

        throw new StoreException("The process was killed.");
    }
}

/// <summary>A store behind a <see cref="Disk"/>.</summary>
sealed class DiskStore(ObjectStore inner, Disk disk) : ObjectStore
{
    public override string Location => inner.Location;

    public override IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, CancellationToken cancellation) => inner.ListAsync(prefix, cancellation);

    public override Task<ObjectInfo?> StatAsync(string path, CancellationToken cancellation) => inner.StatAsync(path, cancellation);

    public override Task<Stream> OpenReadAsync(string path, CancellationToken cancellation) => inner.OpenReadAsync(path, cancellation);

    public override Task<LocalFile> LocalAsync(string path, CancellationToken cancellation) => inner.LocalAsync(path, cancellation);

    public override string NewScratchFile(string extension) => inner.NewScratchFile(extension);

    public override Task<bool> CreateAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
        disk.WriteAsync(() => inner.CreateAsync(path, content, cancellation));

    public override Task<bool> PublishAsync(string path, string localFile, CancellationToken cancellation) =>
        disk.WriteAsync(() => inner.PublishAsync(path, localFile, cancellation));

    public override Task<bool> ReplaceAsync(string path, ReadOnlyMemory<byte> content, string? etag, CancellationToken cancellation) =>
        disk.WriteAsync(() => inner.ReplaceAsync(path, content, etag, cancellation));

    public override Task<bool> DeleteAsync(string path, CancellationToken cancellation) => disk.WriteAsync(() => inner.DeleteAsync(path, cancellation));
}

/// <summary>A ledger behind a <see cref="Disk"/>.</summary>
sealed class DiskLedger(Ledger inner, Disk disk) : Ledger
{
    public override string Location => inner.Location;

    public override Task<LedgerRow?> GetAsync(string partition, string row, CancellationToken cancellation) => inner.GetAsync(partition, row, cancellation);

    public override IAsyncEnumerable<LedgerRow> ListAsync(string partition, string? rowPrefix, CancellationToken cancellation) =>
        inner.ListAsync(partition, rowPrefix, cancellation);

    public override Task<LedgerRow?> InsertAsync(string partition, string row, string json, CancellationToken cancellation) =>
        disk.WriteAsync(() => inner.InsertAsync(partition, row, json, cancellation));

    public override Task<LedgerRow?> ReplaceAsync(LedgerRow row, string json, CancellationToken cancellation) =>
        disk.WriteAsync(() => inner.ReplaceAsync(row, json, cancellation));

    public override Task<bool> DeleteAsync(LedgerRow row, CancellationToken cancellation) => disk.WriteAsync(() => inner.DeleteAsync(row, cancellation));
}
