namespace Sluice.Embedding;

/// <summary>
/// Turns texts into vectors. The same text gives the same bytes on one kind of machine, whatever stands beside it and however many threads work: that is what
/// makes finished work reusable.
/// </summary>
public abstract class TextEmbedder
{
    /// <summary>Name of all that a vector depends on: model by content, layer, pooling, limits, version of the code. Vectors are stored under it.</summary>
    public abstract string Key { get; }

    /// <summary>Numbers of one vector.</summary>
    public abstract int Dimensions { get; }

    /// <summary>Tokens of a text that are read; the rest is left out.</summary>
    public virtual int MaxTokens => int.MaxValue;

    /// <summary>Tokens that the model was trained to read, where it says so; how good vectors of more are, nobody has measured.</summary>
    public virtual int? TrainedTokens => null;

    /// <summary>Whether a vector costs more to make than to keep.</summary>
    public virtual bool IsWorthKeeping => true;

    /// <summary>Tokens that the model reads of a text, special ones included; none for embedders without a vocabulary.</summary>
    public virtual IReadOnlyList<int> TokensOf(ReadOnlySpan<byte> text) => [];

    /// <summary>Writes one vector per row, 0 where the text is missing or has nothing in it.</summary>
    /// <param name="texts">Texts.</param>
    /// <param name="first">First row to embed.</param>
    /// <param name="vectors">Rows × dimensions.</param>
    /// <param name="tokens">Tokens of each text before it was cut; as many rows as this holds are embedded.</param>
    /// <param name="cancellation">Stops soon, with nothing written that counts.</param>
    public abstract void Embed(TextColumn texts, int first, Span<float> vectors, Span<int> tokens, CancellationToken cancellation);

    /// <summary>Every token's vector, before pooling.</summary>
    /// <exception cref="DataException">The model, or its chosen layer, has one vector for a whole text.</exception>
    public virtual PartTable EmbedParts(TextColumn texts, CancellationToken cancellation) =>
        throw new DataException($"The embedder '{Key}' has no vectors by token. Name a layer that has, or another model.");
}
