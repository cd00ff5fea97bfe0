using System.Globalization;

namespace Sluice.Embedding;

/// <summary>Turns texts into vectors. The same text gives the same bytes, whatever stands beside it; that is what makes finished shards reusable.</summary>
public abstract class TextEmbedder
{
    /// <summary>Numbers of one vector.</summary>
    public abstract int Dimensions { get; }

    /// <summary>Raised when a text would get another vector than before.</summary>
    public abstract int CodeVersion { get; }

    /// <summary>Writes one vector per row, each of length 1, or 0 where the text is missing or has nothing in it.</summary>
    /// <param name="texts">Texts.</param>
    /// <param name="first">First row to embed.</param>
    /// <param name="vectors">As many rows as it holds are embedded.</param>
    /// <param name="cancellation">Stops between rows.</param>
    public abstract void Embed(TextColumn texts, int first, Span<float> vectors, CancellationToken cancellation);

    /// <summary>The embedder that a manifest asks for.</summary>
    /// <exception cref="DataException">There is no such model, or it has no such layer or pooling.</exception>
    public static TextEmbedder Of(EmbeddingManifest manifest)
    {
        const string prefix = "hashing-";
        if (!manifest.Model.StartsWith(prefix, StringComparison.Ordinal)
            || !int.TryParse(manifest.Model.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var dimensions)
            || dimensions is < HashingEmbedder.MinDimensions or > HashingEmbedder.MaxDimensions)
        {
            throw new DataException(
                $"The model '{manifest.Model}' is not known. Expected 'hashing-N', N from {HashingEmbedder.MinDimensions} to {HashingEmbedder.MaxDimensions}, for instance " +
                "'hashing-512'. This version has no neural models.");
        }

        if (manifest.Layer is not null || manifest.Pooling is not null)
        {
            throw new DataException(
                $"The model '{manifest.Model}' has no layers and no pooling: found layer '{manifest.Layer}' and pooling '{manifest.Pooling}'. Leave both out.");
        }

        return new HashingEmbedder(dimensions);
    }
}
