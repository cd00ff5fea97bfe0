using Sluice.Outliers;
using Sluice.VectorSpace;

namespace Sluice.Maps;

/// <summary>
/// t-SNE (van der Maaten, Hinton 2008), with forces of far places summed up by cells (van der Maaten 2014): rows that are likely to belong together are put near each other.
/// Distances between far groups, and the sizes of groups, say little.
/// </summary>
/// <remarks>
/// Learning rate and exaggeration are those that scikit-learn and openTSNE take by default. Rows are moved all at once, each by sums in one order, so the picture is the same each
/// time and with any number of threads.
/// </remarks>
static class Tsne
{
    public const int MaxDimensions = 3;
    public const double DefaultPerplexity = 30;
    const int Rounds = 750, EarlyRounds = 250;
    const double Exaggeration = 12, Openness = 0.5, EarlyMomentum = 0.5, Momentum = 0.8, LeastGain = 0.01, LeastRate = 50, FirstSpread = 1e-4;

    /// <summary>Places of all rows, <paramref name="dimensions"/> numbers each.</summary>
    /// <param name="table">Rows.</param>
    /// <param name="dimensions">Numbers of a place: 1 to 3.</param>
    /// <param name="perplexity">How many rows count as near, about; with few rows it is less.</param>
    /// <param name="seed">Of the first differences of rows at one place.</param>
    /// <param name="cancellation">Stops between rounds.</param>
    public static float[] Learn(VectorRows table, int dimensions, double perplexity, ulong seed, CancellationToken cancellation)
    {
        var most = Math.Max(1, (table.Rows - 1) / 3.0);
        var nearest = NearestRows.Of(table, (int)Math.Ceiling(3 * Math.Min(perplexity, most)), cancellation);
        var places = Start(table, dimensions, seed, cancellation);
        if (nearest.Neighbours > 0)
        {
            Descend(places, dimensions, TsneChances.Of(nearest, table.Rows, Math.Min(perplexity, most)), cancellation);
        }

        return Array.ConvertAll(places, number => (float)number);
    }

    /// <summary>Which way each place should move to fit the chances better: minus the gradient of their divergence.</summary>
    /// <param name="places">Places.</param>
    /// <param name="dimensions">Numbers of a place.</param>
    /// <param name="chances">How likely rows belong together.</param>
    /// <param name="exaggeration">What chances are multiplied by.</param>
    /// <param name="openness">How coarsely far places are summed up; 0: not at all.</param>
    internal static double[] Forces(double[] places, int dimensions, TsneChances chances, double exaggeration, double openness)
    {
        var tree = new RepulsionTree(places, dimensions);
        var rows = places.Length / dimensions;
        var (pull, push, scales) = (new double[places.Length], new double[places.Length], new double[rows]);
        Parallel.For(0, rows, row =>
        {
            scales[row] = tree.Repel(row, openness, push.AsSpan(row * dimensions, dimensions));
            Pull(places, dimensions, chances, row, pull.AsSpan(row * dimensions, dimensions));
        });
        var scale = Math.Max(double.Epsilon, scales.Sum());
        for (var i = 0; i < pull.Length; i++)
        {
            pull[i] = 4 * ((push[i] / scale) - (exaggeration * pull[i]));
        }

        return pull;
    }

    static void Pull(double[] places, int dimensions, TsneChances chances, int row, Span<double> pull)
    {
        var own = places.AsSpan(row * dimensions, dimensions);
        for (var at = chances.Starts[row]; at < chances.Starts[row + 1]; at++)
        {
            var other = places.AsSpan(chances.Others[at] * dimensions, dimensions);
            var square = 0.0;
            for (var i = 0; i < dimensions; i++)
            {
                square += (own[i] - other[i]) * (own[i] - other[i]);
            }

            for (var i = 0; i < dimensions; i++)
            {
                pull[i] += chances.Values[at] / (1 + square) * (own[i] - other[i]);
            }
        }
    }

    static void Descend(double[] places, int dimensions, TsneChances chances, CancellationToken cancellation)
    {
        var (moves, gains) = (new double[places.Length], new double[places.Length]);
        var rate = Math.Max(LeastRate, places.Length / dimensions / Exaggeration / 4);
        Array.Fill(gains, 1);
        for (var round = 0; round < Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            var isEarly = round < EarlyRounds;
            var forces = Forces(places, dimensions, chances, isEarly ? Exaggeration : 1, Openness);
            for (var i = 0; i < places.Length; i++)
            {
                // Steps grow while they go one way, and shrink when they swing (Jacobs 1988).
                gains[i] = Math.Max(LeastGain, forces[i] * moves[i] > 0 ? gains[i] + 0.2 : gains[i] * 0.8);
                moves[i] = ((isEarly ? EarlyMomentum : Momentum) * moves[i]) + (rate * gains[i] * forces[i]);
                places[i] += moves[i];
            }

            Centre(places, dimensions);
        }
    }

    static void Centre(double[] places, int dimensions)
    {
        for (var i = 0; i < dimensions; i++)
        {
            var mean = 0.0;
            for (var at = i; at < places.Length; at += dimensions)
            {
                mean += places[at] / (places.Length / dimensions);
            }

            for (var at = i; at < places.Length; at += dimensions)
            {
                places[at] -= mean;
            }
        }
    }

    // Principal components, all nearly at one place: what is far apart then stays so more often than from random places (Kobak, Berens 2019).
    static double[] Start(VectorRows table, int dimensions, ulong seed, CancellationToken cancellation)
    {
        var pca = Pca.Of(table, dimensions, cancellation);
        var places = new double[table.Rows * dimensions];
        var place = new float[dimensions];
        var squares = 0.0;
        for (var row = 0; row < table.Rows; row++)
        {
            Array.Clear(place);
            pca.Project(table[row], place.AsSpan(0, pca.Directions.Length / table.Dimensions));
            squares += place[0] * (double)place[0];
            place.Select(number => (double)number).ToArray().CopyTo(places, row * dimensions);
        }

        var (spread, random) = (Math.Sqrt(squares / Math.Max(1, table.Rows)), new SeededRandom(seed));
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = FirstSpread * ((spread > 0 ? places[i] / spread : 0) + (0.01 * (random.Next() - 0.5)));
        }

        return places;
    }
}
