using System.Diagnostics;
using Sluice.Batches;
using Sluice.Embedding;

namespace Sluice.Bench;

/// <summary>B4: texts through the bundled model. Writes the texts' tokens for a peer that has the model only, so that both do the same work.</summary>
static class EmbedTexts
{
    // Lengths of texts as people write them: many short, a few long.
    const double Spread = 0.8, Middle = 2.3;

    public static async Task RunAsync(int count, string tokensFile, string? lines)
    {
        var texts = TextColumn.Of(lines is null ? Made(count) : [.. File.ReadLines(lines).Where(line => line.Length > 0).Take(count)]);
        count = texts.Rows;
        var embedder = await TextEmbedders.OpenAsync(new EmbeddingModel(), CancellationToken.None);
        var (vectors, tokens) = (new float[count * embedder.Dimensions], new int[count]);
        var some = texts.Slice(0, Math.Min(count, 200));
        embedder.Embed(some, 0, new float[some.Rows * embedder.Dimensions], new int[some.Rows], CancellationToken.None);

        var watch = Stopwatch.StartNew();
        embedder.Embed(texts, 0, vectors, tokens, CancellationToken.None);
        var seconds = watch.Elapsed.TotalSeconds;
        await File.WriteAllLinesAsync(tokensFile, Enumerable.Range(0, count).Select(row => string.Join(' ', embedder.TokensOf(texts[row]))));
        Console.WriteLine($"{count / seconds:F0} texts/s, {tokens.Sum(t => (long)Math.Min(t, embedder.MaxTokens)) / seconds:F0} tokens/s, tokens included, mean length {tokens.Average():F1}");
    }

    static string?[] Made(int count)
    {
        var random = new Random(42);
        string[] words = ["the", "order", "arrived", "late", "and", "was", "damaged", "please", "send", "a", "replacement", "customer", "refund", "quickly", "package", "never", "came",
            "product", "works", "well", "support", "answered", "my", "questions", "but", "invoice", "is", "wrong", "delivery", "address", "changed", "since", "January", "subscription"];
        return [.. Enumerable.Range(0, count).Select(_ => string.Join(' ', Enumerable.Range(0, Words(random)).Select(_ => words[random.Next(words.Length)])))];
    }

    // Log-normal, by the sum of twelve (Irwin–Hall).
    static int Words(Random random)
    {
        var normal = Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 6;
        return Math.Clamp((int)Math.Exp(Middle + (Spread * normal)), 1, 120);
    }
}
