using Sluice.Batches;
using Sluice.Embedding;
using Sluice.Storage;

namespace Sluice.Core.Tests.Embedding;

public sealed class EmbeddingWorkTests : IAsyncDisposable
{
    readonly MemoryStore store = new();

    public ValueTask DisposeAsync() => store.DisposeAsync();

    EmbeddingWork Work => new(store, new BatchFiles(store)) { Parallelism = 2 };

    [Fact]
    public async Task Every_file_gets_its_vectors_and_the_receipt_names_them()
    {
        var manifest = await ManifestAsync(["a dog", null], ["a cat"]);
        var key = await Work.PrepareAsync(manifest, CancellationToken.None);

        var receipt = await Work.RunAsync(key, null, CancellationToken.None);

        Assert.Equal((3, 64), (receipt.Rows, receipt.Dimensions));
        Assert.Equal(manifest.Inputs.Select(i => i.Sha256), receipt.Files.Select(f => f.Input));
        var (vectors, rows, dimensions) = NpyFile.Read(await store.OpenReadAsync(receipt.Files[0].Path, CancellationToken.None));
        Assert.Equal((2, 64), (rows, dimensions));
        Assert.All(vectors[64..], x => Assert.Equal(0, x));
        Assert.Contains(vectors[..64], x => x != 0);
    }

    [Fact]
    public async Task A_file_of_many_rows_is_embedded_in_pieces_with_the_same_vectors()
    {
        var texts = Enumerable.Range(0, 5_000).Select(i => (string?)$"row {i}").ToArray();
        var key = await Work.PrepareAsync(await ManifestAsync(texts), CancellationToken.None);

        var receipt = await Work.RunAsync(key, null, CancellationToken.None);

        var vectors = new float[texts.Length * 64];
        new HashingEmbedder(64).Embed(TextColumn.Of(texts), 0, vectors, new int[texts.Length], CancellationToken.None);
        Assert.Equal(vectors, NpyFile.Read(await store.OpenReadAsync(receipt.Files[0].Path, CancellationToken.None)).Vectors);
    }

    [Fact]
    public async Task A_second_run_does_nothing_and_gives_the_same_receipt()
    {
        var key = await Work.PrepareAsync(await ManifestAsync(["a"], ["b"]), CancellationToken.None);
        var first = await Work.RunAsync(key, null, CancellationToken.None);

        var told = 0;
        var second = await Work.RunAsync(key, (_, _) => told++, CancellationToken.None);

        Assert.Equal(0, told);
        Assert.Equivalent(first, second, strict: true);
    }

    [Fact]
    public async Task A_stopped_job_goes_on_where_it_was()
    {
        var key = await Work.PrepareAsync(await ManifestAsync(["a"], ["b"], ["c"]), CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var oneByOne = new EmbeddingWork(store, new BatchFiles(store)) { Parallelism = 1 };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => oneByOne.RunAsync(key, (done, _) => stop.Cancel(), stop.Token));
        Assert.Null(await Work.ReceiptAsync(key, CancellationToken.None));
        var before = await VectorsAsync();
        Assert.Single(before);

        await Work.RunAsync(key, null, CancellationToken.None);

        var after = await VectorsAsync();
        Assert.Equal(3, after.Count);
        Assert.Contains(before[0], after);
    }

    [Fact]
    public async Task Another_manifest_with_a_file_in_common_uses_its_vectors()
    {
        var first = await ManifestAsync(["a"], ["b"]);
        await Work.RunAsync(await Work.PrepareAsync(first, CancellationToken.None), null, CancellationToken.None);
        var before = await VectorsAsync();

        await Work.RunAsync(await Work.PrepareAsync(first with { Inputs = [first.Inputs[1]] }, CancellationToken.None), null, CancellationToken.None);

        Assert.Equal(before, await VectorsAsync());
    }

    [Fact]
    public async Task Two_jobs_at_once_make_one_result()
    {
        var key = await Work.PrepareAsync(await ManifestAsync(["a"], ["b"], ["c"], ["d"]), CancellationToken.None);

        var receipts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Work.RunAsync(key, null, CancellationToken.None)));

        Assert.All(receipts, r => Assert.Equivalent(receipts[0], r, strict: true));
    }

    [Fact]
    public async Task A_column_that_is_no_text_is_refused_by_name()
    {
        var manifest = (await ManifestAsync(["a"])) with { Column = "id" };
        var key = await Work.PrepareAsync(manifest, CancellationToken.None);

        var e = await Assert.ThrowsAsync<DataException>(() => Work.RunAsync(key, null, CancellationToken.None));

        Assert.Contains("The column 'id'", e.Message, StringComparison.Ordinal);
        Assert.Contains("is Int64; expected Text", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receipt_whose_vectors_are_gone_is_refused()
    {
        var key = await Work.PrepareAsync(await ManifestAsync(["a"]), CancellationToken.None);
        var receipt = await Work.RunAsync(key, null, CancellationToken.None);
        await store.DeleteAsync(receipt.Files[0].Path, CancellationToken.None);

        var e = await Assert.ThrowsAsync<DataException>(() => Work.ReceiptAsync(key, CancellationToken.None));

        Assert.Contains("are not there", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manifest_that_was_changed_is_refused()
    {
        var key = await Work.PrepareAsync(await ManifestAsync(["a"]), CancellationToken.None);
        var path = EmbeddingManifest.PathOf(key);
        var text = System.Text.Encoding.UTF8.GetString(await store.ReadAsync(path, CancellationToken.None));
        var info = await store.StatAsync(path, CancellationToken.None);
        await store.ReplaceAsync(path, System.Text.Encoding.UTF8.GetBytes(text.Replace("hashing-64", "hashing-65", StringComparison.Ordinal)), info!.ETag, CancellationToken.None);

        var e = await Assert.ThrowsAsync<DataException>(() => Work.RunAsync(key, null, CancellationToken.None));

        Assert.Contains("is not the one of its name", e.Message, StringComparison.Ordinal);
    }

    async Task<List<ObjectInfo>> VectorsAsync() => await store.ListAsync("embed/vectors/", CancellationToken.None).ToListAsync();

    async Task<EmbeddingManifest> ManifestAsync(params string?[][] files)
    {
        var schema = new Schema([new Field("id", ColumnType.Int64), new Field("text", ColumnType.Text)]);
        var inputs = new List<BatchRef>();
        foreach (var texts in files)
        {
            var ids = new ValueColumn<long>(ColumnType.Int64, [.. Enumerable.Range(0, texts.Length).Select(i => (long)i)]);
            inputs.Add(await new BatchFiles(store).WriteAsync(new Batch(schema, [ids, TextColumn.Of(texts)], texts.Length), CancellationToken.None));
        }

        return new EmbeddingManifest { Inputs = inputs, Column = "text", Model = "hashing-64" };
    }
}
