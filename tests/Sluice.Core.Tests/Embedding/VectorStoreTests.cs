using Sluice.Batches;
using Sluice.Embedding;
using Sluice.Storage;

namespace Sluice.Core.Tests.Embedding;

public sealed class VectorStoreTests : IAsyncDisposable
{
    readonly MemoryStore store = new();
    readonly Counting counting = new(new HashingEmbedder(64));

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task Each_different_text_is_embedded_once_whoever_asks_and_comes_back_bit_for_bit()
    {
        var texts = TextColumn.Of("a", "b", "a", null, "b", "c");
        var expected = new float[6 * 64];
        counting.Inner.Embed(texts, 0, expected, new int[6], CancellationToken.None);

        var first = await new VectorStore(store).EmbedAsync(counting, texts, CancellationToken.None);
        var second = await new VectorStore(store).EmbedAsync(counting, texts, CancellationToken.None);

        Assert.Equal(4, counting.Rows);
        Assert.Equal(expected, first.Values.ToArray());
        Assert.Equal(expected, second.Values.ToArray());
        Assert.Equal([1, 1, 1, 0, 1, 1], second.Tokens.ToArray());
        Assert.Equal(first.Keys[0], second.Keys[2]);
        Assert.Equal(1, second.Cosine(0, 2), 1e-6);
    }

    [Fact]
    public async Task Only_what_is_new_is_made_in_whatever_parts_rows_come()
    {
        var vectors = new VectorStore(store);
        var texts = Enumerable.Range(0, 500).Select(i => (string?)$"text {i % 300}").ToArray();
        var whole = await new VectorStore(new MemoryStore()).EmbedAsync(new Counting(counting.Inner), TextColumn.Of(texts), CancellationToken.None);

        var parts = new List<float>();
        foreach (var some in texts.Chunk(37))
        {
            parts.AddRange((await vectors.EmbedAsync(counting, TextColumn.Of(some), CancellationToken.None)).Values);
        }

        Assert.Equal(300, counting.Rows);
        Assert.Equal(whole.Values.ToArray(), parts);
    }

    [Fact]
    public async Task What_a_stopped_run_has_published_is_not_made_again()
    {
        var texts = TextColumn.Of([.. Enumerable.Range(0, VectorStore.RowsAtOnce + 10).Select(i => (string?)$"text {i}")]);
        using var stop = new CancellationTokenSource();
        var stopping = new Counting(counting.Inner) { AfterEach = stop.Cancel };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new VectorStore(store).EmbedAsync(stopping, texts, stop.Token));
        var published = (await store.ListAsync("embed/rows/", CancellationToken.None).CountAsync()) / 2 * VectorStore.RowsAtOnce;

        await new VectorStore(store).EmbedAsync(counting, texts, CancellationToken.None);

        Assert.Equal(texts.Rows - published, counting.Rows);
    }

    [Theory]
    [InlineData(VectorPrecision.Float16, 0.9995)]
    [InlineData(VectorPrecision.Int8, 0.995)]
    public async Task Fewer_bits_are_close_and_the_same_every_time(VectorPrecision precision, double least)
    {
        var texts = TextColumn.Of("the quick brown fox", "jumps over", null);
        var exact = await new VectorStore(store).EmbedAsync(counting, texts, CancellationToken.None);

        var made = await new VectorStore(store).EmbedAsync(counting, texts, CancellationToken.None, precision);
        var read = await new VectorStore(store).EmbedAsync(counting, texts, CancellationToken.None, precision);

        Assert.Equal(made.Values.ToArray(), read.Values.ToArray());
        Assert.InRange(Vectors.Cosine(exact[0], read[0]), least, 1.0001);
        Assert.All(read[2].ToArray(), x => Assert.Equal(0, x));
        var bytes = await store.ListAsync("embed/rows/", CancellationToken.None).Where(o => o.Path.EndsWith(".npy", StringComparison.Ordinal)).Select(o => o.Bytes).ToListAsync();
        Assert.Equal((128 + (3 * 64 * 4), 128 + (3 * 64 * (precision == VectorPrecision.Int8 ? 1 : 2))), (bytes.Max(), bytes.Min()));
    }

    [Fact]
    public async Task Callers_at_once_agree()
    {
        var texts = TextColumn.Of([.. Enumerable.Range(0, 100).Select(i => (string?)$"text {i}")]);
        var vectors = new VectorStore(store);

        var found = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => vectors.EmbedAsync(counting, texts, CancellationToken.None))));

        Assert.All(found, table => Assert.Equal(found[0].Values.ToArray(), table.Values.ToArray()));
        Assert.Equal(2, await store.ListAsync("embed/rows/", CancellationToken.None).CountAsync());
    }

    [Fact]
    public async Task Damaged_keys_are_refused()
    {
        await new VectorStore(store).EmbedAsync(counting, TextColumn.Of("a"), CancellationToken.None);
        var keys = (await store.ListAsync("embed/rows/", CancellationToken.None).ToListAsync()).Single(o => o.Path.EndsWith(".keys", StringComparison.Ordinal));
        await store.ReplaceAsync(keys.Path, new byte[5], keys.ETag, CancellationToken.None);

        var e = await Assert.ThrowsAsync<DataException>(() => new VectorStore(store).EmbedAsync(counting, TextColumn.Of("a"), CancellationToken.None));

        Assert.Contains("are damaged: found 5 bytes", e.Message, StringComparison.Ordinal);
    }

    /// <summary>An embedder that counts, and whose vectors are worth keeping.</summary>
    sealed class Counting(TextEmbedder inner) : TextEmbedder
    {
        int rows;

        public TextEmbedder Inner => inner;

        public int Rows => rows;

        public Action? AfterEach { get; init; }

        public override string Key => inner.Key + "-counted";

        public override int Dimensions => inner.Dimensions;

        public override void Embed(TextColumn texts, int first, Span<float> vectors, Span<int> tokens, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            inner.Embed(texts, first, vectors, tokens, cancellation);
            Interlocked.Add(ref rows, tokens.Length);
            AfterEach?.Invoke();
        }
    }
}
