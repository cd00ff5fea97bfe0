using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Sluice.Connectors;
using Sluice.Storage;

namespace Sluice.Functions.Storage;

/// <summary>
/// Input files in a container. A relative path starts at a folder of it; nothing outside of the container is read. A file is read as a local copy,
/// which is downloaded once for each version (ETag) of the blob.
/// </summary>
/// <param name="container">What may be read.</param>
/// <param name="folder">Where relative paths start: names with '/' between them, or nothing for the container itself.</param>
/// <param name="cache">Keeps the copies.</param>
/// <param name="options">How blobs are transferred.</param>
public sealed class BlobInputs(BlobContainerClient container, string folder, LocalCache cache, BlobStore.Options? options = null) : InputFiles
{
    readonly string[] folder = folder.Split('/', StringSplitOptions.RemoveEmptyEntries);
    readonly BlobDownload download = new(container, cache, options ?? new BlobStore.Options());

    /// <summary>Files that one path may mean at most.</summary>
    public int MaxFiles { get; init; } = 1_000_000;

    string Start => $"{container.Uri}{string.Concat(folder.Select(name => "/" + name))}";

    public override Task<IReadOnlyList<InputFile>> ListAsync(string path, CancellationToken cancellation) =>
        GuardAsync(path, () => FindAsync(path, cancellation), cancellation);

    /// <summary>Never: outputs lie in another container.</summary>
    public override bool Means(string path, string file) => false;

    public override async Task<LocalFile> OpenAsync(string path, CancellationToken cancellation)
    {
        var names = Resolve(path);
        var file = await GuardAsync(
            path,
            async () => await FileAsync(path, names, cancellation) ?? throw (await AnyAsync(Prefix(names), cancellation)
                ? new SourceException($"The input \"{path}\" is a folder; expected a file. Name one of its files.")
                : Missing(path, names)),
            cancellation);
        return await download.LocalAsync(string.Join('/', names), file.Bytes, file.Stamp, () => Missing(path, names), cancellation);
    }

    async Task<IReadOnlyList<InputFile>> FindAsync(string path, CancellationToken cancellation)
    {
        var names = Resolve(path);
        if (await FileAsync(path, names, cancellation) is { } one)
        {
            return [one];
        }

        var isFolder = await AnyAsync(Prefix(names), cancellation);
        if (!isFolder && !Glob.HasWildcard(path))
        {
            throw Missing(path, names);
        }

        var files = isFolder ? await FolderAsync(path, names, cancellation) : await MatchesAsync(path, names, cancellation);
        files.Sort((left, right) => string.CompareOrdinal(left.Path, right.Path));
        return files;
    }

    async Task<InputFile?> FileAsync(string path, string[] names, CancellationToken cancellation)
    {
        var name = string.Join('/', names);
        return name.Length is > 0 and <= BlobPath.MaxLength && await BlobAnswers.PropertiesAsync(container.GetBlobClient(name), cancellation) is { } found
            ? Describe(path, name, found.ContentLength, found.ETag)
            : null;
    }

    async Task<List<InputFile>> FolderAsync(string path, string[] names, CancellationToken cancellation)
    {
        var files = new List<InputFile>();
        var items = container.GetBlobsByHierarchyAsync(BlobTraits.None, BlobStates.None, "/", Prefix(names), cancellation);
        await foreach (var item in items.WithCancellation(cancellation))
        {
            // Some programs mark a folder by an empty blob whose name ends in '/'.
            if (item.IsBlob && item.Blob.Name[(item.Blob.Name.LastIndexOf('/') + 1)..] is { Length: > 0 } name && name[0] != '.')
            {
                Add(files, path, item.Blob);
            }
        }

        return files.Count > 0 ? files : throw new SourceException(
            $"The input folder \"{path}\" has no files in it (looked in \"{Address(names)}\"). Expected at least one file whose name does not begin with a dot. "
            + $"Upload the files there, or write \"{path.TrimEnd('/')}/**\" to read its subfolders too.");
    }

    async Task<List<InputFile>> MatchesAsync(string path, string[] pattern, CancellationToken cancellation)
    {
        var spelled = pattern.TakeWhile(name => !Glob.HasWildcard(name)).ToArray();
        var files = new List<InputFile>();
        var isThere = false;
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, Prefix(spelled), cancellation).WithCancellation(cancellation))
        {
            isThere = true;
            if (!blob.Name.EndsWith('/') && Glob.Matches(pattern, blob.Name.Split('/')))
            {
                Add(files, path, blob);
            }
        }

        // Folders before the first wildcard are named by the user, so their absence is a better message than "nothing matches".
        return files.Count > 0 ? files : throw new SourceException(isThere || spelled.Length <= folder.Length
            ? $"The input pattern \"{path}\" matches no file in \"{Address(spelled)}\". Expected at least one; * and ? stay within a name, ** goes through folders, "
                + "names that begin with a dot are left out, and case matters. Correct the pattern or upload the files there."
            : $"The input pattern \"{path}\" matches nothing: there is no folder \"{Address(spelled)}\". Check file_path; a relative path starts at \"{Start}\".");
    }

    void Add(List<InputFile> files, string path, BlobItem blob)
    {
        if (files.Count == MaxFiles)
        {
            throw new SourceException($"The input \"{path}\" means more than {MaxFiles:N0} files, the limit. Name a narrower folder or pattern.");
        }

        files.Add(Describe(path, blob.Name, blob.Properties.ContentLength ?? 0, blob.Properties.ETag ?? default));
    }

    InputFile Describe(string path, string name, long bytes, ETag etag)
    {
        var shown = BlobPath.Relative(folder, name.Split('/'));
        return BlobPath.Resolve(folder, shown) is { } again && string.Join('/', again) == name
            ? new InputFile(shown, bytes, BlobAnswers.Bare(etag))
            : throw new SourceException(
                $"The input \"{path}\" includes the blob \"{name}\", which no path can name. Expected names between '/' that are neither empty nor \".\" nor \"..\". Rename the blob.");
    }

    async Task<bool> AnyAsync(string? prefix, CancellationToken cancellation)
    {
        var pages = container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellation).AsPages(pageSizeHint: 1);
        await foreach (var page in pages.WithCancellation(cancellation))
        {
            // A page may be empty without being the last.
            if (page.Values.Count > 0)
            {
                return true;
            }
        }

        return false;
    }

    string[] Resolve(string path) => string.IsNullOrWhiteSpace(path) || path.Contains('\0')
        ? throw new SourceException(
            $"The input path \"{path.Replace("\0", "\\0", StringComparison.Ordinal)}\" is not a path. Expected a file, a folder or a pattern such as \"data/*.csv\". Set file_path.")
        : BlobPath.Resolve(folder, path) ?? throw new SourceException(
            $"The input \"{path}\" may not be read: it is outside the allowed folders. Expected a path inside: \"{container.Uri}\", relative to \"{Start}\". "
            + "Upload the file there and name it so.");

    // The container itself has no prefix.
    static string? Prefix(string[] names) => names.Length == 0 ? null : string.Join('/', names) + "/";

    string Address(string[] names) => $"{container.Uri}{string.Concat(names.Select(name => "/" + name))}";

    SourceException Missing(string path, string[] names) => new(
        $"The input \"{path}\" does not exist: there is no file or folder \"{Address(names)}\". Check file_path; a relative path starts at \"{Start}\".");

    async Task<T> GuardAsync<T>(string path, Func<Task<T>> read, CancellationToken cancellation)
    {
        try
        {
            return await ServiceFaults.GuardAsync($"container \"{container.Uri}\"", read, cancellation);
        }
        catch (StoreException cause)
        {
            throw new SourceException($"The input \"{path}\" cannot be read. {cause.Message}", cause);
        }
    }
}
