using System.Globalization;
using Sluice.Batches;
using Sluice.Core.Tests.Connectors;
using Sluice.Embedding;

namespace Sluice.Core.Tests.Embedding;

public sealed class HashingEmbedderTests
{
    const int Dimensions = 256;

    [Fact]
    public void A_vector_has_length_one_and_an_empty_text_none()
    {
        var vectors = Embed("A dog barks.", "", null, "?! …", "42");

        Assert.Equal([1.0, 0.0, 0.0, 0.0, 1.0], vectors.Select(v => Math.Round(Math.Sqrt(v.Sum(x => (double)x * x)), 6)));
    }

    [Fact]
    public void Case_and_punctuation_do_not_count() =>
        Assert.Equal(Embed("the QUICK, brown fox")[0], Embed("The quick brown FOX!")[0]);

    [Fact]
    public void A_text_has_the_same_bytes_whatever_stands_beside_it() =>
        Assert.Equal(Embed("one text")[0], Embed("before", "ὦ ξεῖν᾽", "one text")[2]);

    [Fact]
    public void The_order_of_words_counts_a_little()
    {
        var vectors = Embed("dog bites man", "man bites dog", "stocks fell sharply");

        Assert.InRange(Cosine(vectors[0], vectors[1]), 0.5, 0.99);
        Assert.InRange(Cosine(vectors[0], vectors[2]), -0.3, 0.3);
    }

    [Fact]
    public void A_misspelt_word_is_near_and_another_word_is_not()
    {
        var vectors = Embed("international", "internatoinal", "cucumber");

        Assert.True(Cosine(vectors[0], vectors[1]) > Cosine(vectors[0], vectors[2]) + 0.1);
    }

    [Theory]
    [InlineData("नमस्ते दुनिया")]
    [InlineData("日本語の文章には空白がありません")]
    [InlineData("😀 emoji only between 😀 words")]
    public void Every_script_has_a_vector(string text) => Assert.Contains(Embed(text)[0], x => x != 0);

    [Fact]
    public void Bytes_that_are_no_UTF8_and_very_long_words_are_borne()
    {
        var texts = new TextColumn([0xC3, 0x28, (byte)'a', 0xFF, .. Enumerable.Repeat((byte)'x', 100_000)], [0, 4, 100_004], 2);
        var vectors = new float[2 * Dimensions];

        new HashingEmbedder(Dimensions).Embed(texts, 0, vectors, new int[2], CancellationToken.None);

        Assert.Contains(vectors[..Dimensions], x => x != 0);
        Assert.Contains(vectors[Dimensions..], x => x != 0);
    }

    /// <summary>Bytes of vectors are kept for ever under a name with the code version: whoever changes them raises it.</summary>
    [Fact]
    public void The_vectors_are_those_of_code_version_2()
    {
        var vectors = new float[2 * Dimensions];
        var embedder = new HashingEmbedder(Dimensions);
        embedder.Embed(TextColumn.Of("The quick brown fox", "naïve Straße 42"), 0, vectors, new int[2], CancellationToken.None);

        var hash = RowHash.Bytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(vectors.AsSpan()));

        Assert.Equal(($"hashing-{Dimensions}@2", GoldenHash), (embedder.Key, hash));
    }

    const ulong GoldenHash = 13363824204306417641;

    /// <summary>Judgements of people on 7,608 pairs of sentences. Words in common alone, without any model of meaning, come this far: 0.53.</summary>
    [SharedDataFact("embedding/sts2014")]
    public void Similarity_goes_with_that_which_people_see()
    {
        var pairs = Directory.GetFiles(SharedData.At("embedding"), "*.test.tsv", SearchOption.AllDirectories).Order(StringComparer.Ordinal).SelectMany(File.ReadLines)
            .Select(line => line.Split('\t')).Where(cells => cells.Length >= 3 && double.TryParse(cells[0], CultureInfo.InvariantCulture, out _)).ToList();

        var vectors = Embed([.. pairs.SelectMany(p => new[] { p[1], p[2] })]);
        var correlation = Pearson(
            [.. pairs.Select(p => double.Parse(p[0], CultureInfo.InvariantCulture))], [.. pairs.Select((_, i) => Cosine(vectors[2 * i], vectors[2 * i + 1]))]);

        Assert.True(pairs.Count > 5000, $"{pairs.Count} pairs");
        Assert.True(correlation > 0.5, $"{correlation:F3} over {pairs.Count} pairs");
    }

    static double Pearson(double[] x, double[] y)
    {
        var (meanX, meanY) = (x.Average(), y.Average());
        return x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum() / Math.Sqrt(x.Sum(a => (a - meanX) * (a - meanX)) * y.Sum(b => (b - meanY) * (b - meanY)));
    }

    [Theory]
    [InlineData("all-MiniLM-L6-v2", null, "The model 'all-MiniLM-L6-v2' is not known.")]
    [InlineData("hashing-8", null, "N from 16 to 4096")]
    [InlineData("hashing-+64", null, "is not known")]
    [InlineData("hashing-64", "3", "has no layers and no pooling: found layer '3'")]
    public async Task A_model_that_is_not_there_is_refused(string model, string? layer, string expected)
    {
        var manifest = new EmbeddingManifest { Inputs = [], Column = "text", Model = model, Layer = layer };

        Assert.Contains(expected, (await Assert.ThrowsAsync<DataException>(() => manifest.OpenAsync(CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    static float[][] Embed(params string?[] texts)
    {
        var vectors = new float[texts.Length * Dimensions];
        new HashingEmbedder(Dimensions).Embed(TextColumn.Of(texts), 0, vectors, new int[texts.Length], CancellationToken.None);
        return [.. vectors.Chunk(Dimensions)];
    }

    static double Cosine(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();
}
