using System.Text;
using Sluice.Storage;

namespace Sluice.Tests.Storage;

/// <summary>Several real processes on one folder store and one SQLite ledger.</summary>
public sealed class StorageProcessTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_process_killed_at_any_moment_leaves_only_whole_objects()
    {
        const int seed = 25;
        var random = new Random(seed);
        for (var round = 0; round < 6; round++)
        {
            using var process = StorageProcess.Start("publish", folder.Path, $"round{round}");
            var lines = random.Next(1, 12);
            process.Go();
            for (var i = 0; i <= lines; i++)
            {
                Assert.NotNull(await process.HearAsync());
            }

            await process.KillAsync();

            await using var store = new FolderStore(folder.Path);
            await using var ledger = new SqliteLedger(folder.File("ledger.db"));
            List<ObjectInfo> found =
            [
                .. await store.ListAsync($"created/round{round}/", default).ToListAsync(),
                .. await store.ListAsync($"published/round{round}/", default).ToListAsync(),
            ];
            foreach (var entry in found)
            {
                Assert.True(StorageProcess.IsWhole(await store.ReadAsync(entry.Path, default)), $"{entry.Path} is not whole (seed {seed}, round " +
                    $"{round}).");
            }

            // What it said is there, and what the ledger names is too.
            var rows = await ledger.ListAsync("published", $"round{round} ", default).ToListAsync();
            Assert.True(rows.Count >= lines, $"{rows.Count} rows of {lines} (seed {seed}, round {round}).");
            Assert.All(rows, row => Assert.Contains(found, entry => entry.Path == "published/" + row.Row.Replace(' ', '/')));
        }
    }

    [Fact]
    public async Task What_a_killed_process_left_is_swept_an_hour_later_and_not_before()
    {
        await using var store = new FolderStore(folder.Path);
        var old = store.NewScratchFile(".parquet");
        await File.WriteAllTextAsync(old, "half");
        Directory.CreateDirectory(folder.File("tmp/spill/deeper"));
        var live = store.NewScratchFile(".parquet");
        await File.WriteAllTextAsync(live, "half");
        File.SetLastWriteTimeUtc(live, DateTime.UtcNow + TimeSpan.FromMinutes(30));

        await using var soon = new FolderStore(folder.Path, time: new Later(TimeSpan.FromMinutes(59)));
        Assert.True(File.Exists(old));
        await using var later = new FolderStore(folder.Path, time: new Later(TimeSpan.FromMinutes(61)));

        Assert.Equal([live], Directory.EnumerateFileSystemEntries(folder.File("tmp")));
        Assert.Empty(await later.ListAsync("", default).ToListAsync());
    }

    [Fact]
    public async Task Of_several_processes_exactly_one_wins_each_path()
    {
        await using var store = new FolderStore(folder.Path);
        var processes = Enumerable.Range(0, 3).Select(number => StorageProcess.Start("claim", folder.Path, $"{number}")).ToList();
        foreach (var process in processes)
        {
            Assert.Equal("ready", await process.HearAsync());
        }

        processes.ForEach(process => process.Go());
        var said = await Task.WhenAll(processes.Select(process => process.ToEndAsync()));

        for (var i = 0; i < 100; i++)
        {
            var winner = Assert.Single(Enumerable.Range(0, 3), number => said[number].Contains($"{i}"));
            Assert.Equal($"{winner}", Encoding.UTF8.GetString(await store.ReadAsync($"race/{i}", default)));
        }

        processes.ForEach(process => process.Dispose());
    }

    [Fact]
    public async Task Increments_of_several_processes_lose_none()
    {
        await using var store = new FolderStore(folder.Path);
        await using var ledger = new SqliteLedger(folder.File("ledger.db"));
        await store.CreateAsync("counter", "0"u8.ToArray(), default);
        await ledger.InsertAsync("p", "counter", "0", default);
        var processes = Enumerable.Range(0, 3).Select(number => StorageProcess.Start("increment", folder.Path, $"{number}")).ToList();

        processes.ForEach(process => process.Go());
        await Task.WhenAll(processes.Select(process => process.ToEndAsync()));

        Assert.Equal("300", Encoding.UTF8.GetString(await store.ReadAsync("counter", default)));
        Assert.Equal("300", (await ledger.GetAsync("p", "counter", default))!.Json);
        processes.ForEach(process => process.Dispose());
    }

    [Fact]
    public async Task A_lock_that_another_holds_is_named_when_the_wait_is_over()
    {
        await using var store = new FolderStore(folder.Path, new FolderStore.Options { LockTimeout = TimeSpan.FromMilliseconds(20) });
        await store.CreateAsync("a", "x"u8.ToArray(), default);
        StoreException error;
        using (new FileStream(folder.File("lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            error = await Assert.ThrowsAsync<StoreException>(() => store.DeleteAsync("a", default));
            await Assert.ThrowsAsync<StoreException>(() => store.ReplaceAsync("a", default, "1", default));
            Assert.True(await store.CreateAsync("b", "x"u8.ToArray(), default));
        }

        Assert.Equal(
            $"The store in folder \"{folder.Path}\" is locked: another process has held \"{folder.File("lock")}\" for 0 seconds. Wait for it to " +
            "finish, or stop it, and run again.",
            error.Message);
        Assert.True(await store.DeleteAsync("a", default));
    }

    sealed class Later(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
