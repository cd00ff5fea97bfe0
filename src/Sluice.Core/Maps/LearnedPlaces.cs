using Sluice.VectorSpace;

namespace Sluice.Maps;

/// <summary>
/// A picture of many rows that is learned from few: from at most 10,000, evenly spaced in the order of their keys; the others are placed among their nearest ones.
/// </summary>
static class LearnedPlaces
{
    public const int MaxLearned = 10_000;
    const int PlacedBy = 5;

    /// <summary>Places of all rows, <paramref name="dimensions"/> numbers each.</summary>
    /// <param name="rows">All rows.</param>
    /// <param name="dimensions">Numbers of a place.</param>
    /// <param name="learn">Learns the places of some rows.</param>
    /// <param name="cancellation">Stops between rows.</param>
    public static float[] Of(VectorRows rows, int dimensions, Func<VectorRows, float[]> learn, CancellationToken cancellation)
    {
        var step = Math.Max(1, (rows.Rows + MaxLearned - 1) / MaxLearned);
        var learned = Enumerable.Range(0, (rows.Rows + step - 1) / step).Select(i => i * step).ToArray();
        var table = rows.Pick(learned);
        var places = learn(table);
        return step == 1 ? places : Place(rows, table, places, dimensions, cancellation);
    }

    // A row that was not learned lies among its nearest learned ones, nearer to the nearer.
    static float[] Place(VectorRows rows, VectorRows learned, float[] places, int dimensions, CancellationToken cancellation)
    {
        var all = new float[rows.Rows * dimensions];
        Parallel.For(0, rows.Rows, new ParallelOptions { CancellationToken = cancellation }, () => (new Nearest(PlacedBy), new float[learned.Rows]), (row, _, own) =>
        {
            var (nearest, squares) = own;
            nearest.Clear();
            for (var from = 0; from < learned.Rows;)
            {
                var block = learned.From(from, learned.Rows);
                Distances.Each(rows[row], block, squares.AsSpan(from, block.Length / rows.Dimensions));
                from += block.Length / rows.Dimensions;
            }

            for (var other = 0; other < squares.Length; other++)
            {
                nearest.Offer(other, squares[other]);
            }

            var total = 0.0;
            var place = new double[dimensions];
            for (var i = 0; i < nearest.Found.Length; i++)
            {
                var weight = 1 / Math.Max(1e-12, nearest.Squares[i]);
                total += weight;
                for (var d = 0; d < dimensions; d++)
                {
                    place[d] += weight * places[(nearest.Found[i] * dimensions) + d];
                }
            }

            for (var d = 0; d < dimensions; d++)
            {
                all[(row * dimensions) + d] = (float)(place[d] / total);
            }

            return own;
        }, _ => { });
        return all;
    }
}
