using Sluice.Steps;

namespace Sluice.Profiles;

/// <summary>Two distributions in the same bins.</summary>
/// <param name="Labels">What each bin holds.</param>
/// <param name="Before">Counts.</param>
/// <param name="After">Counts.</param>
sealed record Shares(IReadOnlyList<string> Labels, IReadOnlyList<double> Before, IReadOnlyList<double> After)
{
    public const int MaxBins = 10;

    // The χ² distribution holds where each bin expects at least so many of the smaller table.
    const double LeastExpected = 5;

    double CountBefore => Before.Sum();

    double CountAfter => After.Sum();

    /// <summary>
    /// Bins of equal weight over both tables together. Given the joint values, which of them are from which table is then the only chance, so
    /// that χ² holds whatever the distribution. Null when there is too little to compare.
    /// </summary>
    public static Shares? OfNumbers(ValueHistogram before, ValueHistogram after, Func<double, string> show)
    {
        var bins = (int)Math.Min(MaxBins, Math.Min(before.Count, after.Count) / LeastExpected);
        if (bins < 2)
        {
            return null;
        }

        var (left, right) = ValueHistogram.Aligned(before, after);
        var (labels, lefts, rights) = (new List<string>(), new List<double>(), new List<double>());
        var (whole, rest) = ((double)(before.Count + after.Count) / bins, before.Count + after.Count);
        var from = double.NaN;
        double a = 0, b = 0;
        foreach (var (value, inLeft, inRight) in Joined(left, right))
        {
            from = a + b == 0 ? value : from;
            (a, b, rest) = (a + inLeft, b + inRight, rest - inLeft - inRight);

            // What would be left for the last bin must be a bin too; else it belongs to this one.
            if (rest == 0 || (a + b >= whole && rest >= whole))
            {
                labels.Add(from == value ? show(value) : $"{show(from)} to {show(value)}");
                lefts.Add(a);
                rights.Add(b);
                (a, b) = (0, 0);
            }
        }

        return labels.Count < 2 ? null : new Shares(labels, lefts, rights);
    }

    /// <summary>Categories; those that are rare in both together are one. Null when there is too little to compare.</summary>
    public static Shares? OfValues(TopValues before, TopValues after)
    {
        return OfValues(Shown(before), Shown(after));

        static IEnumerable<(string, long)> Shown(TopValues values) => values.Top(int.MaxValue).Select(v => (System.Text.Encoding.UTF8.GetString(v.Value), v.Count));
    }

    /// <summary>Categories with how often each occurs.</summary>
    public static Shares? OfValues(IEnumerable<(string Value, long Count)> before, IEnumerable<(string Value, long Count)> after)
    {
        var counts = new SortedDictionary<string, (double Before, double After)>(StringComparer.Ordinal);
        foreach (var (value, count) in before)
        {
            counts[value] = (count, 0);
        }

        foreach (var (value, count) in after)
        {
            counts[value] = (counts.GetValueOrDefault(value).Before, count);
        }

        var least = Least(counts.Values.Sum(c => c.Before), counts.Values.Sum(c => c.After));
        var rare = counts.Where(c => c.Value.Before + c.Value.After < least).ToList();
        var common = counts.Except(rare).ToList();
        var (labels, lefts, rights) = (common.Select(c => $"'{c.Key}'").ToList(), common.Select(c => c.Value.Before).ToList(), common.Select(c => c.Value.After).ToList());
        if (rare.Sum(r => r.Value.Before + r.Value.After) >= least)
        {
            labels.Add($"{rare.Count:N0} rare values");
            lefts.Add(rare.Sum(r => r.Value.Before));
            rights.Add(rare.Sum(r => r.Value.After));
        }

        return labels.Count < 2 ? null : new Shares(labels, lefts, rights);
    }

    /// <summary>Bins that the table before was cut into; those with too few rows for the test join the next.</summary>
    /// <param name="borders">Where each bin but the first begins.</param>
    /// <param name="before">Rows in each.</param>
    /// <param name="after">Rows in each.</param>
    public static Shares? OfBins(IReadOnlyList<double> borders, IReadOnlyList<long> before, IReadOnlyList<long> after)
    {
        var least = Least(before.Sum(), after.Sum());
        var (labels, lefts, rights) = (new List<string>(), new List<double>(), new List<double>());
        var (from, left, right) = (0, 0.0, 0.0);
        for (var bin = 0; bin < before.Count; bin++)
        {
            (left, right) = (left + before[bin], right + after[bin]);
            var rest = before.Skip(bin + 1).Sum() + after.Skip(bin + 1).Sum();
            if (bin == before.Count - 1 || (left + right >= least && rest >= least))
            {
                labels.Add(
                    from == 0 ? (bin == before.Count - 1 ? "all" : $"below {Profiler.Number(borders[bin])}")
                    : bin == before.Count - 1 ? $"{Profiler.Number(borders[from - 1])} and more" : $"{Profiler.Number(borders[from - 1])} to {Profiler.Number(borders[bin])}");
                lefts.Add(left);
                rights.Add(right);
                (from, left, right) = (bin + 1, 0, 0);
            }
        }

        return labels.Count < 2 ? null : new Shares(labels, lefts, rights);
    }

    // So many rows of both in one bin that the smaller table is expected to have enough of them.
    static double Least(double before, double after) => LeastExpected * (before + after) / Math.Max(1, Math.Min(before, after));

    /// <summary>Chance of bins this different when both tables are of one kind: Pearson's χ² with the exact conditional mean.</summary>
    public double PValue
    {
        get
        {
            var (n, m) = (CountBefore, CountAfter);
            var chi = 0.0;
            for (var i = 0; i < Labels.Count; i++)
            {
                var both = Before[i] + After[i];
                var difference = (Before[i] * m) - (After[i] * n);
                chi += both == 0 ? 0 : difference * difference / both;
            }

            // (N − 1)/N: given the joint values, the counts are hypergeometric.
            chi *= (n + m - 1) / (n + m) / n / m;
            return Probability.ChiSquareTail(chi, Labels.Count - 1);
        }
    }

    /// <summary>Σ (after − before)·ln(after/before) of the shares; a bin of no rows counts as half a row.</summary>
    public double Psi => Enumerable.Range(0, Labels.Count).Sum(i =>
    {
        var (before, after) = (Math.Max(0.5, Before[i]) / CountBefore, Math.Max(0.5, After[i]) / CountAfter);
        return (after - before) * Math.Log(after / before);
    });

    /// <summary>Jensen–Shannon divergence to base 2: 0 for equal shares, 1 for no value in common.</summary>
    public double JensenShannon => Enumerable.Range(0, Labels.Count).Sum(i =>
    {
        var (before, after) = (Before[i] / CountBefore, After[i] / CountAfter);
        var middle = (before + after) / 2;
        return ((before == 0 ? 0 : before * Math.Log2(before / middle)) + (after == 0 ? 0 : after * Math.Log2(after / middle))) / 2;
    });

    /// <summary>The bin whose share changed most, in words.</summary>
    public string Where
    {
        get
        {
            var most = Enumerable.Range(0, Labels.Count).MaxBy(i => Math.Abs((After[i] / CountAfter) - (Before[i] / CountBefore)));
            return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Labels[most]}: {Before[most] / CountBefore:0.0%} → {After[most] / CountAfter:0.0%}");
        }
    }

    /// <summary>Largest difference of the cumulative shares, and mean distance that values moved.</summary>
    public static (double Ks, double Moved) Distances(ValueHistogram before, ValueHistogram after)
    {
        var (left, right) = ValueHistogram.Aligned(before, after);
        double ks = 0, moved = 0, gap = 0, last = double.NaN;
        double a = 0, b = 0;
        foreach (var (value, inLeft, inRight) in Joined(left, right))
        {
            if (gap > 0 && double.IsFinite(last) && double.IsFinite(value))
            {
                moved += gap * (value - last);
            }

            (a, b) = (a + inLeft, b + inRight);
            gap = Math.Abs((a / before.Count) - (b / after.Count));
            (ks, last) = (Math.Max(ks, gap), value);
        }

        return (ks, moved);
    }

    // Both in one order of values.
    static IEnumerable<(double Value, long Left, long Right)> Joined(ValueHistogram left, ValueHistogram right)
    {
        var (lefts, rights) = (left.InOrder().ToArray(), right.InOrder().ToArray());
        for (var (i, j) = (0, 0); i < lefts.Length || j < rights.Length;)
        {
            var value = j == rights.Length || (i < lefts.Length && lefts[i].Value <= rights[j].Value) ? lefts[i].Value : rights[j].Value;
            yield return (
                value, i < lefts.Length && lefts[i].Value == value ? lefts[i++].Count : 0, j < rights.Length && rights[j].Value == value ? rights[j++].Count : 0);
        }
    }
}
