namespace Sluice.Labels;

/// <summary>
/// Labels spread from the few rows that have one along the graph of nearest neighbours (Zhou et al. 2004), whose edges are weighed by the local density
/// (Zelnik-Manor, Perona 2004): rows of one cluster get one label, even where its nearest labelled row is far.
/// </summary>
public static class LabelSpreading
{
    // How much a row listens to its neighbours, and not to its own label.
    const double Listen = 0.8, Settled = 1e-6;
    const int MaxRounds = 200;

    /// <summary>Share of each class for each row, row after row; equal shares where no label reaches.</summary>
    public static float[] Spread(LabelledVectors rows, int neighbours)
    {
        var edges = Edges(rows, neighbours);
        var classes = rows.Classes;
        var (known, beliefs, next) = (new double[rows.Rows * classes], new double[rows.Rows * classes], new double[rows.Rows * classes]);
        for (var row = 0; row < rows.Rows; row++)
        {
            if (rows.Labels[row] >= 0)
            {
                known[(row * classes) + rows.Labels[row]] = beliefs[(row * classes) + rows.Labels[row]] = 1;
            }
        }

        var change = 1.0;
        for (var round = 0; round < MaxRounds && change > Settled; round++)
        {
            change = 0;
            for (var row = 0; row < rows.Rows; row++)
            {
                for (var j = 0; j < classes; j++)
                {
                    var sum = 0.0;
                    foreach (var (other, weight) in edges[row])
                    {
                        sum += weight * beliefs[(other * classes) + j];
                    }

                    next[(row * classes) + j] = (Listen * sum) + ((1 - Listen) * known[(row * classes) + j]);
                    change = Math.Max(change, Math.Abs(next[(row * classes) + j] - beliefs[(row * classes) + j]));
                }
            }

            (beliefs, next) = (next, beliefs);
        }

        return Shares(beliefs, classes);
    }

    static float[] Shares(double[] beliefs, int classes)
    {
        var shares = new float[beliefs.Length];
        for (var from = 0; from < beliefs.Length; from += classes)
        {
            var total = 0.0;
            for (var j = 0; j < classes; j++)
            {
                total += beliefs[from + j];
            }

            for (var j = 0; j < classes; j++)
            {
                shares[from + j] = total > 1e-12 ? (float)(beliefs[from + j] / total) : 1f / classes;
            }
        }

        return shares;
    }

    // Symmetric and normalised: what a row gets from its neighbours does not grow with their number.
    static List<(int Row, double Weight)>[] Edges(LabelledVectors rows, int neighbours)
    {
        var near = new List<(int Point, double Votes, double Square)>[rows.Rows];
        Parallel.For(0, rows.Rows, row => near[row] = NeighbourVote.Nearest(rows, rows.Row(row), neighbours, except: row));
        double[] reach = [.. near.Select(n => n.Count == 0 ? 0 : Math.Sqrt(n[^1].Square))];
        var weights = new SortedDictionary<int, double>[rows.Rows];
        for (var row = 0; row < rows.Rows; row++)
        {
            weights[row] = [];
        }

        for (var row = 0; row < rows.Rows; row++)
        {
            foreach (var (other, _, square) in near[row])
            {
                var scale = reach[row] * reach[other];
                var weight = square == 0 ? 1 : scale == 0 ? 0 : StableMath.Exp(-square / scale);
                weights[row][other] = weights[other][row] = weight;
            }
        }

        double[] degrees = [.. weights.Select(w => w.Values.Sum())];
        return [.. weights.Select((own, row) => own.Where(e => e.Value > 0).Select(e => (e.Key, e.Value / Math.Sqrt(degrees[row] * degrees[e.Key]))).ToList())];
    }
}
