using Sluice.VectorSpace;

namespace Sluice.Selection;

/// <summary>
/// Greedy kernel points, also kernel herding (Chen, Welling, Smola 2010): each choice brings the mean of the chosen rows nearest to the mean of all, in the space
/// of a Gaussian kernel whose width is the median distance. So the chosen rows are distributed as all rows are, which makes it the choice for a test set.
/// </summary>
/// <remarks>The mean of all rows is taken over at most 2,048 evenly spaced ones; beside the vectors it keeps 16 bytes a row.</remarks>
sealed class KernelPoints : SelectionMethod
{
    const int MeanRows = 2_048, WidthRows = 256;

    public override IEnumerable<Pick> Choose(Candidates candidates, CancellationToken cancellation)
    {
        var (rows, free) = (candidates.Rows, candidates.Free());
        var seen = Spaced(rows, MeanRows);
        var scale = Scale(Spaced(rows, WidthRows));
        var (mean, chosen, count) = (new double[rows.Rows], new double[rows.Rows], 0);
        Each(rows.Rows, row => mean[row] = Mean(rows[row], seen, scale), cancellation);
        foreach (var anchor in candidates.Anchors)
        {
            Add(anchor);
        }

        while (true)
        {
            var (best, least) = (-1, double.NegativeInfinity);
            for (var row = 0; row < free.Length; row++)
            {
                var score = mean[row] - (chosen[row] / (count + 1));
                (best, least) = free[row] && score > least ? (row, score) : (best, least);
            }

            if (best < 0)
            {
                yield break;
            }

            free[best] = false;
            Add(best);
            yield return new Pick(best, least);
        }

        void Add(int row)
        {
            count++;
            Each(rows.Rows, other => chosen[other] += Kernel(Distances.Squared(rows[row], rows[other]), scale), cancellation);
        }
    }

    static double Kernel(float square, double scale) => Math.Exp(-square / scale);

    static double Mean(ReadOnlySpan<float> vector, VectorRows seen, double scale)
    {
        var sum = 0.0;
        for (var row = 0; row < seen.Rows; row++)
        {
            sum += Kernel(Distances.Squared(vector, seen[row]), scale);
        }

        return sum / seen.Rows;
    }

    static VectorRows Spaced(VectorRows rows, int most)
    {
        var step = Math.Max(1, rows.Rows / most);
        return new VectorRows([.. Enumerable.Range(0, (rows.Rows + step - 1) / step).Select(i => (ReadOnlyMemory<float>)rows[i * step].ToArray())], rows.Dimensions);
    }

    // Twice the squared median distance: the kernel is exp(−d²/2σ²) with σ the median.
    static double Scale(VectorRows rows)
    {
        var squares = new List<float>();
        for (var row = 0; row < rows.Rows; row++)
        {
            for (var other = 0; other < row; other++)
            {
                squares.Add(Distances.Squared(rows[row], rows[other]));
            }
        }

        squares.Sort();
        return squares.Count > 0 && squares[squares.Count / 2] > 0 ? 2 * squares[squares.Count / 2] : 1;
    }

    static void Each(int rows, Action<int> use, CancellationToken cancellation)
    {
        const int chunk = 1_024;
        Parallel.For(0, (rows + chunk - 1) / chunk, new ParallelOptions { CancellationToken = cancellation }, part =>
        {
            for (var row = part * chunk; row < Math.Min(rows, (part + 1) * chunk); row++)
            {
                use(row);
            }
        });
    }
}
