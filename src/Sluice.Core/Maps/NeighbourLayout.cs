using Sluice.Outliers;
using Sluice.VectorSpace;

namespace Sluice.Maps;

/// <summary>
/// A flat picture of rows in which neighbours stay neighbours, after UMAP (McInnes, Healy, Melville 2018): nearest rows are joined by edges whose weights say how
/// sure it is that they belong together; starting from the principal components, edges pull rows together and rows drawn at random push each other apart.
/// </summary>
/// <remarks>Pulls and pushes are done one after another, so the picture is the same each time.</remarks>
static class NeighbourLayout
{
    const int Neighbours = 15, Rounds = 200, Pushes = 5;

    // The curve 1 / (1 + a·d^2b) that falls off as min_dist 0.1 and spread 1 ask for, as the paper fits it.
    const double A = 1.576943, B = 0.895061;
    const double Spread = 10, MaxMove = 4;

    /// <summary>Places of all rows, <paramref name="dimensions"/> numbers each.</summary>
    public static float[] Learn(VectorRows table, int dimensions, ulong seed, CancellationToken cancellation)
    {
        var places = Start(table, dimensions, cancellation);
        var edges = Edges(NearestRows.Of(table, Neighbours, cancellation), table.Rows);
        if (edges.Count == 0)
        {
            return places;
        }

        var random = new SeededRandom(seed);
        var heaviest = edges.Max(e => e.Weight);
        for (var round = 0; round < Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            var rate = 1.0 - ((double)round / Rounds);
            foreach (var (from, to, weight) in edges)
            {
                // An edge of half the weight is used every second time.
                if ((int)((round + 1) * weight / heaviest) == (int)(round * weight / heaviest))
                {
                    continue;
                }

                Move(places, from, to, dimensions, rate, pulls: true);
                for (var i = 0; i < Pushes; i++)
                {
                    var other = (int)(random.Next() * table.Rows);
                    if (other != from)
                    {
                        Move(places, from, other, dimensions, rate, pulls: false);
                    }
                }
            }
        }

        return places;
    }

    // Principal components, the widest spanning 10 each way; rows at one place get apart by the pushes, which need a first difference.
    static float[] Start(VectorRows table, int dimensions, CancellationToken cancellation)
    {
        var pca = Pca.Of(table, dimensions, cancellation);
        var places = new float[table.Rows * dimensions];
        var widest = 0f;
        var random = new SeededRandom(1);
        for (var row = 0; row < table.Rows; row++)
        {
            var place = places.AsSpan(row * dimensions, dimensions);
            pca.Project(table[row], place[..(pca.Directions.Length / table.Dimensions)]);
            foreach (var number in place)
            {
                widest = Math.Max(widest, Math.Abs(number));
            }
        }

        for (var i = 0; i < places.Length; i++)
        {
            places[i] = (float)((widest > 0 ? places[i] / widest * Spread : 0) + (1e-3 * (random.Next() - 0.5)));
        }

        return places;
    }

    // Weights that fall from 1 at the nearest so that they sum to log2(k), joined as chances: a + b − ab.
    static List<(int From, int To, double Weight)> Edges(NearestRows nearest, int rows)
    {
        var weights = new Dictionary<(int, int), double>();
        for (var row = 0; row < rows && nearest.Neighbours > 0; row++)
        {
            var distances = nearest.SquaresOf(row).ToArray().Select(s => Math.Sqrt(s)).ToArray();
            var scale = Scale(distances, Math.Log2(nearest.Neighbours + 1));
            for (var i = 0; i < distances.Length; i++)
            {
                var other = nearest.RowsOf(row)[i];
                var weight = scale > 0 ? Math.Exp(-(distances[i] - distances[0]) / scale) : 1;
                var edge = (Math.Min(row, other), Math.Max(row, other));
                weights[edge] = weights.TryGetValue(edge, out var there) ? there + weight - (there * weight) : weight;
            }
        }

        return [.. weights.OrderBy(w => w.Key).SelectMany(w => new[] { (w.Key.Item1, w.Key.Item2, w.Value), (w.Key.Item2, w.Key.Item1, w.Value) })];
    }

    static double Scale(double[] distances, double wanted)
    {
        var (low, high) = (0.0, 1e12);
        for (var i = 0; i < 100; i++)
        {
            var middle = high > 1e11 ? Math.Max(1, low * 2) : (low + high) / 2;
            var sum = distances.Sum(d => Math.Exp(-(d - distances[0]) / middle));
            (low, high) = sum < wanted ? (middle, high) : (low, middle);
            if (high - low < 1e-9 * high)
            {
                break;
            }
        }

        return high > 1e11 ? low : (low + high) / 2;
    }

    static void Move(float[] places, int from, int to, int dimensions, double rate, bool pulls)
    {
        var square = 0.0;
        for (var i = 0; i < dimensions; i++)
        {
            double difference = places[(from * dimensions) + i] - places[(to * dimensions) + i];
            square += difference * difference;
        }

        var power = Math.Pow(square, B);
        var force = pulls
            ? square > 0 ? -2 * A * B * power / square / (1 + (A * power)) : 0
            : 2 * B / ((0.001 + square) * (1 + (A * power)));
        for (var i = 0; i < dimensions; i++)
        {
            var move = (float)(Math.Clamp(force * (places[(from * dimensions) + i] - places[(to * dimensions) + i]), -MaxMove, MaxMove) * rate);
            places[(from * dimensions) + i] += move;
            places[(to * dimensions) + i] -= pulls ? move : 0;
        }
    }
}
