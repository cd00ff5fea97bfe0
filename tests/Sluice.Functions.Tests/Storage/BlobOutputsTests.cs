using Azure.Storage.Blobs;
using Sluice.Batches;
using Sluice.Connectors;
using Sluice.Functions.Storage;
using Sluice.Storage;
using Sluice.Tests.Connectors;
using Sluice.Tests.Storage;

namespace Sluice.Functions.Tests.Storage;

[Collection(AzuriteTests.Name)]
public sealed class BlobOutputsTests : OutputFilesContract, IDisposable
{
    static readonly BlobStore.Options small = new() { BlockBytes = 1 << 18, Concurrency = 2 };

    readonly TemporaryFolder folder = new();
    readonly string name = "test-" + Guid.CreateVersion7().ToString("N");
    LocalCache cache = null!;
    BlobContainerClient container = null!;

    protected override OutputFiles Outputs => new BlobOutputs(container, "outputs/films", cache, small);

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

    protected override async Task<string?> TextAsync(string path)
    {
        var blob = container.GetBlobClient("outputs/films/" + path);
        return await blob.ExistsAsync() ? (await blob.DownloadContentAsync()).Value.Content.ToString() : null;
    }

    [Theory]
    [InlineData("a\\b.csv")]
    [InlineData("out./a.csv")]
    [InlineData("a\n.csv")]
    public void What_cannot_name_a_blob_is_refused(string path) =>
        Assert.StartsWith($"The output \"{path}\" cannot be the name of a blob. Expected at most 1010 characters", Assert.Throws<SinkException>(() => Outputs.Place(path)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_cut_connection_leaves_what_was_there_and_is_a_fault_that_passes()
    {
        await WriteAsync("a.csv", "old", overwrite: true);
        var cut = new BlobOutputs((await Azurite.SharedAsync()).Container(name, new FaultyHandler((request, send) =>
            request.RequestUri!.Query.Contains("comp=blocklist", StringComparison.Ordinal) && request.Method == HttpMethod.Put ? throw new HttpRequestException("cut") : send())),
            "outputs/films", cache, small);
        using var file = cut.Start("a.csv");
        await File.WriteAllTextAsync(file.Scratch, new string('n', 600_000));

        await Assert.ThrowsAsync<TransientException>(() => file.PublishAsync(overwrite: true, default));

        Assert.Equal("old", await TextAsync("a.csv"));
    }

    [Fact]
    public async Task A_lost_answer_is_not_taken_for_another_writer()
    {
        var losing = new BlobOutputs((await Azurite.SharedAsync()).Container(name, FaultyHandler.LosesFirstAnswer(HttpMethod.Put)), "outputs/films", cache, small);
        using var file = losing.Start("a.csv");
        await File.WriteAllTextAsync(file.Scratch, "rows");

        await file.PublishAsync(overwrite: false, default);

        Assert.Equal("rows", await TextAsync("a.csv"));
    }

    [Fact]
    public async Task A_sink_writes_its_files_and_leaves_no_scratch()
    {
        var rows = new OneBatch(new Batch(
            new Schema([new("split", ColumnType.Text), new("n", ColumnType.Int64)]), [TextColumn.Of("train", "test", "train"), new ValueColumn<long>(ColumnType.Int64, [1, 2, 3])], 3));

        var csv = await new CsvSink(new() { FilePath = "out/a.csv", SplitBy = "split" }).WriteAsync(rows, Outputs, default);
        var parquet = await new ParquetSink(new() { FilePath = "a.parquet" }).WriteAsync(rows, Outputs, default);

        Assert.Equal(["out/a-test.csv", "out/a-train.csv"], csv);
        Assert.Equal(["a.parquet"], parquet);
        Assert.Equal("split,n\ntrain,1\ntrain,3\n", await TextAsync("out/a-train.csv"));
        Assert.StartsWith("PAR1", await TextAsync("a.parquet"), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(cache.NewScratchFile(""))!));
    }

    [Fact]
    public void Outputs_are_no_local_files() => Assert.Null(Outputs.LocalPath("a.csv"));

    sealed class OneBatch(Batch batch) : DatasetRows
    {
        public override Schema Schema => batch.Schema;

        public override long Rows => batch.Rows;

        public override async IAsyncEnumerable<Batch> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
        {
            await Task.Yield();
            yield return batch;
        }
    }
}
