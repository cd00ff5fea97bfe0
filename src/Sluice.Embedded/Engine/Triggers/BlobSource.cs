namespace Sluice.Embedded;

/// <summary>
/// An account of blobs, or an emulator of one. When the app registers one, blob triggers look into its containers and not into folders.
/// </summary>
public abstract class BlobSource
{
    /// <summary>Every blob of a container, in any order.</summary>
    public abstract IAsyncEnumerable<SourceBlob> ListAsync(string container, CancellationToken cancellation);

    /// <summary>Opens one version of a blob.</summary>
    public abstract Task<Stream> OpenReadAsync(string container, SourceBlob blob, CancellationToken cancellation);
}

/// <summary>One version of a blob.</summary>
/// <param name="Name">Name in its container.</param>
/// <param name="Uri">Its address.</param>
/// <param name="ETag">Another one for every version.</param>
/// <param name="Bytes">Length.</param>
/// <param name="LastModified">When it was written.</param>
public sealed record SourceBlob(string Name, Uri Uri, string ETag, long Bytes, DateTimeOffset LastModified);
