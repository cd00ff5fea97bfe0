using Sluice.Storage;

namespace Sluice.Tests.Storage;

public sealed class MemoryStoreTests : ObjectStoreContract
{
    protected override long MaxAllocatedBytes => 64 << 20;

    protected override Task<ObjectStore> OpenAsync() => Task.FromResult<ObjectStore>(new MemoryStore());

    protected override async Task<ObjectStore> ReopenAsync(long maxReadBytes)
    {
        var other = new MemoryStore { MaxReadBytes = maxReadBytes };
        await foreach (var found in Store.ListAsync("", default))
        {
            await other.CreateAsync(found.Path, await Store.ReadAsync(found.Path, default), default);
        }

        return other;
    }

    [Fact]
    public async Task Local_files_are_gone_after_their_release_and_all_after_the_store()
    {
        await Store.CreateAsync("a", Bytes("x"), default);
        var first = await Store.LocalAsync("a", default);
        var second = await Store.LocalAsync("a", default);

        first.Dispose();
        Assert.False(File.Exists(first.Path));
        await Store.DisposeAsync();

        Assert.False(File.Exists(second.Path));
    }

    [Fact]
    public async Task A_path_through_an_object_is_refused_as_a_folder_would()
    {
        await Store.CreateAsync("a/b", Bytes("x"), default);

        var under = await Assert.ThrowsAsync<DataException>(() => Store.CreateAsync("a/b/c", Bytes("x"), default));
        var over = await Assert.ThrowsAsync<DataException>(() => Store.CreateAsync("a", Bytes("x"), default));

        Assert.Equal("The object \"a/b/c\" cannot be made in memory: \"a/b\" is an object, not a folder. Choose a path that does not go through " +
            "it.", under.Message);
        Assert.Equal(
            "The object \"a\" cannot be made in memory: objects lie below \"a/\". Expected a path that is not the folder of others. Choose another " +
            "name.", over.Message);
    }
}
