using System.Globalization;

namespace Sluice.Privacy.Anonymity;

/// <summary>What groups of rows with equal quasi-identifiers give away.</summary>
/// <param name="Rows">Rows in all groups.</param>
/// <param name="Groups">Number of groups.</param>
/// <param name="K">Rows of the smallest group; 0 without rows.</param>
/// <param name="L">Fewest different sensitive values of a group; 0 without rows.</param>
/// <param name="T">Largest distance of a group's sensitive values from those of the whole table, 0 to 1.</param>
public sealed record AnonymityMeasure(long Rows, long Groups, long K, long L, double T);

/// <summary>What a table must keep. k: Sweeney 2002; l, distinct: Machanavajjhala et al. 2007; t: Li et al. 2007, with the earth mover's distance.</summary>
sealed record Demand(int K, int L, double? T)
{
    public bool IsMet(IReadOnlyDictionary<string, long> group, Distance distance)
    {
        var rows = group.Values.Sum();
        return rows >= K && group.Count >= L && (T is null || distance.Of(group, rows) <= T);
    }

    public static AnonymityMeasure Measure(IReadOnlyCollection<SortedDictionary<string, long>> groups, Distance distance)
    {
        long rows = 0, k = long.MaxValue, l = long.MaxValue;
        var t = 0.0;
        foreach (var group in groups)
        {
            var size = group.Values.Sum();
            (rows, k, l, t) = (rows + size, Math.Min(k, size), Math.Min(l, group.Count), Math.Max(t, distance.Of(group, size)));
        }

        return groups.Count == 0 ? new AnonymityMeasure(0, 0, 0, 0, 0) : new AnonymityMeasure(rows, groups.Count, k, l, t);
    }
}

/// <summary>
/// The earth mover's distance of a group's sensitive values from those of the whole table. Numbers lie on a line, one step apart by rank; other values
/// are equally far from each other.
/// </summary>
sealed class Distance
{
    readonly string[] order;
    readonly SortedDictionary<string, long> whole = new(StringComparer.Ordinal);
    readonly long rows;
    readonly bool isOrdered;

    public Distance(IEnumerable<IReadOnlyDictionary<string, long>> groups)
    {
        foreach (var (value, count) in groups.SelectMany(group => group))
        {
            whole[value] = whole.GetValueOrDefault(value) + count;
            rows += count;
        }

        isOrdered = whole.Count > 0 && whole.Keys.All(value => TryNumber(value, out _));
        order = isOrdered ? [.. whole.Keys.OrderBy(value => TryNumber(value, out var number) ? number : 0)] : [.. whole.Keys];
    }

    public double Of(IReadOnlyDictionary<string, long> group, long size)
    {
        if (order.Length < 2)
        {
            return 0;
        }

        var (moved, carried) = (0.0, 0.0);
        foreach (var value in order)
        {
            var difference = ((double)group.GetValueOrDefault(value) / size) - ((double)whole[value] / rows);
            carried += difference;
            moved += Math.Abs(isOrdered ? carried : difference);
        }

        return isOrdered ? moved / (order.Length - 1) : moved / 2;
    }

    static bool TryNumber(string value, out double number) => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
}
