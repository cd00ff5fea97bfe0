using System.Globalization;

namespace Sluice.Embedding;

/// <summary>The embedders there are, by the name of their model.</summary>
public static class TextEmbedders
{
    const string Hashing = "hashing-";

    /// <summary>Opens a model; one that is open already is shared, with its threads and memory.</summary>
    /// <exception cref="DataException">There is no such model, it is damaged, or it has no such layer or pooling.</exception>
    /// <exception cref="TransientException">It has to be fetched and the server does not answer.</exception>
    public static Task<TextEmbedder> OpenAsync(EmbeddingModel model, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult<TextEmbedder>(new HashingEmbedder(Dimensions(model)));
    }

    static int Dimensions(EmbeddingModel model)
    {
        if (!model.Name.StartsWith(Hashing, StringComparison.Ordinal) || !int.TryParse(model.Name.AsSpan(Hashing.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var dimensions)
            || dimensions is < HashingEmbedder.MinDimensions or > HashingEmbedder.MaxDimensions)
        {
            throw new DataException(
                $"The model '{model.Name}' is not known. Expected 'hashing-N' with N from {HashingEmbedder.MinDimensions} to {HashingEmbedder.MaxDimensions}, for instance 'hashing-512'.");
        }

        return model.Layer is null && model.Pooling is null
            ? dimensions
            : throw new DataException(
                $"The model '{model.Name}' has no layers and no pooling: found layer '{model.Layer}' and pooling '{model.Pooling}'. Leave both out.");
    }
}
