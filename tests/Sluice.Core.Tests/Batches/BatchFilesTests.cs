using System.Security.Cryptography;
using Sluice.Batches;
using Sluice.Storage;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Batches;

public sealed class BatchFilesTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly FolderStore store;
    readonly BatchFiles files;

    public BatchFilesTests()
    {
        store = new FolderStore(folder.Path);
        files = new BatchFiles(store);
    }

    public void Dispose()
    {
        store.DisposeAsync().AsTask().Wait();
        folder.Dispose();
    }

    [Theory]
    [InlineData(".columns")]
    [InlineData(".parquet")]
    public async Task A_batch_comes_back_from_its_reference(string format)
    {
        var batch = RandomBatches.Of(5000, 1);

        var reference = await WriteAsync(batch, format);

        Assert.Equal((batch.Schema.Id(), 5000), (reference.SchemaId, reference.Rows));
        Assert.Equal($"batches/{reference.Sha256[..2]}/{reference.Sha256}{format}", reference.Path);
        Assert.Equal(reference.Bytes, (await store.StatAsync(reference.Path, default))!.Bytes);
        Assert.Equal(reference.Sha256, Convert.ToHexStringLower(SHA256.HashData(await store.ReadAsync(reference.Path, default))));
        RandomBatches.AssertSame(batch, await files.ReadAsync(reference, null, default));
        var wanted = new HashSet<string> { "day" };
        RandomBatches.AssertSame(batch.Select(wanted), await files.ReadAsync(reference, wanted, default));
    }

    [Theory]
    [InlineData(".columns")]
    [InlineData(".parquet")]
    public async Task A_second_delivery_makes_the_same_file_and_leaves_nothing(string format)
    {
        var batch = RandomBatches.Of(3000, 2);

        var references = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => WriteAsync(batch, format)));

        Assert.Single(references.Distinct());
        Assert.Single(folder.Names(), name => name.EndsWith(format, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(".columns")]
    [InlineData(".parquet")]
    public async Task A_file_that_was_changed_is_refused(string format)
    {
        var reference = await WriteAsync(RandomBatches.Of(100, 3), format);
        var path = Directory.GetFiles(folder.Path, "*" + format, SearchOption.AllDirectories).Single();
        File.SetAttributes(path, FileAttributes.Normal);
        await File.AppendAllTextAsync(path, "x");

        var refused = await Assert.ThrowsAsync<DataException>(() => files.ReadAsync(reference, null, default));

        Assert.StartsWith(
            $"The batch \"{reference.Path}\" in {store.Location} has {reference.Bytes + 1:N0} bytes; expected {reference.Bytes:N0}. It was changed or cut",
            refused.Message);
    }

    [Fact]
    public async Task A_file_that_is_missing_is_named()
    {
        var reference = await files.WriteAsync(RandomBatches.Of(100, 4), default);
        await store.DeleteAsync(reference.Path, default);

        var refused = await Assert.ThrowsAsync<DataException>(() => files.ReadAsync(reference, null, default));

        Assert.Contains(reference.Path, refused.Message);
    }

    [Fact]
    public async Task Cancelling_leaves_nothing()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => files.WriteAsync(RandomBatches.Of(100, 5), stop.Token));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => files.PublishAsync(RandomBatches.Of(100, 5), stop.Token));
        Assert.DoesNotContain(folder.Names(), name => name.EndsWith(".columns", StringComparison.Ordinal) || name.EndsWith(".parquet", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_batch_without_columns_is_refused() =>
        await Assert.ThrowsAsync<DataException>(() => files.WriteAsync(new Batch(new Schema([]), [], 1), default));

    Task<BatchRef> WriteAsync(Batch batch, string format) => format == ".parquet" ? files.PublishAsync(batch, default) : files.WriteAsync(batch, default);
}
