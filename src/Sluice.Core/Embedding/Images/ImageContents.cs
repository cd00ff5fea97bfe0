namespace Sluice.Embedding;

/// <summary>Images as the store of vectors sees them: the bytes of a file in the place of a text, so that a picture is embedded once whatever it is called. 0 tokens: it cannot be read.</summary>
sealed class ImageContents : TextEmbedder
{
    // Opened once for the process.
    static readonly Lazy<ImageEmbedder> embedder = new(() => new ImageEmbedder());

    public static ImageContents Shared { get; } = new();

    public override string Key => embedder.Value.Key;

    public override int Dimensions => ImageEmbedder.Dimensions;

    public override void Embed(TextColumn texts, int first, Span<float> vectors, Span<int> tokens, CancellationToken cancellation)
    {
        var files = new ReadOnlyMemory<byte>[tokens.Length];
        for (var row = 0; row < files.Length; row++)
        {
            files[row] = texts.IsNull(first + row) ? default : texts[first + row].ToArray();
        }

        var found = embedder.Value.Embed(files, cancellation);
        for (var row = 0; row < files.Length; row++)
        {
            found[row].Vector?.CopyTo(vectors[(row * Dimensions)..]);
            tokens[row] = found[row].Vector is null ? 0 : 1;
        }
    }
}
