using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Sluice.Storage;

/// <summary>Objects in memory, for tests and dry runs. It keeps the promises of the other stores and is as strict.</summary>
public sealed class MemoryStore : ObjectStore
{
    readonly Lock gate = new();
    readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);
    readonly SortedSet<string> paths = new(StringComparer.Ordinal);
    // One folder for the process, which nobody else may read, since scratch files hold rows.
    static readonly Lazy<string> folder = new(() =>
    {
        var made = Directory.CreateTempSubdirectory("sluice-memory-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(made, recursive: true);
        return made;
    });

    readonly ConcurrentBag<string> scratch = [];
    long lastVersion;

    public override string Location => "memory";

    public override async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        StorePath.CheckPrefix(prefix);
        foreach (var found in await Guard(() => Matching(prefix), cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return found;
        }
    }

    public override Task<ObjectInfo?> StatAsync(string path, CancellationToken cancellation) =>
        Guard(() => Find(path) is { } entry ? Describe(path, entry) : null, cancellation);

    public override Task<Stream> OpenReadAsync(string path, CancellationToken cancellation) =>
        Guard<Stream>(() => new MemoryStream((Find(path) ?? throw Absent(path)).Content, writable: false), cancellation);

    public override Task<bool> CreateAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
        Guard(() => Put(path, content.ToArray(), etag: null), cancellation);

    public override Task<bool> ReplaceAsync(string path, ReadOnlyMemory<byte> content, string? etag, CancellationToken cancellation) =>
        Guard(() => Put(path, content.ToArray(), etag), cancellation);

    public override Task<bool> PublishAsync(string path, string localFile, CancellationToken cancellation) => Guard(() =>
    {
        var published = Find(path) is null && Put(path, ReadLocal(path, localFile), etag: null);
        File.Delete(localFile);
        return published;
    }, cancellation);

    public override Task<bool> DeleteAsync(string path, CancellationToken cancellation) => Guard(() =>
    {
        StorePath.Check(path);
        lock (gate)
        {
            paths.Remove(path);
            return entries.Remove(path);
        }
    }, cancellation);

    public override Task<LocalFile> LocalAsync(string path, CancellationToken cancellation) => Guard(() =>
    {
        var entry = Find(path) ?? throw Absent(path);
        var file = NewScratchFile(Path.GetExtension(path) is { Length: <= 20 } extension ? extension : "");
        File.WriteAllBytes(file, entry.Content);
        return new LocalFile(file, () => File.Delete(file));
    }, cancellation);

    public override string NewScratchFile(string extension)
    {
        var file = Path.Combine(folder.Value, Guid.CreateVersion7().ToString("N") + CheckExtension(extension));
        scratch.Add(file);
        return file;
    }

    public override ValueTask DisposeAsync()
    {
        foreach (var file in scratch)
        {
            File.Delete(file);
        }

        return base.DisposeAsync();
    }

    static ObjectInfo Describe(string path, Entry entry) => new(path, entry.Content.LongLength, entry.Version.ToString("x"));

    byte[] ReadLocal(string path, string localFile) => File.Exists(localFile) ? File.ReadAllBytes(localFile) : throw NoLocalFile(path, localFile);

    List<ObjectInfo> Matching(string prefix)
    {
        lock (gate)
        {
            return [.. Between(prefix).Select(path => Describe(path, entries[path]))];
        }
    }

    // Every path that begins with the prefix: a path's characters are all below U+FFFF.
    SortedSet<string> Between(string prefix) => paths.GetViewBetween(prefix, prefix + '\uffff');

    Entry? Find(string path)
    {
        StorePath.Check(path);
        lock (gate)
        {
            return entries.GetValueOrDefault(path);
        }
    }

    bool Put(string path, byte[] content, string? etag)
    {
        StorePath.Check(path);
        lock (gate)
        {
            var current = entries.GetValueOrDefault(path);
            if ((current is null ? null : Describe(path, current).ETag) != etag)
            {
                return false;
            }

            if (current is null)
            {
                RefuseOccupied(path);
            }

            paths.Add(path);
            entries[path] = new Entry(content, ++lastVersion);
            return true;
        }
    }

    // A folder store cannot hold both "a" and "a/b"; what works in memory must work there.
    void RefuseOccupied(string path)
    {
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            if (entries.ContainsKey(path[..slash]))
            {
                throw Occupied(path, path[..slash]);
            }
        }

        if (Between(path + "/").Min is not null)
        {
            throw Occupied(path, path);
        }
    }

    static async Task<T> Guard<T>(Func<T> work, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            return await Task.FromResult(work());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StoreException.From($"folder \"{folder.Value}\"", e);
        }
    }

    sealed record Entry(byte[] Content, long Version);
}
