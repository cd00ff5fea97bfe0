using System.Security.Cryptography;
using System.Text;
using Sluice.Storage;

namespace Sluice.Tests.Storage;

/// <summary>What every object store promises. A store's own test class opens it and adds only what is special.</summary>
public abstract partial class ObjectStoreContract : IAsyncLifetime
{
    protected ObjectStore Store { get; private set; } = null!;

    public virtual async Task InitializeAsync() => Store = await OpenAsync();

    public virtual async Task DisposeAsync() => await Store.DisposeAsync();

    /// <summary>Opens a store that is empty when the test begins.</summary>
    protected abstract Task<ObjectStore> OpenAsync();

    [Fact]
    public async Task A_created_object_is_read_back()
    {
        Assert.True(await Store.CreateAsync("runs/1/manifest.json", Bytes("hello"), default));

        Assert.Equal("hello", await TextAsync("runs/1/manifest.json"));
        Assert.Equal(5, (await Store.StatAsync("runs/1/manifest.json", default))!.Bytes);
    }

    [Fact]
    [Trait("Contract", "97")]
    public async Task A_second_create_is_refused_and_the_first_content_stays()
    {
        await Store.CreateAsync("a", Bytes("first"), default);
        var before = await Store.StatAsync("a", default);

        Assert.False(await Store.CreateAsync("a", Bytes("second, longer"), default));

        Assert.Equal("first", await TextAsync("a"));
        Assert.Equal(before, await Store.StatAsync("a", default));
    }

    [Fact]
    public async Task A_second_publish_is_refused_and_consumes_its_file()
    {
        await Store.PublishAsync("a", Scratch("first"), default);
        var second = Scratch("second");

        Assert.False(await Store.PublishAsync("a", second, default));

        Assert.Equal("first", await TextAsync("a"));
        Assert.False(File.Exists(second));
    }

    [Fact]
    public async Task A_published_file_is_consumed_and_read_back()
    {
        var file = Scratch("rows");

        Assert.True(await Store.PublishAsync("batches/b.parquet", file, default));

        Assert.False(File.Exists(file));
        Assert.Equal("rows", await TextAsync("batches/b.parquet"));
    }

    [Fact]
    public async Task Publishing_a_file_from_elsewhere_works_too()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("x.bin");
        await File.WriteAllTextAsync(file, "elsewhere");

        Assert.True(await Store.PublishAsync("a", file, default));

        Assert.False(File.Exists(file));
        Assert.Equal("elsewhere", await TextAsync("a"));
    }

    [Fact]
    public async Task Publishing_a_file_that_is_not_there_says_so_and_publishes_nothing()
    {
        var missing = Store.NewScratchFile(".parquet");

        var error = await Assert.ThrowsAsync<DataException>(() => Store.PublishAsync("a", missing, default));

        Assert.Equal($"The file \"{missing}\" that is to become \"a\" in {Store.Location} does not exist. Write it before publishing " +
            "it.", error.Message);
        Assert.Null(await Store.StatAsync("a", default));
    }

    [Fact]
    public async Task An_empty_object_exists()
    {
        Assert.True(await Store.CreateAsync("empty", default, default));
        Assert.True(await Store.PublishAsync("empty2", Scratch(""), default));

        Assert.Empty(await Store.ReadAsync("empty", default));
        Assert.Empty(await Store.ReadAsync("empty2", default));
        Assert.False(await Store.CreateAsync("empty", Bytes("x"), default));
        Assert.Equal([0, 0], (await ListAsync("")).Select(found => found.Bytes));
        using var local = await Store.LocalAsync("empty", default);
        Assert.Equal(0, new FileInfo(local.Path).Length);
    }

    [Fact]
    public async Task An_absent_object_is_named_with_its_store()
    {
        var expected = $"The object \"runs/none\" is not in {Store.Location}. It was never published there or has been deleted. "
            + "Run the pipeline again to make it, or check the name and the store.";

        Assert.Equal(expected, (await Assert.ThrowsAsync<DataException>(() => Store.OpenReadAsync("runs/none", default))).Message);
        Assert.Equal(expected, (await Assert.ThrowsAsync<DataException>(() => Store.ReadAsync("runs/none", default))).Message);
        Assert.Equal(expected, (await Assert.ThrowsAsync<DataException>(() => Store.LocalAsync("runs/none", default))).Message);
        Assert.Null(await Store.StatAsync("runs/none", default));
        Assert.False(await Store.DeleteAsync("runs/none", default));
        Assert.False(await Store.ReplaceAsync("runs/none", Bytes("x"), "0", default));
    }

    [Fact]
    [Trait("Contract", "97")]
    public async Task Replace_needs_the_current_etag()
    {
        Assert.True(await Store.ReplaceAsync("a", Bytes("1"), null, default));
        var first = await EtagAsync("a");

        Assert.False(await Store.ReplaceAsync("a", Bytes("x"), null, default));
        Assert.True(await Store.ReplaceAsync("a", Bytes("2"), first, default));
        Assert.False(await Store.ReplaceAsync("a", Bytes("x"), first, default));
        Assert.True(await Store.ReplaceAsync("a", Bytes("3"), await EtagAsync("a"), default));

        Assert.Equal("3", await TextAsync("a"));
    }

    [Fact]
    public async Task An_etag_never_comes_back()
    {
        var seen = new HashSet<string>();
        await Store.CreateAsync("a", Bytes("x"), default);
        for (var i = 0; i < 20; i++)
        {
            var etag = await EtagAsync("a");
            Assert.True(seen.Add(etag), $"ETag {etag} came back in round {i}.");
            Assert.True(await Store.ReplaceAsync("a", Bytes("x"), etag, default));
        }

        var last = await EtagAsync("a");
        await Store.DeleteAsync("a", default);
        await Store.CreateAsync("a", Bytes("x"), default);

        Assert.True(seen.Add(last) && seen.Add(await EtagAsync("a")));
        Assert.False(await Store.ReplaceAsync("a", Bytes("y"), last, default));
    }

    [Fact]
    public async Task A_deleted_object_can_be_created_again()
    {
        await Store.CreateAsync("a/b", Bytes("1"), default);

        Assert.True(await Store.DeleteAsync("a/b", default));
        Assert.Null(await Store.StatAsync("a/b", default));
        Assert.False(await Store.DeleteAsync("a/b", default));
        Assert.True(await Store.CreateAsync("a/b", Bytes("2"), default));

        Assert.Equal("2", await TextAsync("a/b"));
    }

    [Fact]
    public async Task Names_with_every_allowed_character_work()
    {
        const string path = "AZaz09._=@+-/region=eu@1+2/v1.0-x_y.parquet";
        await Store.CreateAsync(path, Bytes("x"), default);

        Assert.Equal(path, Assert.Single(await ListAsync("AZaz09._=@+-/region=eu@1+2/")).Path);
        Assert.Equal("x", await TextAsync(path));
    }

    [Fact]
    public async Task Twenty_megabytes_go_through_in_bounded_memory()
    {
        var file = Store.NewScratchFile(".bin");
        var hash = WriteRandom(file, 20 << 20, seed: 7);
        var before = AllocatedBytes();

        Assert.True(await Store.PublishAsync("big", file, default));
        await using var stream = await Store.OpenReadAsync("big", default);

        // Read on this thread, whose allocations are counted.
        var read = SHA256.HashData(stream);
        using var local = await Store.LocalAsync("big", default);

        var allocated = AllocatedBytes() - before;
        Assert.Equal(hash, Convert.ToHexString(read));
        Assert.Equal(20 << 20, new FileInfo(local.Path).Length);
        Assert.True(allocated < MaxAllocatedBytes, $"20 MiB took {allocated:N0} bytes of memory; expected less than {MaxAllocatedBytes:N0}.");
    }

    [Fact]
    public async Task Reading_a_whole_object_has_a_limit()
    {
        await Store.PublishAsync("big", Scratch(new string('x', 2000)), default);
        await using var limited = await ReopenAsync(maxReadBytes: 1000);

        var error = await Assert.ThrowsAsync<DataException>(() => limited.ReadAsync("big", default));

        Assert.Equal(
            $"The object \"big\" in {limited.Location} has 2000 bytes; expected at most 1000 to read it whole. Open it as a stream or as a local " +
            "file.", error.Message);
    }

    [Fact]
    public async Task A_local_file_stays_until_it_is_disposed_and_the_object_outlives_it()
    {
        await Store.CreateAsync("batches/x.parquet", Bytes("rows"), default);

        var first = await Store.LocalAsync("batches/x.parquet", default);
        var second = await Store.LocalAsync("batches/x.parquet", default);
        first.Dispose();
        first.Dispose();

        Assert.Equal(".parquet", Path.GetExtension(second.Path));
        Assert.Equal("rows", await File.ReadAllTextAsync(second.Path));
        second.Dispose();
        Assert.Equal("rows", await TextAsync("batches/x.parquet"));
    }

    [Fact]
    public async Task A_local_file_shows_what_was_replaced()
    {
        await Store.CreateAsync("a", Bytes("old"), default);
        (await Store.LocalAsync("a", default)).Dispose();
        await Store.ReplaceAsync("a", Bytes("new"), await EtagAsync("a"), default);

        using var local = await Store.LocalAsync("a", default);

        Assert.Equal("new", await File.ReadAllTextAsync(local.Path));
    }

    [Fact]
    public void Scratch_files_are_fresh_and_keep_their_extension()
    {
        var first = Store.NewScratchFile(".parquet");

        Assert.NotEqual(first, Store.NewScratchFile(".parquet"));
        Assert.EndsWith(".parquet", first, StringComparison.Ordinal);
        Assert.False(File.Exists(first));
        Assert.Equal("", Path.GetExtension(Store.NewScratchFile("")));
        var error = Assert.Throws<DataException>(() => Store.NewScratchFile("/../x"));
        Assert.Equal("The extension \"/../x\" is not valid. Expected none, or a dot and at most 19 letters and digits, for instance " +
            "\".parquet\".", error.Message);
    }

    /// <summary>Opens the same store again, with a lower limit for whole reads.</summary>
    protected abstract Task<ObjectStore> ReopenAsync(long maxReadBytes);

    /// <summary>Bytes allocated so far by what the test can cause. One thread's count is exact for stores that stay on it.</summary>
    protected virtual long AllocatedBytes() => GC.GetAllocatedBytesForCurrentThread();

    protected virtual long MaxAllocatedBytes => 8 << 20;

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected async Task<string> TextAsync(string path) => Encoding.UTF8.GetString(await Store.ReadAsync(path, default));

    protected async Task<string> EtagAsync(string path) => (await Store.StatAsync(path, default))!.ETag;

    protected async Task<List<ObjectInfo>> ListAsync(string prefix)
    {
        var found = new List<ObjectInfo>();
        await foreach (var info in Store.ListAsync(prefix, default))
        {
            found.Add(info);
        }

        return found;
    }

    protected string Scratch(string text)
    {
        var file = Store.NewScratchFile(".bin");
        File.WriteAllText(file, text);
        return file;
    }

    protected static string WriteRandom(string file, int bytes, int seed)
    {
        var content = new byte[bytes];
        new Random(seed).NextBytes(content);
        File.WriteAllBytes(file, content);
        return Convert.ToHexString(SHA256.HashData(content));
    }
}
