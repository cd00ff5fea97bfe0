using Sluice.Batches;
using Sluice.Core.Tests.Connectors;
using Sluice.Embedding;

namespace Sluice.Core.Tests.Embedding;

public sealed class NeuralEmbedderTests
{
    [SharedDataFact("models")]
    public void Tokens_are_those_of_the_models_authors()
    {
        var tokenizer = UseLite.Tokenizer();

        Assert.All(UseLite.Golden(), golden => Assert.Equal(golden.Ids, UseLite.Tokens(tokenizer, golden.Text)));
    }

    [SharedDataFact("models")]
    public async Task Vectors_are_those_of_the_models_authors_but_for_the_rounding_of_its_weights()
    {
        var embedder = await UseLite.OpenAsync();
        var golden = UseLite.Golden().Where(g => g.Ids.Length > 0).ToList();

        var vectors = UseLite.Embed(embedder, [.. golden.Select(g => g.Text)]);

        Assert.All(golden, (g, i) => Assert.InRange(Vectors.Cosine(vectors.AsSpan(i * 512, 512), g.Vector), 0.998, 1.000001));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(32)]
    public async Task The_batch_size_does_not_show_in_a_bit(int size)
    {
        var texts = UseLite.Texts(seed: 4, count: 80);
        var bounded = await UseLite.OpenAsync(new EmbeddingModel { BatchSize = size });

        Assert.Equal((await UseLite.OpenAsync()).Key, bounded.Key);
        Assert.Equal(UseLite.Embed(await UseLite.OpenAsync(), texts), UseLite.Embed(bounded, texts));
    }

    [Fact]
    public async Task A_text_gets_the_same_bits_alone_in_any_order_and_in_any_company()
    {
        var embedder = await UseLite.OpenAsync();
        var texts = UseLite.Texts(seed: 7, count: 300);
        var together = UseLite.Embed(embedder, texts).Chunk(512).ToArray();

        Assert.Equal(together.Reverse(), UseLite.Embed(embedder, [.. texts.Reverse()]).Chunk(512));
        Assert.All(texts[..40], (text, i) => Assert.Equal(together[i], UseLite.Embed(embedder, text)));
        foreach (var size in new[] { 2, 3, 7, 64 })
        {
            Assert.Equal(together, texts.Chunk(size).SelectMany(some => UseLite.Embed(embedder, some).Chunk(512)));
        }
    }

    [Fact]
    public async Task Many_threads_at_once_get_the_same_bits_from_one_session()
    {
        var embedder = await UseLite.OpenAsync();
        var texts = UseLite.Texts(seed: 3, count: 60);
        var alone = UseLite.Embed(embedder, texts);

        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => UseLite.Embed(embedder, texts))));

        Assert.All(results, found => Assert.Equal(alone, found));
        Assert.Same(embedder, await UseLite.OpenAsync());
    }

    [Fact]
    public async Task Missing_and_empty_texts_have_no_vector_and_long_ones_are_cut_and_counted()
    {
        var embedder = await UseLite.OpenAsync();
        var texts = TextColumn.Of(null, "", "short", string.Join(' ', Enumerable.Repeat("word", 200_000)));
        var (vectors, tokens) = (new float[4 * 512], new int[4]);

        embedder.Embed(texts, 0, vectors, tokens, CancellationToken.None);

        Assert.Equal((128, 0, 0, 1, 200_000), (embedder.MaxTokens, tokens[0], tokens[1], tokens[2], tokens[3]));
        Assert.All(vectors[..1024], x => Assert.Equal(0, x));
        Assert.Equal(1, Vectors.Dot(vectors.AsSpan(1024, 512), vectors.AsSpan(1024, 512)), 1e-6);
        Assert.Equal(UseLite.Embed(embedder, string.Join(' ', Enumerable.Repeat("word", 128))), vectors[1536..]);
    }

    [Fact]
    public async Task Inner_layers_are_taken_fused_and_pooled()
    {
        var first = await UseLite.OpenAsync(new EmbeddingModel { Layer = "add_104", Pooling = "mean", Normalize = false });
        var max = await UseLite.OpenAsync(new EmbeddingModel { Layer = "add_104", Pooling = "max", Normalize = false });
        var fused = await UseLite.OpenAsync(new EmbeddingModel { Layer = "concat(average(add_104, add_104), sentence_embedding)", Normalize = false });
        var twice = await UseLite.OpenAsync(new EmbeddingModel { Layer = "add(add_104, add_104)", Pooling = "mean", Normalize = false });

        var (one, most, both, sum) = (UseLite.Embed(first, "three blue whales"), UseLite.Embed(max, "three blue whales"), UseLite.Embed(fused, "three blue whales"), UseLite.Embed(twice, "three blue whales"));

        Assert.Equal((512, 1024), (first.Dimensions, fused.Dimensions));
        Assert.Equal(one, both[..512]);
        Assert.Equal(UseLite.Embed(await UseLite.OpenAsync(), "three blue whales"), both[512..], new Near(1e-6f));
        Assert.Equal(one.Select(x => 2 * x), sum, new Near(1e-5f));
        Assert.All(most, (x, i) => Assert.True(x >= one[i] - 1e-5f));
        Assert.NotEqual(first.Key, max.Key);
    }

    [Theory]
    [InlineData("nothing", null, null, "has no layer 'nothing'")]
    [InlineData("max(add_104)", null, null, "of at least two")]
    [InlineData("mix(a, b)", null, null, "is not understood at 'mix'")]
    [InlineData("concat(a, b", null, null, "is not understood at 'concat'")]
    [InlineData("add_104)", null, null, "is not understood at ')'")]
    [InlineData("add(add_104, mul_28)", null, null, "cannot be fused by add")]
    [InlineData("split_57", "median", null, "Expected mean, cls, max or last")]
    [InlineData(null, "mean", null, "has no output of vectors by token to pool")]
    [InlineData(null, null, 129, "max_tokens is 129; the model")]
    [InlineData("shape_10", null, null, "expected Float of [texts, numbers]")]
    public async Task What_a_model_has_not_is_refused(string? layer, string? pooling, int? maxTokens, string expected)
    {
        var e = await Assert.ThrowsAsync<DataException>(() => UseLite.OpenAsync(new EmbeddingModel { Layer = layer, Pooling = pooling, MaxTokens = maxTokens }));

        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_layer_that_counts_tokens_is_refused_when_it_does()
    {
        var embedder = await UseLite.OpenAsync(new EmbeddingModel { Layer = "cast_1" });

        var e = Assert.Throws<DataException>(() => UseLite.Embed(embedder, "several words of text"));

        Assert.Contains("it counts tokens, and is no vector", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Work_that_is_cancelled_stops()
    {
        var embedder = await UseLite.OpenAsync();
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => embedder.Embed(TextColumn.Of("a"), 0, new float[512], new int[1], stop.Token));
    }

    sealed class Near(float tolerance) : IEqualityComparer<float>
    {
        public bool Equals(float x, float y) => Math.Abs(x - y) <= tolerance;

        public int GetHashCode(float obj) => 0;
    }
}
