using System.Security.Cryptography;
using System.Text;

namespace Sluice.Storage;

/// <summary>
/// Downloaded objects as local files, at most so many bytes. The least recently used go first; one that is in use stays. Concurrent requests for
/// one object share its download, and a restarted process finds what the last one downloaded.
/// </summary>
/// <remarks>Processes that share the folder take one numbered place in it each, so that none removes what another reads.</remarks>
public sealed class LocalCache : IDisposable
{
    const int MaxPlaces = 64;
    const string Unfinished = ".part";

    readonly long maxBytes;
    readonly string place;
    readonly FileStream placeLock;
    readonly Lock gate = new();
    readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);
    long totalBytes;
    long lastUse;

    /// <param name="folder">Where the files lie; made when missing.</param>
    /// <param name="maxBytes">Most bytes on disk. Files that a running step holds open together must fit.</param>
    public LocalCache(string folder, long maxBytes = 10L << 30)
    {
        this.maxBytes = maxBytes;
        try
        {
            (place, placeLock) = TakePlace(Path.GetFullPath(folder));
            Adopt();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StoreException.From($"the cache folder \"{folder}\"", e);
        }
    }

    /// <summary>Bytes on disk, downloads in progress included.</summary>
    public long TotalBytes
    {
        get
        {
            lock (gate)
            {
                return totalBytes;
            }
        }
    }

    /// <summary>The object as a local file, downloaded unless it is here. It stays until the result is disposed.</summary>
    /// <param name="key">Names the content, not only the object: store, path and ETag. Its extension is kept.</param>
    /// <param name="bytes">The object's length.</param>
    /// <param name="download">Writes the object to the given path.</param>
    /// <param name="cancellation">Ends the wait; a download that others wait for is then begun again by one of them.</param>
    /// <exception cref="StoreException">It does not fit beside what is in use.</exception>
    public async Task<LocalFile> GetAsync(string key, long bytes, Func<string, CancellationToken, Task> download, CancellationToken cancellation)
    {
        var name = NameOf(key);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var (entry, isMine) = Hold(name, bytes);
            try
            {
                if (isMine)
                {
                    await DownloadAsync(entry, download, cancellation);
                }
                else if (!await entry.Ready.Task.WaitAsync(cancellation))
                {
                    // The one that downloaded gave up, for a reason that may be its own: try again.
                    continue;
                }
            }
            catch
            {
                Release(entry);
                throw;
            }

            return new LocalFile(entry.File, () => Release(entry));
        }
    }

    /// <summary>A fresh path beside the cached files, for a file that is to be published.</summary>
    public string NewScratchFile(string extension) => Path.Combine(place, "scratch", Guid.CreateVersion7().ToString("N") + extension);

    public void Dispose() => placeLock.Dispose();

    static (string Place, FileStream Lock) TakePlace(string folder)
    {
        for (var number = 0; number < MaxPlaces; number++)
        {
            var place = Path.Combine(folder, number.ToString());
            Directory.CreateDirectory(Path.Combine(place, "scratch"));
            if (StoreLock.TryOpen(Path.Combine(place, "lock")) is { } stream)
            {
                return (place, stream);
            }
        }

        throw new StoreException(
            $"The cache folder \"{folder}\" is in use by {MaxPlaces} processes, the most that may share it. Stop some, or give this one another " +
            "folder.");
    }

    static string NameOf(string key) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..40] + Path.GetExtension(key.AsSpan()).ToString();

    // The place is ours alone: what is whole in it came from an earlier process, what is not is from a killed one.
    void Adopt()
    {
        foreach (var file in new DirectoryInfo(Path.Combine(place, "scratch")).EnumerateFiles())
        {
            file.Delete();
        }

        var found = new DirectoryInfo(place).EnumerateFiles().Where(file => file.Name != "lock").OrderBy(file => file.LastWriteTimeUtc).ToList();
        foreach (var file in found)
        {
            if (file.Extension == Unfinished)
            {
                file.Delete();
                continue;
            }

            var entry = new Entry(file.Name, file.FullName, file.Length) { LastUse = ++lastUse };
            entry.Ready.SetResult(true);
            entries.Add(file.Name, entry);
            totalBytes += file.Length;
        }

        MakeRoom(0);
    }

    (Entry Entry, bool IsMine) Hold(string name, long bytes)
    {
        lock (gate)
        {
            // A cleaner of temporary files may have taken a file, or an older process left another length.
            if (entries.TryGetValue(name, out var entry) && entry.IsWhole && (!File.Exists(entry.File) || entry.Bytes != bytes))
            {
                Forget(entry);
                entry = null;
            }

            var isMine = entry is null;
            if (entry is null)
            {
                MakeRoom(bytes);
                entry = new Entry(name, Path.Combine(place, name), bytes);
                entries.Add(name, entry);
                totalBytes += bytes;
            }

            entry.Uses++;
            entry.LastUse = ++lastUse;
            return (entry, isMine);
        }
    }

    async Task DownloadAsync(Entry entry, Func<string, CancellationToken, Task> download, CancellationToken cancellation)
    {
        var part = entry.File + Unfinished;
        try
        {
            await download(part, cancellation);
            if (new FileInfo(part).Length is var found && found != entry.Bytes)
            {
                throw new TransientException($"A download to \"{part}\" ended after {found} of {entry.Bytes} bytes.");
            }

            File.Move(part, entry.File, overwrite: true);
            entry.Ready.SetResult(true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            GiveUp(entry, part);
            throw StoreException.From($"the cache folder \"{place}\"", e);
        }
        catch
        {
            GiveUp(entry, part);
            throw;
        }
    }

    void GiveUp(Entry entry, string part)
    {
        lock (gate)
        {
            File.Delete(part);
            Forget(entry);
        }

        entry.Ready.SetResult(false);
    }

    void Release(Entry entry)
    {
        lock (gate)
        {
            entry.Uses--;
        }
    }

    void Forget(Entry entry)
    {
        // A later download of the same name is another entry, whose bytes are its own.
        if (entries.TryGetValue(entry.Name, out var current) && current == entry)
        {
            entries.Remove(entry.Name);
            totalBytes -= entry.Bytes;
        }
    }

    void MakeRoom(long bytes)
    {
        if (totalBytes + bytes <= maxBytes)
        {
            return;
        }

        foreach (var oldest in entries.Values.Where(entry => entry.Uses == 0).OrderBy(entry => entry.LastUse).ToList())
        {
            if (totalBytes + bytes <= maxBytes)
            {
                return;
            }

            File.Delete(oldest.File);
            Forget(oldest);
        }

        if (totalBytes + bytes > maxBytes)
        {
            throw new StoreException(
                $"The cache folder \"{place}\" cannot take {bytes} bytes: {totalBytes} of at most {maxBytes} bytes are in use by open files. " +
                "Raise its limit, or run fewer steps at once.");
        }
    }

    sealed class Entry(string name, string file, long bytes)
    {
        public string Name { get; } = name;

        public string File { get; } = file;

        public long Bytes { get; } = bytes;

        public int Uses { get; set; }

        public long LastUse { get; set; }

        /// <summary>True once the file is whole; false when its download was given up.</summary>
        public TaskCompletionSource<bool> Ready { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsWhole => Ready.Task.IsCompletedSuccessfully && Ready.Task.Result;
    }
}
