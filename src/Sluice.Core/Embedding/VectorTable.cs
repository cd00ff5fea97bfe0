namespace Sluice.Embedding;

/// <summary>Rows as vectors, in the order of the rows they were made of. Vectors lie one after another, so that a loop over them is one walk through memory.</summary>
/// <param name="keys">Key of each row's content.</param>
/// <param name="vectors">Rows × dimensions.</param>
/// <param name="tokens">Tokens of each text before it was cut to what the model reads; 0: there was nothing to embed and the vector is 0.</param>
/// <param name="dimensions">Numbers of one vector.</param>
public sealed class VectorTable(RowKey[] keys, float[] vectors, int[] tokens, int dimensions)
{
    public int Rows => keys.Length;

    public int Dimensions => dimensions;

    /// <summary>Key of each row's content: what its vector is stored by. Equal texts have equal keys.</summary>
    public ReadOnlySpan<RowKey> Keys => keys;

    /// <summary>Tokens of each text before it was cut; 0 where the vector is 0.</summary>
    public ReadOnlySpan<int> Tokens => tokens;

    /// <summary>All vectors, by rows.</summary>
    public ReadOnlySpan<float> Values => vectors;

    /// <summary>One vector.</summary>
    public ReadOnlySpan<float> this[int row] => vectors.AsSpan(row * dimensions, dimensions);

    /// <summary>All vectors without a copy, for what keeps them.</summary>
    internal float[] Array => vectors;

    /// <summary>Cosine of the angle between two rows; 0 when one has nothing in it.</summary>
    public double Cosine(int left, int right) => Vectors.Cosine(this[left], this[right]);
}
