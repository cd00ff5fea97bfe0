namespace Sluice.Storage;

/// <summary>
/// Objects as files below <c>objects/</c> of one folder. Several processes may use the folder at once, and one may be killed at any moment:
/// content is written to <c>tmp/</c> first and appears under its path whole, by a hard link that refuses to overwrite.
/// </summary>
/// <remarks>
/// An object's ETag is made of the time at which it was published and its length. Replacing moves that time forward, so an ETag never comes back.
/// Symbolic links below <c>objects/</c> are refused: one that leads outside would make the store read or overwrite files that are not its own,
/// one that leads inside would show an object under two paths. The folder itself may be reached through links.
/// </remarks>
public sealed partial class FolderStore : ObjectStore
{
    readonly string objects;
    readonly string scratch;
    readonly StoreLock storeLock;
    readonly Options options;
    readonly TimeProvider time;

    /// <summary>Opens the folder, making it when it is missing, and removes what killed processes left in <c>tmp/</c>.</summary>
    /// <exception cref="StoreException">The folder cannot be made or used.</exception>
    public FolderStore(string folder, Options? options = null, TimeProvider? time = null)
    {
        this.options = options ?? new Options();
        this.time = time ?? TimeProvider.System;
        Folder = Path.GetFullPath(folder);
        objects = Path.Combine(Folder, "objects");
        scratch = Path.Combine(Folder, "tmp");
        storeLock = new StoreLock(Path.Combine(Folder, "lock"), Location, this.options.LockTimeout, this.time);
        try
        {
            Directory.CreateDirectory(objects);
            Directory.CreateDirectory(scratch);
            SweepScratch();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StoreException.From(Location, e);
        }
    }

    public string Folder { get; }

    public override string Location => $"folder \"{Folder}\"";

    public override Task<ObjectInfo?> StatAsync(string path, CancellationToken cancellation) => Guard(() =>
    {
        var file = new FileInfo(Locate(path));
        return file.Exists ? Describe(path, file) : null;
    }, cancellation);

    public override Task<Stream> OpenReadAsync(string path, CancellationToken cancellation) => Guard<Stream>(() =>
    {
        var file = Locate(path);
        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 64 << 10, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException || Directory.Exists(file))
        {
            throw Absent(path);
        }
    }, cancellation);

    public override Task<LocalFile> LocalAsync(string path, CancellationToken cancellation) => Guard(() =>
    {
        var file = Locate(path);
        return File.Exists(file) ? new LocalFile(file, null) : throw Absent(path);
    }, cancellation);

    public override string NewScratchFile(string extension) => Path.Combine(scratch, Guid.CreateVersion7().ToString("N") + CheckExtension(extension));

    public override ValueTask DisposeAsync()
    {
        storeLock.Dispose();
        return base.DisposeAsync();
    }

    static ObjectInfo Describe(string path, FileInfo file) => new(path, file.Length, $"{file.LastWriteTimeUtc.Ticks:x}-{file.Length:x}");

    // A path of the store as a path of the file system. A symbolic link on the way is refused, see the remarks on the class.
    string Locate(string path)
    {
        StorePath.Check(path);
        var located = objects;
        foreach (var range in path.AsSpan().Split('/'))
        {
            located = Path.Join(located, path.AsSpan()[range]);
            RefuseLink(new FileInfo(located));
        }

        return located;
    }

    void RefuseLink(FileSystemInfo entry)
    {
        if (entry.LinkTarget is { } target)
        {
            throw new StoreException(
                $"The store in {Location} holds a symbolic link: \"{entry.FullName}\" leads to \"{target}\". Expected files and folders only, " +
                "since a link can lead out of the store. Replace it by what it points to, or remove it.");
        }
    }

    // A publisher that was killed leaves its temporary file. An hour is far above the time that a live one goes without writing to it.
    void SweepScratch()
    {
        var oldest = time.GetUtcNow().UtcDateTime - options.LeftoverAge;
        foreach (var leftover in new DirectoryInfo(scratch).EnumerateFileSystemInfos().Where(entry => entry.LastWriteTimeUtc < oldest))
        {
            try
            {
                if (leftover is DirectoryInfo directory)
                {
                    directory.Delete(recursive: true);
                }
                else
                {
                    leftover.Delete();
                }
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                // Another process opened the store in the same moment and was faster.
            }
        }
    }

    Task<T> Guard<T>(Func<T> work, CancellationToken cancellation) => Guard(() => Task.FromResult(work()), cancellation);

    async Task<T> Guard<T>(Func<Task<T>> work, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            return await work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StoreException.From(Location, e);
        }
    }

    /// <summary>How a folder store writes.</summary>
    public sealed record Options
    {
        /// <summary>
        /// Forces every object to the disk before it is published. Off by default: a killed process loses nothing either way, since the system
        /// still holds what was written; only a power cut within seconds of publishing can leave an empty or missing object, and then the run is
        /// repeated from its source. Forcing costs several milliseconds an object, more than writing a small batch.
        /// </summary>
        public bool Fsync { get; init; }

        /// <summary>Temporary files not written to for this long belong to killed processes and are removed when the store is opened.</summary>
        public TimeSpan LeftoverAge { get; init; } = TimeSpan.FromHours(1);

        /// <summary>How long replacing and deleting wait for another process that is doing the same.</summary>
        public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(30);
    }
}
