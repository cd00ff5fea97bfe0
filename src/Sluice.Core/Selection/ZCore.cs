using Sluice.Outliers;

namespace Sluice.Selection;

/// <summary>
/// Zero-shot core-set selection (Griffin, Marks, Corso, arXiv 2411.15349): again and again two dimensions and a point between their least and greatest values are
/// drawn; the row nearest to it there gains one, for what it covers, and rows near that row lose, by the fourth power of nearness, for what they repeat. Needs no
/// labels and no training; high scores are chosen first.
/// </summary>
/// <remarks>
/// Gains and losses are counted in whole units of 2⁻³² so that threads may add them in any order. Distances are sums of absolute differences in dimensions
/// that span 0 to 1. Time is draws × rows, memory a copy of the vectors.
/// </remarks>
sealed class ZCore : RankedMethod
{
    const int MaxDraws = 100_000, DrawsPerRow = 20, Redundant = 1_000, Chunk = 256;
    const double Unit = 1L << 32;

    protected override double[] Scores(Candidates candidates, CancellationToken cancellation)
    {
        var rows = candidates.Rows;
        var columns = Columns(candidates);
        var draws = (int)Math.Min(MaxDraws, (long)DrawsPerRow * rows.Rows);
        var scores = new long[rows.Rows];
        if (columns.Length == 0)
        {
            return new double[rows.Rows];
        }

        Parallel.For(0, (draws + Chunk - 1) / Chunk, new ParallelOptions { CancellationToken = cancellation }, () => (Scores: new long[rows.Rows], Distances: new float[rows.Rows]), (chunk, _, own) =>
        {
            var random = new SeededRandom(RowHash.Mix(candidates.Seed, (ulong)chunk));
            for (var draw = chunk * Chunk; draw < Math.Min(draws, (chunk + 1) * Chunk); draw++)
            {
                Draw(columns, random, own.Scores, own.Distances);
            }

            return own;
        }, own =>
        {
            lock (scores)
            {
                for (var row = 0; row < scores.Length; row++)
                {
                    scores[row] += own.Scores[row];
                }
            }
        });
        return [.. scores.Select(s => s / Unit)];
    }

    static void Draw(float[][] columns, SeededRandom random, long[] scores, float[] distances)
    {
        var (x, y) = (columns[(int)(random.Next() * columns.Length)], columns[(int)(random.Next() * columns.Length)]);
        var (atX, atY) = ((float)random.Next(), (float)random.Next());
        var best = 0;
        for (var row = 0; row < distances.Length; row++)
        {
            distances[row] = Math.Abs(x[row] - atX) + Math.Abs(y[row] - atY);
            best = distances[row] < distances[best] ? row : best;
        }

        scores[best] += (long)Unit;
        Repeat(x, y, best, scores, distances);
    }

    static void Repeat(float[] x, float[] y, int chosen, long[] scores, float[] distances)
    {
        for (var row = 0; row < distances.Length; row++)
        {
            distances[row] = Math.Abs(x[row] - x[chosen]) + Math.Abs(y[row] - y[chosen]);
        }

        distances[chosen] = float.PositiveInfinity;
        var limit = Limit(distances);
        var total = 0.0;
        for (var row = 0; row < distances.Length; row++)
        {
            // A row at the same place repeats it wholly.
            if (distances[row] == 0)
            {
                scores[row] -= (long)Unit;
            }
            else if (distances[row] <= limit)
            {
                total += Weight(distances[row]);
            }
        }

        for (var row = 0; row < distances.Length && total > 0; row++)
        {
            if (distances[row] > 0 && distances[row] <= limit)
            {
                scores[row] -= (long)(Weight(distances[row]) / total * Unit);
            }
        }
    }

    static double Weight(double distance) => 1 / Math.Max(distance * distance * distance * distance, 1e-32);

    // The distance within which the rows are that count: 1,000 or somewhat fewer, from a histogram by halvings. The fourth power makes the others nothing.
    static float Limit(float[] distances)
    {
        Span<int> counts = stackalloc int[256];
        foreach (var distance in distances)
        {
            counts[Bin(distance)]++;
        }

        var (within, bin) = (0, 0);
        while (bin < counts.Length - 1 && within + counts[bin] <= Redundant)
        {
            within += counts[bin++];
        }

        return bin == counts.Length - 1 ? float.MaxValue : BitConverter.UInt32BitsToSingle((uint)bin << 23);
    }

    static int Bin(float distance) => (int)(BitConverter.SingleToUInt32Bits(distance) >> 23);

    static float[][] Columns(Candidates candidates)
    {
        var rows = candidates.Rows;
        var columns = new List<float[]>();
        for (var dimension = 0; dimension < rows.Dimensions; dimension++)
        {
            var values = new float[rows.Rows];
            for (var row = 0; row < values.Length; row++)
            {
                values[row] = rows[row][dimension];
            }

            var (least, most) = values.Length == 0 ? (0, 0) : (values.Min(), values.Max());
            if (most > least)
            {
                columns.Add([.. values.Select(v => (v - least) / (most - least))]);
            }
        }

        return [.. columns];
    }
}
