using System.Globalization;

namespace Sluice.Privacy.Anonymity;

/// <summary>
/// The earth mover's distance of a group's sensitive values from those of the whole table (Li et al. 2007). Numbers lie on a line, one step apart by
/// rank; values with levels of their own are as far apart as the level where they meet is high; other values are equally far from each other.
/// </summary>
sealed class Distance
{
    readonly IReadOnlyList<IReadOnlyDictionary<string, string>> levels;
    readonly string[] order;
    readonly SortedDictionary<string, long> whole = new(StringComparer.Ordinal);
    readonly long rows;
    readonly bool isOrdered;

    public Distance(IEnumerable<IReadOnlyDictionary<string, long>> groups, IReadOnlyList<IReadOnlyDictionary<string, string>>? levels = null)
    {
        this.levels = levels ?? [];
        foreach (var (value, count) in groups.SelectMany(group => group))
        {
            whole[value] = whole.GetValueOrDefault(value) + count;
            rows += count;
        }

        isOrdered = this.levels.Count == 0 && whole.Count > 0 && whole.Keys.All(value => TryNumber(value, out _));
        order = isOrdered ? [.. whole.Keys.OrderBy(value => TryNumber(value, out var number) ? number : 0)] : [.. whole.Keys];
    }

    public double Of(IReadOnlyDictionary<string, long> group, long size)
    {
        if (order.Length < 2)
        {
            return 0;
        }

        if (levels.Count > 0)
        {
            return OfTree(group, size);
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

    // From the leaves up: what a node has too much for some of its children and too little for others is moved below it, as far as the node is high.
    double OfTree(IReadOnlyDictionary<string, long> group, long size)
    {
        var (height, cost) = (levels.Count + 1, 0.0);
        var extra = order.Select(value => (Leaf: value, Node: value, Extra: ((double)group.GetValueOrDefault(value) / size) - ((double)whole[value] / rows))).ToList();
        for (var level = 1; level <= height; level++)
        {
            var parents = extra.GroupBy(child => level == height ? "*" : levels[level - 1].GetValueOrDefault(child.Leaf, "*"), StringComparer.Ordinal).ToList();
            cost += parents.Sum(parent => Math.Min(parent.Sum(child => Math.Max(0, child.Extra)), parent.Sum(child => Math.Max(0, -child.Extra)))) * level / height;
            extra = [.. parents.Select(parent => (parent.First().Leaf, parent.Key, parent.Sum(child => child.Extra)))];
        }

        return cost;
    }

    static bool TryNumber(string value, out double number) => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
}
