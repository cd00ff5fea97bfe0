using Sluice.Outliers;

namespace Sluice.VectorSpace;

/// <summary>
/// Gaussian random projection: distances of n rows keep within a factor of 1 ± ε in about 8·ln(n)/ε² numbers (Johnson, Lindenstrauss 1984; Dasgupta, Gupta
/// 2003), whatever they had before. It needs no look at the rows.
/// </summary>
public sealed class RandomProjection
{
    readonly float[] directions;
    readonly int from;

    /// <param name="from">Dimensions of the rows.</param>
    /// <param name="to">Numbers that come out.</param>
    /// <param name="seed">Of the directions.</param>
    public RandomProjection(int from, int to, ulong seed)
    {
        this.from = from;
        var random = new SeededRandom(seed);
        directions = new float[from * to];
        for (var i = 0; i < directions.Length; i++)
        {
            // Box, Muller 1958. The variance makes the expected squared length the one before.
            directions[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.Next()) / to) * Math.Cos(2 * Math.PI * random.Next()));
        }
    }

    public void Project(ReadOnlySpan<float> vector, Span<float> into)
    {
        for (var i = 0; i < into.Length; i++)
        {
            into[i] = Distances.Dot(vector, directions.AsSpan(i * from, from));
        }
    }
}
