namespace Sluice.Embedding;

/// <summary>Images as the store of vectors sees them: the bytes of a file in the place of a text, so that a picture is embedded once whatever it is called. 0 tokens: it cannot be read.</summary>
sealed class ImageContents : TextEmbedder
{
    static readonly Lazy<ImageContents> shared = new(() => new ImageContents());
    readonly ImageEmbedder embedder = new();

    /// <summary>Opened once for the process.</summary>
    public static ImageContents Shared => shared.Value;

    public override string Key => embedder.Key;

    public override int Dimensions => ImageEmbedder.Dimensions;

    public override void Embed(TextColumn texts, int first, Span<float> vectors, Span<int> tokens, CancellationToken cancellation)
    {
        var files = new ReadOnlyMemory<byte>[tokens.Length];
        for (var row = 0; row < files.Length; row++)
        {
            files[row] = texts.IsNull(first + row) ? default : texts[first + row].ToArray();
        }

        var found = embedder.Embed(files, cancellation);
        for (var row = 0; row < files.Length; row++)
        {
            found[row].Vector?.CopyTo(vectors[(row * Dimensions)..]);
            tokens[row] = found[row].Vector is null ? 0 : 1;
        }
    }
}
