namespace Sluice.Storage;

/// <summary>An object as a listing shows it. The ETag changes whenever the content at the path does.</summary>
public sealed record ObjectInfo(string Path, long Bytes, string ETag);

/// <summary>
/// Objects by path. Objects are immutable: they are published whole or not at all, by whoever comes first. Every member can be called from
/// many threads and many processes at once.
/// </summary>
/// <remarks>
/// Errors: an invalid path or an absent object is a <see cref="DataException"/>; a full, locked or unreadable store a <see cref="StoreException"/>;
/// a fault that passes (a throttled service) a <see cref="TransientException"/>.
/// </remarks>
public abstract class ObjectStore : IAsyncDisposable
{
    /// <summary>Where the objects are, for messages: <c>folder "/data/.sluice"</c>.</summary>
    public abstract string Location { get; }

    /// <summary>Most bytes that <see cref="ReadAsync"/> takes into memory.</summary>
    public long MaxReadBytes { get; init; } = 64L << 20;

    /// <summary>Every object whose path begins with the prefix, in ordinal order of the path. The prefix may end inside a segment.</summary>
    public abstract IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, CancellationToken cancellation);

    /// <summary>The object's size and ETag; null when it is absent.</summary>
    public abstract Task<ObjectInfo?> StatAsync(string path, CancellationToken cancellation);

    /// <summary>Opens the object for reading.</summary>
    /// <exception cref="DataException">The object is absent.</exception>
    public abstract Task<Stream> OpenReadAsync(string path, CancellationToken cancellation);

    /// <summary>Publishes the content unless the path is taken. False: it was taken, and what was there stays.</summary>
    public abstract Task<bool> CreateAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation);

    /// <summary>As <see cref="CreateAsync"/>, from a local file, which is consumed: it is gone afterwards whatever the answer.</summary>
    public abstract Task<bool> PublishAsync(string path, string localFile, CancellationToken cancellation);

    /// <summary>Compare-and-swap. A null ETag means that the object must be absent. False: it is not as the ETag says, and nothing changed.</summary>
    public abstract Task<bool> ReplaceAsync(string path, ReadOnlyMemory<byte> content, string? etag, CancellationToken cancellation);

    /// <summary>Deletes the object. False: it was not there.</summary>
    public abstract Task<bool> DeleteAsync(string path, CancellationToken cancellation);

    /// <summary>The object as a local file to read, never to write. It stays until the result is disposed.</summary>
    /// <exception cref="DataException">The object is absent.</exception>
    public abstract Task<LocalFile> LocalAsync(string path, CancellationToken cancellation);

    /// <summary>
    /// A fresh path for a local file that is to be published; nothing is created there. It lies where <see cref="PublishAsync"/> is
    /// cheapest. An extension begins with a dot, or is empty.
    /// </summary>
    public abstract string NewScratchFile(string extension);

    /// <summary>Reads a whole small object, at most <see cref="MaxReadBytes"/>.</summary>
    /// <exception cref="DataException">The object is absent or larger than that.</exception>
    public async Task<byte[]> ReadAsync(string path, CancellationToken cancellation)
    {
        await using var stream = await OpenReadAsync(path, cancellation);
        if (stream.Length > MaxReadBytes)
        {
            throw new DataException(
                $"The object \"{path}\" in {Location} has {stream.Length} bytes; expected at most {MaxReadBytes} to read it whole. Open it as a " +
                "stream or as a local file.");
        }

        var content = new byte[stream.Length];
        await stream.ReadExactlyAsync(content, cancellation);
        return content;
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected DataException Absent(string path) => new(
        $"The object \"{path}\" is not in {Location}. It was never published there or has been deleted. Run the pipeline again to make it, or " +
        "check the name and the store.");

    // "a" and "a/b" can both be objects in a blob container but not in a folder, so neither store of ours on this machine lets both be.
    private protected DataException Occupied(string path, string by) => new(by == path
        ? $"The object \"{path}\" cannot be made in {Location}: objects lie below \"{path}/\". Expected a path that is not the folder of others. " +
            "Choose another name."
        : $"The object \"{path}\" cannot be made in {Location}: \"{by}\" is an object, not a folder. Choose a path that does not go through it.");

    protected DataException NoLocalFile(string path, string localFile) => new(
        $"The file \"{localFile}\" that is to become \"{path}\" in {Location} does not exist. Write it before publishing it.");

    /// <summary>The extension as it is appended to a scratch file's name: empty, or a dot and a few letters and digits.</summary>
    protected static string CheckExtension(string extension) =>
        extension.Length == 0 || (extension[0] == '.' && extension.Length <= 20 && StorePath.IsSegment("x" + extension))
            ? extension
            : throw new DataException($"The extension \"{extension}\" is not valid. Expected none, or a dot and at most 19 letters and digits, for " +
                "instance \".parquet\".");
}
