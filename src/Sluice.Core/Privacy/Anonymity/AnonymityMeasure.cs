namespace Sluice.Privacy.Anonymity;

/// <summary>What groups of rows with equal quasi-identifiers give away.</summary>
/// <param name="Rows">Rows in all groups.</param>
/// <param name="Groups">Number of groups.</param>
/// <param name="K">Rows of the smallest group; 0 without rows.</param>
/// <param name="L">Fewest different sensitive values of a group; 0 without rows.</param>
/// <param name="EntropyL">The same by entropy: how many equally frequent values would tell as little. At most <paramref name="L"/>.</param>
/// <param name="T">Largest distance of a group's sensitive values from those of the whole table, 0 to 1.</param>
public sealed record AnonymityMeasure(long Rows, long Groups, long K, long L, double EntropyL, double T);

/// <summary>How many well-represented sensitive values a group must have (Machanavajjhala et al. 2007).</summary>
public enum Diversity
{
    /// <summary>l different ones.</summary>
    Distinct,

    /// <summary>An entropy of at least that of l equally frequent ones.</summary>
    Entropy,

    /// <summary>The most frequent occurs less than c times as often as the l-th and rarer ones together.</summary>
    Recursive,
}

/// <summary>What a table must keep. k: Sweeney 2002; l: Machanavajjhala et al. 2007; t: Li et al. 2007, with the earth mover's distance.</summary>
sealed record Demand(int K, int L, double? T)
{
    public Diversity Diversity { get; init; }

    public double C { get; init; } = 3;

    /// <summary>Levels of the sensitive values, for t.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> Levels { get; init; } = [];

    public Distance DistanceTo(IEnumerable<IReadOnlyDictionary<string, long>> whole) => new(whole, Levels);

    public bool IsMet(IReadOnlyDictionary<string, long> group, Distance distance)
    {
        var rows = group.Values.Sum();
        return rows >= K && IsDiverse(group, rows) && (T is null || distance.Of(group, rows) <= T);
    }

    bool IsDiverse(IReadOnlyDictionary<string, long> group, long rows) => L <= 1 || Diversity switch
    {
        // A hair of tolerance: logarithms of equal shares add up to the limit but for rounding.
        Diversity.Entropy => EntropyL(group, rows) >= L - 1e-9,
        Diversity.Recursive => group.Values.Max() < C * group.Values.OrderDescending().Skip(L - 1).Sum(),
        _ => group.Count >= L,
    };

    static double EntropyL(IReadOnlyDictionary<string, long> group, long rows) => Math.Exp(-group.Values.Sum(count => (double)count / rows * Math.Log((double)count / rows)));

    /// <summary>Groups as one.</summary>
    public static Dictionary<string, long> Together(IEnumerable<IReadOnlyDictionary<string, long>> groups)
    {
        var together = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (value, rows) in groups.SelectMany(group => group))
        {
            together[value] = together.GetValueOrDefault(value) + rows;
        }

        return together;
    }

    public static AnonymityMeasure Measure(IReadOnlyCollection<SortedDictionary<string, long>> groups, Distance distance)
    {
        long rows = 0, k = long.MaxValue, l = long.MaxValue;
        var (t, entropy) = (0.0, double.MaxValue);
        foreach (var group in groups)
        {
            var size = group.Values.Sum();
            (rows, k, l, t) = (rows + size, Math.Min(k, size), Math.Min(l, group.Count), Math.Max(t, distance.Of(group, size)));
            entropy = Math.Min(entropy, EntropyL(group, size));
        }

        return groups.Count == 0 ? new AnonymityMeasure(0, 0, 0, 0, 0, 0) : new AnonymityMeasure(rows, groups.Count, k, l, entropy, t);
    }
}
