using System.Net;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Sluice.Functions.Storage;
using Sluice.Storage;
using Sluice.Tests.Storage;

namespace Sluice.Functions.Tests.Storage;

[Collection(AzuriteTests.Name)]
public sealed class BlobStoreTests : ObjectStoreContract, IDisposable
{
    static readonly BlobStore.Options small = new() { PageSize = 100, BlockBytes = 1 << 20, Concurrency = 2 };

    readonly TemporaryFolder folder = new();
    readonly string name = "test-" + Guid.CreateVersion7().ToString("N");
    LocalCache cache = null!;
    BlobContainerClient container = null!;

    // The library and HTTP allocate beside our buffers; what matters is that it is far below the object's size.
    protected override long MaxAllocatedBytes => 14 << 20;

    public void Dispose()
    {
        cache.Dispose();
        folder.Dispose();
    }

    protected override async Task<ObjectStore> OpenAsync()
    {
        cache = new LocalCache(folder.Path);
        container = (await Azurite.SharedAsync()).Container(name);
        var store = new BlobStore(container, cache, small);
        await store.CreateIfMissingAsync(default);
        return store;
    }

    protected override Task<ObjectStore> ReopenAsync(long maxReadBytes) =>
        Task.FromResult<ObjectStore>(new BlobStore(container, cache, small) { MaxReadBytes = maxReadBytes });

    protected override long AllocatedBytes() => GC.GetTotalAllocatedBytes(precise: true);

    [Fact]
    public async Task A_large_file_goes_up_in_blocks_that_appear_at_once()
    {
        var file = Store.NewScratchFile(".bin");
        var hash = WriteRandom(file, (5 << 20) + 7, seed: 3);

        await Store.PublishAsync("big", file, default);

        var blocks = await container.GetBlockBlobClient("big").GetBlockListAsync();
        Assert.Equal(6, blocks.Value.CommittedBlocks.Count());
        Assert.Equal(hash, Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(await Store.ReadAsync("big", default))));
    }

    [Fact]
    [Trait("Contract", "99")]
    public async Task An_upload_that_was_cut_short_is_invisible_and_goes_on_where_it_stopped()
    {
        var file = Store.NewScratchFile(".bin");
        var hash = WriteRandom(file, 6 << 20, seed: 4);
        var puts = 0;
        var cut = await FaultyAsync((request, send) => request.Method == HttpMethod.Put && Interlocked.Increment(ref puts) > 3
            ? throw new HttpRequestException("The cable was cut.")
            : send());
        await Assert.ThrowsAsync<TransientException>(() => cut.Store.PublishAsync("big", file, default));
        Assert.True(File.Exists(file));
        Assert.Empty(await ListAsync(""));
        Assert.Null(await Store.StatAsync("big", default));
        var staged = 0;
        var whole = await FaultyAsync((request, send) =>
        {
            staged += request.RequestUri!.Query.Contains("comp=block&", StringComparison.Ordinal) ? 1 : 0;
            return send();
        });

        Assert.True(await whole.Store.PublishAsync("big", file, default));

        Assert.Equal(3, staged);
        Assert.Equal(hash, Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(await Store.ReadAsync("big", default))));
    }

    [Fact]
    public async Task Of_eight_large_files_for_one_path_one_is_published_whole()
    {
        var files = Enumerable.Range(0, 8).Select(seed => (File: Store.NewScratchFile(".bin"), Seed: seed))
            .Select(pair => (pair.File, Hash: WriteRandom(pair.File, 3 << 20, pair.Seed))).ToList();

        var won = await Race.RunAsync(8, writer => Store.PublishAsync("big", files[writer].File, default));

        var content = await Store.ReadAsync("big", default);
        Assert.Equal(files[Assert.Single(won)].Hash, Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(content)));
    }

    [Fact]
    public async Task Content_from_memory_goes_up_in_one_request_however_large()
    {
        var handler = new FaultyHandler((_, send) => send());

        await With(handler).CreateAsync("big", new byte[20 << 20], default);

        Assert.Equal(1, handler.Requests);
        Assert.Empty((await container.GetBlockBlobClient("big").GetBlockListAsync()).Value.CommittedBlocks);
    }

    [Fact]
    public async Task A_small_object_is_read_in_one_request()
    {
        var handler = new FaultyHandler((_, send) => send());
        await Store.CreateAsync("a", Bytes("x"), default);

        await With(handler).ReadAsync("a", default);

        Assert.Equal(1, handler.Requests);
    }

    [Fact]
    public async Task A_large_object_that_is_replaced_while_it_is_read_is_never_mixed()
    {
        var old = Store.NewScratchFile(".bin");
        WriteRandom(old, 3 << 20, seed: 1);
        await Store.PublishAsync("big", old, default);
        await using var stream = await Store.OpenReadAsync("big", default);
        await Store.ReplaceAsync("big", new byte[3 << 20], await EtagAsync("big"), default);

        var error = await Assert.ThrowsAsync<TransientException>(() => stream.CopyToAsync(Stream.Null));

        Assert.Equal($"An object in {Store.Location} was replaced while it was read.", error.Message);
    }

    [Fact]
    public async Task A_lost_answer_is_not_taken_for_another_writer()
    {
        Assert.True(await Losing().CreateAsync("created", Bytes("x"), default));
        Assert.True(await Losing().PublishAsync("published", Scratch("x"), default));
        Assert.True(await Losing().ReplaceAsync("created", Bytes("y"), await EtagAsync("created"), default));
        Assert.False(await Losing().CreateAsync("created", Bytes("z"), default));

        Assert.Equal("y", await TextAsync("created"));
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable, "ServerBusy")]
    [InlineData(HttpStatusCode.InternalServerError, "InternalError")]
    [InlineData(HttpStatusCode.TooManyRequests, "TooManyRequests")]
    public async Task A_busy_service_is_a_fault_that_passes(HttpStatusCode status, string code)
    {
        var handler = FaultyHandler.Answers(status, code);
        var store = With(handler);

        var error = await Assert.ThrowsAsync<TransientException>(() => store.CreateAsync("a", Bytes("x"), default));

        Assert.Equal($"The store in {store.Location} is busy: status {(int)status} {code}.", error.Message);
        Assert.Equal(3, handler.Requests);
    }

    [Fact]
    public async Task A_network_that_fails_is_a_fault_that_passes()
    {
        var (store, _) = await FaultyAsync((_, _) => throw new HttpRequestException("Name or service not known"));

        var error = await Assert.ThrowsAsync<TransientException>(() => store.StatAsync("a", default));

        Assert.StartsWith($"The store in {store.Location} does not answer: ", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<TransientException>(() => store.ListAsync("", default).ToListAsync().AsTask());
    }

    [Fact]
    public async Task A_connection_that_breaks_while_reading_is_a_fault_that_passes()
    {
        var file = Store.NewScratchFile(".bin");
        WriteRandom(file, 3 << 20, seed: 9);
        await Store.PublishAsync("big", file, default);
        var reads = 0;
        var (store, _) = await FaultyAsync((request, send) => request.Method == HttpMethod.Get && ++reads > 2
            ? throw new HttpRequestException("The cable was cut.")
            : send());

        await using var stream = await store.OpenReadAsync("big", default);

        await Assert.ThrowsAsync<TransientException>(() => stream.CopyToAsync(Stream.Null));
        await Assert.ThrowsAsync<TransientException>(() => store.LocalAsync("big", default));
        Assert.Equal(0, cache.TotalBytes);
    }

    [Fact]
    public async Task A_lease_of_another_program_is_a_fault_that_passes()
    {
        await Store.CreateAsync("a", Bytes("x"), default);
        var lease = container.GetBlobClient("a").GetBlobLeaseClient();
        await lease.AcquireAsync(BlobLeaseClient.InfiniteLeaseDuration);
        var expected = $"An object in {Store.Location} is leased by another program, which keeps it from being changed. It is tried again; break the lease " +
            "if nobody needs it.";

        Assert.Equal(expected, (await Assert.ThrowsAsync<TransientException>(async () => await Store.ReplaceAsync("a", Bytes("y"), await EtagAsync("a"), default))).Message);
        Assert.Equal(expected, (await Assert.ThrowsAsync<TransientException>(() => Store.DeleteAsync("a", default))).Message);
        Assert.False(await Store.CreateAsync("a", Bytes("y"), default));
        Assert.Equal("x", await TextAsync("a"));

        await lease.ReleaseAsync();
        Assert.True(await Store.ReplaceAsync("a", Bytes("y"), await EtagAsync("a"), default));
    }

    [Fact]
    public async Task A_missing_container_is_not_an_absent_object()
    {
        var store = new BlobStore((await Azurite.SharedAsync()).Container("not-made"), cache, small);
        var expected = $"The store in {store.Location} does not exist: status 404 ContainerNotFound. Create it, or correct its name in the settings.";

        foreach (var call in new Func<Task>[]
        {
            () => store.CreateAsync("a", Bytes("x"), default), () => store.StatAsync("a", default), () => store.OpenReadAsync("a", default),
            () => store.DeleteAsync("a", default), () => store.LocalAsync("a", default), () => store.PublishAsync("a", Scratch("x"), default),
            () => store.ListAsync("", default).ToListAsync().AsTask(), () => store.ReplaceAsync("a", Bytes("x"), "1", default),
        })
        {
            Assert.Equal(expected, (await Assert.ThrowsAsync<StoreException>(call)).Message);
        }
    }

    [Fact]
    public async Task A_refused_identity_says_which_role_is_needed()
    {
        var handler = FaultyHandler.Answers(HttpStatusCode.Forbidden, "AuthorizationPermissionMismatch");
        var store = With(handler);

        var error = await Assert.ThrowsAsync<StoreException>(() => store.StatAsync("a", default));

        Assert.Equal(
            $"The store in {store.Location} refuses this identity: status 403 AuthorizationPermissionMismatch. Give it the role Storage Blob Data " +
            "Contributor " +
            "and Storage Table Data Contributor on the account, check the account's firewall, and run again.",
            error.Message);
        Assert.Equal(1, handler.Requests);
    }

    [Fact]
    public async Task Blobs_that_are_no_objects_are_not_listed()
    {
        await container.UploadBlobAsync("with space.txt", BinaryData.FromString("x"));
        await container.UploadBlobAsync("a/b", BinaryData.FromString("x"));

        Assert.Equal("a/b", Assert.Single(await ListAsync("")).Path);
    }

    [Fact]
    public async Task A_local_file_is_downloaded_once()
    {
        await Store.CreateAsync("a.parquet", Bytes("rows"), default);
        var gets = 0;
        var (store, _) = await FaultyAsync((request, send) =>
        {
            gets += request.Method == HttpMethod.Get ? 1 : 0;
            return send();
        });

        (await store.LocalAsync("a.parquet", default)).Dispose();
        using var again = await store.LocalAsync("a.parquet", default);

        Assert.Equal(1, gets);
        Assert.Equal("rows", await File.ReadAllTextAsync(again.Path));
    }

    BlobStore With(HttpMessageHandler handler) => new(Azurite.SharedAsync().Result.Container(name, handler), cache, small);

    BlobStore Losing() => With(FaultyHandler.LosesFirstAnswer(HttpMethod.Put));

    async Task<(BlobStore Store, FaultyHandler Handler)> FaultyAsync(
        Func<HttpRequestMessage, Func<Task<HttpResponseMessage>>, Task<HttpResponseMessage>> behaviour)
    {
        var handler = new FaultyHandler(behaviour);
        return (new BlobStore((await Azurite.SharedAsync()).Container(name, handler), cache, small), handler);
    }
}
