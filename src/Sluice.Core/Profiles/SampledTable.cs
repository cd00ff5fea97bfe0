using Sluice.Steps;

namespace Sluice.Profiles;

/// <summary>Associations over the sampled rows of a table, copies counted.</summary>
sealed class SampledTable
{
    // A category with more values than this says more about rows than about groups.
    const int MaxGroups = 50;
    readonly IReadOnlyList<(ulong Hash, ulong[] Cells, long Count)> rows;
    readonly string[] names;

    public SampledTable(RowSample sample)
    {
        rows = sample.Rows();
        names = [.. sample.Columns];
        IsComplete = sample.IsComplete;
        Rows = IsComplete ? sample.Count : rows.Count;
    }

    public bool IsComplete { get; }

    /// <summary>Rows that it speaks for: all of the table, or those of the sample.</summary>
    public long Rows { get; }

    /// <summary>Pearson's correlation of ranks; null where there is nothing to compare.</summary>
    public (double Value, long Rows)? Spearman(string left, string right)
    {
        var (x, y, weights) = Both(left, right);
        var (xs, ys) = (Ranks([.. x.Select(BitConverter.UInt64BitsToDouble)], weights), Ranks([.. y.Select(BitConverter.UInt64BitsToDouble)], weights));
        return Correlate(xs, ys, weights) is var value && double.IsFinite(value) ? (value, Size(weights)) : null;
    }

    /// <summary>Cramér's V, corrected for bias (Bergsma 2013); null where there are too many or too few groups.</summary>
    public (double Value, long Rows)? CramersV(string left, string right)
    {
        var (x, y, weights) = Both(left, right);
        if (Groups(x, weights) is not { } lefts || Groups(y, weights) is not { } rights)
        {
            return null;
        }

        var cells = new Dictionary<(ulong, ulong), double>();
        for (var i = 0; i < x.Length; i++)
        {
            cells[(x[i], y[i])] = cells.GetValueOrDefault((x[i], y[i])) + weights[i];
        }

        // χ² over all cells, the empty ones too: Σ observed²/expected − n.
        var total = (double)weights.Sum();
        var chi = cells.OrderBy(c => c.Key).Sum(c => c.Value * c.Value / (lefts[c.Key.Item1] * rights[c.Key.Item2] / total)) - total;
        var n = (double)Size(weights);
        var (r, k) = ((double)lefts.Count, (double)rights.Count);
        var phi = Math.Max(0, (chi / total) - ((k - 1) * (r - 1) / (n - 1)));
        var (rBias, kBias) = (r - ((r - 1) * (r - 1) / (n - 1)), k - ((k - 1) * (k - 1) / (n - 1)));
        var least = Math.Min(rBias, kBias) - 1;
        return n > 2 && least > 0 ? (Math.Min(1, Math.Sqrt(phi / least)), (long)n) : null;
    }

    /// <summary>Share of the spread of a number that its group explains, as a root, corrected for the number of groups (ε); null where that makes no sense.</summary>
    public (double Value, long Rows)? CorrelationRatio(string category, string number)
    {
        var (x, bits, weights) = Both(category, number);
        if (Groups(x, weights) is not { } groups)
        {
            return null;
        }

        var values = Array.ConvertAll(bits, BitConverter.UInt64BitsToDouble);
        var n = (double)weights.Sum();
        var mean = Enumerable.Range(0, values.Length).Sum(i => weights[i] * values[i]) / n;
        var all = Enumerable.Range(0, values.Length).Sum(i => weights[i] * (values[i] - mean) * (values[i] - mean));
        var sums = new Dictionary<ulong, double>();
        for (var i = 0; i < values.Length; i++)
        {
            sums[x[i]] = sums.GetValueOrDefault(x[i]) + (weights[i] * (values[i] - mean));
        }

        var between = sums.OrderBy(s => s.Key).Sum(s => s.Value * s.Value / groups[s.Key]);
        var size = (double)Size(weights);
        if (!(all > 0) || !double.IsFinite(all) || size <= groups.Count)
        {
            return null;
        }

        return (Math.Sqrt(Math.Max(0, 1 - ((1 - (between / all)) * (size - 1) / (size - groups.Count)))), (long)size);
    }

    (ulong[] Left, ulong[] Right, long[] Weights) Both(string left, string right)
    {
        var (a, b) = (Array.IndexOf(names, left), Array.IndexOf(names, right));
        if (a < 0 || b < 0)
        {
            return ([], [], []);
        }

        var present = rows.Where(r => r.Cells[a] != RowSample.Missing && r.Cells[b] != RowSample.Missing).ToList();
        return ([.. present.Select(r => r.Cells[a])], [.. present.Select(r => r.Cells[b])], [.. present.Select(r => r.Count)]);
    }

    // Copies are rows of a complete table; in a sample of different rows they only weigh.
    long Size(long[] weights) => IsComplete ? weights.Sum() : weights.Length;

    static Dictionary<ulong, double>? Groups(ulong[] cells, long[] weights)
    {
        var groups = new Dictionary<ulong, double>();
        for (var i = 0; i < cells.Length && groups.Count <= MaxGroups; i++)
        {
            groups[cells[i]] = groups.GetValueOrDefault(cells[i]) + weights[i];
        }

        return groups.Count is >= 2 and <= MaxGroups ? groups : null;
    }

    // Mid-ranks: equal values share the middle of their places.
    static double[] Ranks(double[] values, long[] weights)
    {
        var order = Enumerable.Range(0, values.Length).ToArray();
        Array.Sort((double[])values.Clone(), order);
        var ranks = new double[values.Length];
        var before = 0L;
        for (var from = 0; from < order.Length;)
        {
            var (to, weight) = (from, 0L);
            while (to < order.Length && values[order[to]] == values[order[from]])
            {
                weight += weights[order[to++]];
            }

            for (var i = from; i < to; i++)
            {
                ranks[order[i]] = before + ((weight + 1) / 2.0);
            }

            before += weight;
            from = to;
        }

        return ranks;
    }

    static double Correlate(double[] x, double[] y, long[] weights)
    {
        double n = weights.Sum(), meanX = 0, meanY = 0, xx = 0, yy = 0, xy = 0;
        for (var i = 0; i < x.Length; i++)
        {
            meanX += weights[i] * x[i] / n;
            meanY += weights[i] * y[i] / n;
        }

        for (var i = 0; i < x.Length; i++)
        {
            var (dx, dy) = (x[i] - meanX, y[i] - meanY);
            (xx, yy, xy) = (xx + (weights[i] * dx * dx), yy + (weights[i] * dy * dy), xy + (weights[i] * dx * dy));
        }

        return xx > 0 && yy > 0 ? Math.Clamp(xy / Math.Sqrt(xx * yy), -1, 1) : double.NaN;
    }
}
