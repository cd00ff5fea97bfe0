using Azure.Storage.Blobs;
using Sluice.Connectors;
using Sluice.Functions.Storage;
using Sluice.Storage;
using Sluice.Tests.Connectors;
using Sluice.Tests.Storage;

namespace Sluice.Functions.Tests.Storage;

[Collection(AzuriteTests.Name)]
public sealed class BlobInputsTests : InputFilesContract, IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly string name = "test-" + Guid.CreateVersion7().ToString("N");
    LocalCache cache = null!;
    BlobContainerClient container = null!;

    public override async Task InitializeAsync()
    {
        cache = new LocalCache(folder.Path);
        container = (await Azurite.SharedAsync()).Container(name);
        await container.CreateAsync();
    }

    public override async Task DisposeAsync()
    {
        await container.DeleteAsync();
        await base.DisposeAsync();
    }

    public void Dispose()
    {
        cache.Dispose();
        folder.Dispose();
    }

    protected override Task WriteAsync(string name, string content = "x") =>
        container.GetBlobClient(name).UploadAsync(BinaryData.FromString(content), overwrite: true);

    protected override InputFiles Inputs(string folder = "", int maxFiles = 1000) => new BlobInputs(container, folder, cache) { MaxFiles = maxFiles };

    [Fact]
    public async Task A_blob_and_a_folder_may_have_one_name()
    {
        await WriteAsync("a");
        await WriteAsync("a/b.csv");

        Assert.Equal("a", Assert.Single(await Inputs().ListAsync("a", default)).Path);
        Assert.Equal("a/b.csv", Assert.Single(await Inputs().ListAsync("a/*", default)).Path);
    }

    [Fact]
    public async Task A_blob_that_no_path_can_name_is_said()
    {
        await WriteAsync("sub//a.csv");

        var refused = await Assert.ThrowsAsync<SourceException>(() => Inputs().ListAsync("sub/**", default));

        Assert.StartsWith("The input \"sub/**\" includes the blob \"sub//a.csv\", which no path can name.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_is_downloaded_once_and_another_one_never_mixed_with_it()
    {
        await WriteAsync("films/a.csv", "one");
        var gets = 0;
        var handler = new FaultyHandler((request, send) =>
        {
            gets += request.Method == HttpMethod.Get ? 1 : 0;
            return send();
        });
        var inputs = new BlobInputs((await Azurite.SharedAsync()).Container(name, handler), "films", cache);

        (await inputs.OpenAsync("a.csv", default)).Dispose();
        using (var again = await inputs.OpenAsync("a.csv", default))
        {
            await WriteAsync("films/a.csv", "two");
            Assert.Equal("one", await File.ReadAllTextAsync(again.Path));
        }

        Assert.Equal(1, gets);
        using var newest = await inputs.OpenAsync("a.csv", default);
        Assert.Equal("two", await File.ReadAllTextAsync(newest.Path));
    }

    [Fact]
    public async Task A_blob_that_is_replaced_before_it_is_downloaded_is_a_fault_that_passes()
    {
        await WriteAsync("a.csv", "one");
        var handler = new FaultyHandler(async (request, send) =>
        {
            if (request.Method == HttpMethod.Get)
            {
                await WriteAsync("a.csv", "two");
            }

            return await send();
        });
        var inputs = new BlobInputs((await Azurite.SharedAsync()).Container(name, handler), "", cache);

        var fault = await Assert.ThrowsAsync<TransientException>(() => inputs.OpenAsync("a.csv", default));

        Assert.EndsWith("was replaced while it was read.", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_of_the_service_pass_and_refusals_name_the_input()
    {
        var busy = new BlobInputs((await Azurite.SharedAsync()).Container(name, FaultyHandler.Answers(System.Net.HttpStatusCode.ServiceUnavailable, "ServerBusy")), "", cache);
        var closed = new BlobInputs((await Azurite.SharedAsync()).Container(name, FaultyHandler.Answers(System.Net.HttpStatusCode.Forbidden, "AuthorizationFailure")), "", cache);
        var missing = new BlobInputs((await Azurite.SharedAsync()).Container("not-made"), "", cache);

        await Assert.ThrowsAsync<TransientException>(() => busy.ListAsync("*", default));
        Assert.StartsWith(
            "The input \"*\" cannot be read. The store in container \"",
            (await Assert.ThrowsAsync<SourceException>(() => closed.ListAsync("*", default))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "does not exist: status 404 ContainerNotFound",
            (await Assert.ThrowsAsync<SourceException>(() => missing.OpenAsync("a.csv", default))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Outputs_are_never_input() => Assert.False(Inputs().Means("**", "/anything.csv"));
}
