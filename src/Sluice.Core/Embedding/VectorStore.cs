using System.Collections.Concurrent;
using Sluice.Storage;

namespace Sluice.Embedding;

/// <summary>
/// Vectors by the content of rows: each is made once for an embedder, and found by every later run, step and job on this store. What a caller gets does not
/// depend on what was there before. Safe to call from many threads and processes at once.
/// </summary>
/// <remarks>Memory: 28 bytes for each row that the store has vectors of, for each embedder in use. Two callers that need the same new row at once both make it.</remarks>
public sealed class VectorStore(ObjectStore store)
{
    /// <summary>Rows that are embedded before they are published: what a killed process loses at most.</summary>
    public const int RowsAtOnce = 8192;
    readonly ConcurrentDictionary<string, VectorIndex> indexes = new(StringComparer.Ordinal);

    /// <summary>Keys of texts: what their vectors are stored by.</summary>
    public static RowKey[] KeysOf(TextColumn texts) => RowHash.Rows([texts], texts.Rows);

    /// <summary>The vectors of some texts, in their order; those that are not stored yet are made and stored.</summary>
    /// <param name="embedder">What makes them.</param>
    /// <param name="texts">Texts; a missing one has a vector of zeros.</param>
    /// <param name="cancellation">Stops; what was published stays.</param>
    /// <param name="precision">Bits that are kept. The result has what these leave of a number, also where it was made just now.</param>
    public async Task<VectorTable> EmbedAsync(
        TextEmbedder embedder, TextColumn texts, CancellationToken cancellation, VectorPrecision precision = VectorPrecision.Float32)
    {
        var keys = KeysOf(texts);
        var vectors = new float[checked(texts.Rows * embedder.Dimensions)];
        var tokens = new int[texts.Rows];
        if (!embedder.IsWorthKeeping)
        {
            embedder.Embed(texts, 0, vectors, tokens, cancellation);
            return new VectorTable(keys, vectors, tokens, embedder.Dimensions);
        }

        var index = indexes.GetOrAdd($"{embedder.Key}-{precision}", _ => new VectorIndex(store, embedder, precision));
        await index.RefreshAsync(cancellation);
        await index.MakeAsync(texts, keys, cancellation);
        await index.ReadAsync(keys, vectors, tokens, cancellation);
        return new VectorTable(keys, vectors, tokens, embedder.Dimensions);
    }
}
