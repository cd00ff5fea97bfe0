namespace Sluice.Storage;

/// <summary>The objects of a store below a folder, as a store of their own: for work whose objects are to be apart from all others, and to go together.</summary>
/// <param name="store">The store; it stays open when this is disposed.</param>
/// <param name="folder">The folder, ending in a slash.</param>
sealed class StorePart(ObjectStore store, string folder) : ObjectStore
{
    public override string Location => $"{store.Location}, {folder}";

    public override async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var item in store.ListAsync(folder + prefix, cancellation))
        {
            yield return Here(item);
        }
    }

    public override async Task<ObjectInfo?> StatAsync(string path, CancellationToken cancellation) => await store.StatAsync(folder + path, cancellation) is { } found ? Here(found) : null;

    public override Task<Stream> OpenReadAsync(string path, CancellationToken cancellation) => store.OpenReadAsync(folder + path, cancellation);

    public override Task<bool> CreateAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation) => store.CreateAsync(folder + path, content, cancellation);

    public override Task<bool> PublishAsync(string path, string localFile, CancellationToken cancellation) => store.PublishAsync(folder + path, localFile, cancellation);

    public override Task<bool> ReplaceAsync(string path, ReadOnlyMemory<byte> content, string? etag, CancellationToken cancellation) =>
        store.ReplaceAsync(folder + path, content, etag, cancellation);

    public override Task<bool> DeleteAsync(string path, CancellationToken cancellation) => store.DeleteAsync(folder + path, cancellation);

    public override Task<LocalFile> LocalAsync(string path, CancellationToken cancellation) => store.LocalAsync(folder + path, cancellation);

    public override string NewScratchFile(string extension) => store.NewScratchFile(extension);

    /// <summary>Deletes all that is there.</summary>
    public async Task ClearAsync(CancellationToken cancellation)
    {
        var paths = new List<string>();
        await foreach (var item in ListAsync("", cancellation))
        {
            paths.Add(item.Path);
        }

        foreach (var path in paths)
        {
            await DeleteAsync(path, cancellation);
        }
    }

    ObjectInfo Here(ObjectInfo item) => item with { Path = item.Path[folder.Length..] };
}
