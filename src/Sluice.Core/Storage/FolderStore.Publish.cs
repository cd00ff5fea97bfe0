using Microsoft.Win32.SafeHandles;

namespace Sluice.Storage;

/// <content>Writing: everything becomes visible in one step, or not at all.</content>
public sealed partial class FolderStore
{
    const int WriteBytes = 1 << 20;
    const int MaxAttempts = 100;

    public override Task<bool> CreateAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
        Guard(async () =>
        {
            var target = Locate(path);
            if (IsTaken(path, target))
            {
                return false;
            }

            var file = NewScratchFile(".new");
            try
            {
                Write(file, content, cancellation);
                return await PublishScratchAsync(path, target, file, cancellation);
            }
            finally
            {
                File.Delete(file);
            }
        }, cancellation);

    public override Task<bool> PublishAsync(string path, string localFile, CancellationToken cancellation) =>
        Guard(async () =>
        {
            var target = Locate(path);
            var published = !IsTaken(path, target) && await PublishLocalAsync(path, target, localFile, cancellation);
            File.Delete(localFile);
            return published;
        }, cancellation);

    public override Task<bool> ReplaceAsync(string path, ReadOnlyMemory<byte> content, string? etag, CancellationToken cancellation) =>
        etag is null ? CreateAsync(path, content, cancellation) : Guard(async () =>
        {
            var target = Locate(path);
            var file = NewScratchFile(".new");
            try
            {
                Write(file, content, cancellation);
                using var held = await storeLock.TakeAsync(cancellation);
                var current = new FileInfo(target);
                if (!current.Exists || Describe(path, current).ETag != etag)
                {
                    return false;
                }

                Stamp(file, current.LastWriteTimeUtc);
                File.Move(file, target, overwrite: true);
                FlushFolders(target);
                return true;
            }
            finally
            {
                File.Delete(file);
            }
        }, cancellation);

    public override Task<bool> DeleteAsync(string path, CancellationToken cancellation) =>
        Guard(async () =>
        {
            var target = Locate(path);
            using var held = await storeLock.TakeAsync(cancellation);
            if (!File.Exists(target))
            {
                return false;
            }

            File.Delete(target);
            RemoveEmptyFolders(target);
            return true;
        }, cancellation);

    // A file that the caller made elsewhere. On another disk, or behind a link, it is copied first: only a file of our own disk can be linked.
    async Task<bool> PublishLocalAsync(string path, string target, string localFile, CancellationToken cancellation)
    {
        var local = new FileInfo(localFile);
        if (!local.Exists)
        {
            throw NoLocalFile(path, localFile);
        }

        if (local.LinkTarget is null && HardLink.CanReach(localFile, scratch))
        {
            FlushFile(localFile);
            return await PublishScratchAsync(path, target, localFile, cancellation);
        }

        var copy = NewScratchFile(".new");
        try
        {
            await using (var from = new FileStream(localFile, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0))
            await using (var to = new FileStream(copy, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                await from.CopyToAsync(to, WriteBytes, cancellation);
            }

            FlushFile(copy);
            return await PublishScratchAsync(path, target, copy, cancellation);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    async Task<bool> PublishScratchAsync(string path, string target, string file, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Stamp(file, DateTime.MinValue);
        for (var attempt = 1; ; attempt++)
        {
            RefuseOccupiedFolder(path, target);
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            }
            catch (IOException e) when (attempt < MaxAttempts && !StoreException.IsDiskFull(e))
            {
                // As below, while the folders above were being made.
                continue;
            }

            switch (HardLink.Create(file, target))
            {
                case HardLinkResult.Created:
                    FlushFolders(target);
                    return true;
                case HardLinkResult.Exists when IsTaken(path, target):
                    return false;
                case HardLinkResult.Exists or HardLinkResult.Vanished when attempt < MaxAttempts:
                    // Another process deleted the object, or the last object of the folder and so the folder, in this moment.
                    continue;
                default:
                    return await MoveAsync(path, target, file, cancellation);
            }
        }
    }

    // A file system without hard links (FAT, some network and container mounts): the lock makes look and rename one step among our processes.
    async Task<bool> MoveAsync(string path, string target, string file, CancellationToken cancellation)
    {
        using var held = await storeLock.TakeAsync(cancellation);
        if (IsTaken(path, target))
        {
            return false;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Move(file, target, overwrite: true);
        FlushFolders(target);
        return true;
    }

    bool IsTaken(string path, string target)
    {
        if (Directory.Exists(target) && !RemoveEmptyFolder(target))
        {
            throw Occupied(path, path);
        }

        return File.Exists(target);
    }

    void RefuseOccupiedFolder(string path, string target)
    {
        var folder = Path.GetDirectoryName(target)!;
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1), folder = Path.GetDirectoryName(folder)!)
        {
            if (File.Exists(folder))
            {
                throw Occupied(path, path[..slash]);
            }
        }
    }

    void Write(string file, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        using var handle = File.OpenHandle(file, FileMode.CreateNew, FileAccess.Write);
        for (var at = 0; at < content.Length; at += WriteBytes)
        {
            cancellation.ThrowIfCancellationRequested();
            RandomAccess.Write(handle, content.Span.Slice(at, Math.Min(WriteBytes, content.Length - at)), at);
        }

        if (options.Fsync)
        {
            RandomAccess.FlushToDisk(handle);
        }
    }

    // The time is part of the ETag. The system's own stamp is only as fine as its clock tick (4 ms), too coarse to tell two replacements apart.
    void Stamp(string file, DateTime after)
    {
        var now = time.GetUtcNow().UtcDateTime;
        File.SetLastWriteTimeUtc(file, now > after ? now : after.AddTicks(1));
        if (File.GetLastWriteTimeUtc(file) <= after)
        {
            // A file system that keeps whole or even seconds (FAT, HFS+).
            File.SetLastWriteTimeUtc(file, after.AddSeconds(2));
        }
    }

    void FlushFile(string file)
    {
        if (options.Fsync)
        {
            using SafeFileHandle handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(handle);
        }
    }

    // A name is durable once its folder is.
    void FlushFolders(string target)
    {
        for (var folder = Path.GetDirectoryName(target)!; options.Fsync && folder.Length >= objects.Length; folder = Path.GetDirectoryName(folder)!)
        {
            HardLink.FlushFolder(folder);
        }
    }

    void RemoveEmptyFolders(string target)
    {
        var folder = Path.GetDirectoryName(target)!;
        while (folder.Length > objects.Length && RemoveEmptyFolder(folder))
        {
            folder = Path.GetDirectoryName(folder)!;
        }
    }

    static bool RemoveEmptyFolder(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: false);
            return true;
        }
        catch (IOException)
        {
            // It is not empty, or another process removed it: both end the clean-up.
            return !Directory.Exists(folder);
        }
    }
}
