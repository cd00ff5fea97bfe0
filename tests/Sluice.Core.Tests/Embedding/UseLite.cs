using System.Text;
using System.Text.Json;
using Sluice.Batches;
using Sluice.Embedding;

namespace Sluice.Core.Tests.Embedding;

/// <summary>The bundled model, opened once for all tests, and what its authors' own code gives.</summary>
static class UseLite
{
    public static Task<TextEmbedder> OpenAsync(EmbeddingModel? model = null) => TextEmbedders.OpenAsync(model ?? new EmbeddingModel(), CancellationToken.None);

    public static IReadOnlyList<(string Text, int[] Ids, float[] Vector)> Golden()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Connectors.SharedData.At("models/use-lite-en.golden.json")));
        return [.. json.RootElement.GetProperty("items").EnumerateArray().Select(item => (
            item.GetProperty("text").GetString()!,
            item.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray(),
            item.GetProperty("embedding").EnumerateArray().Select(x => x.GetSingle()).ToArray()))];
    }

    /// <summary>Texts of many lengths, several of each.</summary>
    public static string?[] Texts(int seed, int count)
    {
        var random = new Random(seed);
        string[] words = ["data", "the", "quality", "of", "rivers", "running", "quickly", "naïve", "3.14", "Zürich", "unbelievable", "x", "😀", "日本"];
        return [.. Enumerable.Range(0, count).Select(i => i % 17 == 5 ? null : string.Join(' ', Enumerable.Range(0, random.Next(0, 40)).Select(_ => words[random.Next(words.Length)])))];
    }

    public static float[] Embed(TextEmbedder embedder, params string?[] texts)
    {
        var vectors = new float[texts.Length * embedder.Dimensions];
        embedder.Embed(TextColumn.Of(texts), 0, vectors, new int[texts.Length], CancellationToken.None);
        return vectors;
    }

    public static UseTokenizer Tokenizer()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "models", "use-lite-en", "vocab.json");
        return new UseTokenizer(File.ReadAllBytes(file), file);
    }

    public static int[] Tokens(Tokenizer tokenizer, string text, int maxTokens = int.MaxValue)
    {
        var ids = new List<int>();
        tokenizer.Encode(Encoding.UTF8.GetBytes(text), maxTokens, ids);
        return [.. ids];
    }
}
