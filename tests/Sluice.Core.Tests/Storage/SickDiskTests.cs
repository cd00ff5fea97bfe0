using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sluice.Storage;

namespace Sluice.Tests.Storage;

/// <summary>Full disks and folders without permission.</summary>
[UnsupportedOSPlatform("windows")]
public sealed partial class SickDiskTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [SmallDiskFact]
    public async Task A_full_disk_is_one_clear_error_and_nothing_is_half_published()
    {
        using var disk = new SmallDisk(folder.File("disk"));
        await using var store = new FolderStore(disk.Path);
        await store.CreateAsync("kept", new byte[300_000], default);
        var expected = $"The disk is full: the store in folder \"{disk.Path}\" cannot write. Nothing was half published. "
            + "Free some space there, or choose a store on another disk, and run again.";
        var elsewhere = folder.File("elsewhere.bin");
        await File.WriteAllBytesAsync(elsewhere, new byte[2_000_000]);

        var create = await Assert.ThrowsAsync<StoreException>(() => store.CreateAsync("big", new byte[2_000_000], default));
        var publish = await Assert.ThrowsAsync<StoreException>(() => store.PublishAsync("big", elsewhere, default));
        var etag = (await store.StatAsync("kept", default))!.ETag;
        var replace = await Assert.ThrowsAsync<StoreException>(() => store.ReplaceAsync("kept", new byte[2_000_000], etag, default));

        Assert.Equal([expected, expected, expected], [create.Message, publish.Message, replace.Message]);
        Assert.True(File.Exists(elsewhere));
        Assert.Equal("kept", Assert.Single(await store.ListAsync("", default).ToListAsync()).Path);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(disk.Path, "tmp")));
        Assert.True(await store.CreateAsync("small", new byte[1000], default));
    }

    [SmallDiskFact]
    public async Task A_ledger_on_a_full_disk_says_so_and_keeps_its_rows()
    {
        using var disk = new SmallDisk(folder.File("disk"));
        var file = Path.Combine(disk.Path, "ledger.db");
        await using var ledger = new SqliteLedger(file);
        var kept = await ledger.InsertAsync("p", "kept", "1", default);
        var json = new string('x', 50_000);

        var error = await Assert.ThrowsAsync<StoreException>(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                await ledger.InsertAsync("p", $"r{i}", json, default);
            }
        });

        Assert.Equal(
            $"The disk is full: the ledger in file \"{file}\" cannot write. Nothing was half written. Free some space there and run " +
            "again.", error.Message);
        Assert.Equal(kept, await ledger.GetAsync("p", "kept", default));
    }

    [SmallDiskFact]
    public async Task A_cache_on_a_full_disk_says_so_and_keeps_nothing()
    {
        using var disk = new SmallDisk(folder.File("disk"));
        using var cache = new LocalCache(disk.Path);

        var error = await Assert.ThrowsAsync<StoreException>(
            () => cache.GetAsync("a", 2_000_000, (file, cancellation) => File.WriteAllBytesAsync(file, new byte[2_000_000], cancellation), default));

        Assert.StartsWith(
            $"The disk is full: the store in the cache folder \"{disk.Path}/0\" cannot write.", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, cache.TotalBytes);
    }

    [UnprivilegedFact]
    public async Task A_folder_without_read_permission_is_refused_by_name()
    {
        var closed = folder.File("closed");
        await new FolderStore(closed).DisposeAsync();
        Directory.CreateDirectory(closed + "/objects/secret");
        File.SetUnixFileMode(closed + "/objects/secret", UnixFileMode.None);

        // The way down to the store is open: only the store's own folders refuse.
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);

        var messages = new List<string>();
        AsNobody(() =>
        {
            var store = new FolderStore(closed, new FolderStore.Options { LeftoverAge = TimeSpan.FromDays(1) });
            messages.Add(Caught(() => store.ListAsync("", default).ToListAsync().AsTask()));
            messages.Add(Caught(() => store.OpenReadAsync("secret/x", default)));
            messages.Add(Caught(() => store.CreateAsync("new/x", new byte[1], default)));
        });

        Assert.Equal(3, messages.Count);
        Assert.All(messages, message =>
        {
            Assert.StartsWith($"The store in folder \"{closed}\" cannot be used: permission denied (", message, StringComparison.Ordinal);
            Assert.EndsWith("Give this user read and write permission, or choose another store.", message, StringComparison.Ordinal);
        });
    }

    [UnprivilegedFact]
    public void A_folder_that_cannot_be_made_is_refused_by_name()
    {
        File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        var message = "";

        AsNobody(() => message = Assert.Throws<StoreException>(() => new FolderStore(folder.File("store"))).Message);

        File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.StartsWith($"The store in folder \"{folder.File("store")}\" cannot be used: permission denied (", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_whose_folder_is_a_file_is_refused()
    {
        File.WriteAllText(folder.File("notes"), "x");

        var error = Assert.Throws<StoreException>(() => new FolderStore(folder.File("notes")));

        Assert.StartsWith($"The store in folder \"{folder.File("notes")}\" cannot be used: ", error.Message, StringComparison.Ordinal);
    }

    static string Caught(Func<Task> call)
    {
        // The thread that has lost its rights must do the work itself: the folder store works on its caller's thread.
        var running = call();
        Assert.True(running.IsCompleted, "The call went to another thread.");
        return running.Exception?.InnerException is StoreException error ? error.Message : "no error";
    }

    // Root passes every permission. On Linux a thread can put that aside for its own file accesses.
    static void AsNobody(Action act)
    {
        const int nobody = 65534;
        Exception? failed = null;
        var thread = new Thread(() =>
        {
            _ = SetFileUser(nobody);
            try
            {
                act();
            }
            // CA1031: whatever fails belongs to the test's own thread, which rethrows it.
#pragma warning disable CA1031
            catch (Exception e)
#pragma warning restore CA1031
            {
                failed = e;
            }
        });
        thread.Start();
        thread.Join();
        if (failed is not null)
        {
            throw new InvalidOperationException("Failed as an unprivileged user.", failed);
        }
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetFileUser(int user);

    /// <summary>A disk of one megabyte.</summary>
    sealed class SmallDisk : IDisposable
    {
        public SmallDisk(string path)
        {
            Path = path;
            Directory.CreateDirectory(path);
            Assert.True(Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", path));
        }

        public string Path { get; }

        public void Dispose() => Run("umount", "-l", Path);

        public static bool Run(string command, params string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
    }

    sealed class SmallDiskFactAttribute : FactAttribute
    {
        static readonly bool canMount = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && CanMount();

        public SmallDiskFactAttribute() => Skip = canMount ? null : "Needs the right to mount a disk of one megabyte: Linux, as root.";

        static bool CanMount()
        {
            var probe = Directory.CreateTempSubdirectory("sluice-mount-");
            var mounted = SmallDisk.Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", probe.FullName) && SmallDisk.Run("umount", probe.FullName);
            probe.Delete();
            return mounted;
        }
    }

    sealed class UnprivilegedFactAttribute : FactAttribute
    {
        public UnprivilegedFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "Needs Linux, where a thread can put its file rights aside.";
    }
}
