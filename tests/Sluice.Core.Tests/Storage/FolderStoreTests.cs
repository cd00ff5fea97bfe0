using Sluice.Storage;

namespace Sluice.Tests.Storage;

public sealed partial class FolderStoreTests : ObjectStoreContract, IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    protected override Task<ObjectStore> OpenAsync() => Task.FromResult<ObjectStore>(new FolderStore(folder.Path));

    protected override Task<ObjectStore> ReopenAsync(long maxReadBytes) =>
        Task.FromResult<ObjectStore>(new FolderStore(folder.Path) { MaxReadBytes = maxReadBytes });

    [Fact]
    public async Task A_restarted_store_shows_everything_with_the_same_etags()
    {
        await Store.CreateAsync("a/b", Bytes("x"), default);
        await Store.PublishAsync("c", Scratch("y"), default);
        var before = await ListAsync("");

        await using var reopened = new FolderStore(folder.Path);

        Assert.Equal(before, await reopened.ListAsync("", default).ToListAsync());
        Assert.False(await reopened.CreateAsync("a/b", Bytes("z"), default));
    }

    [Fact]
    public async Task The_same_promises_hold_when_everything_is_forced_to_disk()
    {
        await using var store = new FolderStore(folder.Path, new FolderStore.Options { Fsync = true });

        Assert.True(await store.CreateAsync("a/b/c", Bytes("1"), default));
        Assert.True(await store.PublishAsync("a/b/d", Scratch("2"), default));
        Assert.True(await store.ReplaceAsync("a/b/c", Bytes("3"), (await store.StatAsync("a/b/c", default))!.ETag, default));

        Assert.Equal("3"u8.ToArray(), await store.ReadAsync("a/b/c", default));
    }

    [Fact]
    public async Task A_local_file_is_the_object_itself()
    {
        await Store.CreateAsync("a/b.parquet", Bytes("x"), default);

        using var local = await Store.LocalAsync("a/b.parquet", default);

        Assert.Equal(Path.Combine(folder.Path, "objects", "a", "b.parquet"), local.Path);
    }

    [Fact]
    public async Task Publishing_a_scratch_file_moves_it()
    {
        var file = Scratch("x");
        var opened = new FileInfo(file);
        using var stream = opened.Open(FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

        await Store.PublishAsync("a", file, default);
        stream.Write("moved"u8);
        stream.Flush();

        Assert.Equal("moved", await TextAsync("a"));
    }

    [Fact]
    public async Task A_file_of_another_disk_is_copied()
    {
        var elsewhere = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        var file = Path.Combine(elsewhere, Path.GetRandomFileName());
        await File.WriteAllTextAsync(file, "far");

        Assert.True(await Store.PublishAsync("a/b", file, default));

        Assert.False(File.Exists(file));
        Assert.Equal("far", await TextAsync("a/b"));
        Assert.Empty(Directory.EnumerateFiles(folder.File("tmp")));
    }

    [Fact]
    public async Task What_a_linked_file_holds_is_published_not_the_link()
    {
        var target = folder.File("outside.bin");
        await File.WriteAllTextAsync(target, "held");
        var link = Store.NewScratchFile(".bin");
        File.CreateSymbolicLink(link, target);

        await Store.PublishAsync("a", link, default);

        Assert.Equal("held", await TextAsync("a"));
        Assert.Null(new FileInfo(folder.File("objects/a")).LinkTarget);
        Assert.True(File.Exists(target));
    }

    [Theory]
    [InlineData("linked", "linked")]
    [InlineData("linked/x", "linked")]
    [InlineData("linked/x/y", "linked")]
    public async Task A_symbolic_link_in_the_store_is_refused(string path, string link)
    {
        using var outside = new TemporaryFolder();
        await File.WriteAllTextAsync(outside.File("x"), "secret");
        var full = folder.File("objects/" + link);
        Directory.CreateSymbolicLink(full, outside.Path);
        var expected = $"The store in folder \"{folder.Path}\" holds a symbolic link: \"{full}\" leads to \"{outside.Path}\". "
            + "Expected files and folders only, since a link can lead out of the store. Replace it by what it points to, or remove it.";

        foreach (var call in new Func<Task>[]
        {
            () => Store.OpenReadAsync(path, default), () => Store.CreateAsync(path, Bytes("x"), default), () => Store.LocalAsync(path, default),
            () => Store.DeleteAsync(path, default), () => ListAsync(""), () => ListAsync("link"), () => ListAsync("linked/"),
        })
        {
            Assert.Equal(expected, (await Assert.ThrowsAsync<StoreException>(call)).Message);
        }

        Assert.Equal("secret", await File.ReadAllTextAsync(outside.File("x")));
    }

    [Fact]
    public async Task A_path_through_an_object_is_refused()
    {
        await Store.CreateAsync("a/b", Bytes("x"), default);

        var under = await Assert.ThrowsAsync<DataException>(() => Store.CreateAsync("a/b/c/d", Bytes("x"), default));
        var over = await Assert.ThrowsAsync<DataException>(() => Store.PublishAsync("a", Scratch("x"), default));

        Assert.Equal(
            $"The object \"a/b/c/d\" cannot be made in folder \"{folder.Path}\": \"a/b\" is an object, not a folder. Choose a path that does not " +
            "go through it.", under.Message);
        Assert.Equal(
            $"The object \"a\" cannot be made in folder \"{folder.Path}\": objects lie below \"a/\". Expected a path that is not the folder of " +
            "others. Choose another name.",
            over.Message);
        Assert.Null(await Store.StatAsync("a", default));
        Assert.Null(await Store.StatAsync("a/b/c", default));
        await Assert.ThrowsAsync<DataException>(() => Store.OpenReadAsync("a", default));
    }

    [Fact]
    public async Task A_folder_that_was_emptied_leaves_its_name_free()
    {
        await Store.CreateAsync("a/b/c", Bytes("x"), default);
        await Store.DeleteAsync("a/b/c", default);

        Assert.True(await Store.CreateAsync("a", Bytes("y"), default));
    }

    [Fact]
    public async Task Creating_and_deleting_in_one_folder_at_once_loses_nothing()
    {
        var done = await Race.RunAsync(2, async writer =>
        {
            for (var i = 0; i < 300; i++)
            {
                Assert.True(await Store.CreateAsync($"deep/er/{writer}", Bytes("x"), default));
                Assert.True(await Store.DeleteAsync($"deep/er/{writer}", default));
            }

            return await Store.CreateAsync($"deep/er/{writer}", Bytes("x"), default);
        });

        Assert.Equal(2, done.Count);
        Assert.Equal(2, (await ListAsync("deep/er/")).Count);
    }

    [Fact]
    public async Task Files_that_are_no_objects_are_not_listed()
    {
        await Store.CreateAsync("a", Bytes("x"), default);
        await File.WriteAllTextAsync(folder.File("objects/.DS_Store"), "");
        await File.WriteAllTextAsync(folder.File("objects/a copy.txt"), "");

        Assert.Equal("a", Assert.Single(await ListAsync("")).Path);
    }
}
