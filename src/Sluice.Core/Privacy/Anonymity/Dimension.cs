using System.Globalization;

namespace Sluice.Privacy.Anonymity;

/// <summary>One quasi-identifier over all groups of rows: how far its values lie apart, and where they can be cut.</summary>
sealed class Dimension
{
    readonly Ladder ladder;
    readonly string[] values;
    readonly double[] numbers;
    readonly double low, high;
    readonly int different;

    // By level: what the values become, and how many different values become each.
    readonly string[][] nodes;
    readonly Dictionary<string, int>[] leaves;

    public Dimension(Ladder ladder, string[] values)
    {
        (this.ladder, this.values) = (ladder, values);
        numbers = ladder.IsOrdered ? [.. values.Select(Number)] : [];
        var finite = numbers.Where(double.IsFinite).DefaultIfEmpty(0);
        (low, high) = (finite.Min(), finite.Max());
        var distinct = values.Distinct(StringComparer.Ordinal).ToList();
        different = distinct.Count;
        nodes = ladder.IsOrdered ? [] : [.. Enumerable.Range(0, ladder.Top + 1).Select(level => values.Select(value => ladder.At(value, level)).ToArray())];
        leaves = [.. Enumerable.Range(0, ladder.Top + 1).Select(level => distinct.GroupBy(value => ladder.At(value, level), StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal))];
    }

    /// <summary>Numbers and dates on a line; what is neither comes before all.</summary>
    public static double Number(string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number
        : DateTime.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time.Ticks / (double)TimeSpan.TicksPerDay
        : double.NegativeInfinity;

    /// <summary>How much of all the column's values these span, 0 to 1: the length of their range, or the share of values that look the same then.</summary>
    public double Width(IReadOnlyList<int> groups)
    {
        if (ladder.IsOrdered)
        {
            var (min, max) = (groups.Min(g => numbers[g]), groups.Max(g => numbers[g]));
            return min == max ? 0 : double.IsFinite(min) ? (max - min) / (high - low) : 1;
        }

        var level = Level(groups);
        return level == 0 ? 0 : Share(leaves[level][nodes[level][groups[0]]]);
    }

    /// <summary>The same for a value at a level of full-domain generalisation.</summary>
    public double WidthAt(string coarse, int level) =>
        level == 0 ? 0 : ladder.IsOrdered && coarse != Ladder.Nothing && ladder.RangeWidth(level) is { } width ? Math.Min(1, high > low ? width / (high - low) : 0) : Share(leaves[level].GetValueOrDefault(coarse, 1));

    double Share(int count) => different < 2 ? 0 : (count - 1.0) / (different - 1);

    /// <summary>What is told of rows that stay together.</summary>
    public string Label(IReadOnlyList<int> groups)
    {
        if (!ladder.IsOrdered)
        {
            return nodes[Level(groups)][groups[0]];
        }

        var (first, last) = (groups.MinBy(g => numbers[g]), groups.MaxBy(g => numbers[g]));
        return numbers[first] == numbers[last] ? (groups.All(g => values[g] == values[first]) ? values[first] : Ladder.Nothing)
            : double.IsFinite(numbers[first]) ? $"[{values[first]}, {values[last]}]" : Ladder.Nothing;
    }

    // The lowest level at which all are the same.
    int Level(IReadOnlyList<int> groups)
    {
        for (var level = 0; level < ladder.Top; level++)
        {
            var node = nodes[level][groups[0]];
            if (groups.All(g => nodes[level][g] == node))
            {
                return level;
            }
        }

        return ladder.Top;
    }

    /// <summary>
    /// Cuts at the median, or into the children of what all have in common. A strict cut keeps equal values on one side; a relaxed one orders them by
    /// the whole key, so that halves are even and every row still knows its side by itself.
    /// </summary>
    public (Cut Cut, List<List<int>> Parts)? Split(int column, List<int> groups, string[] keys, long[] rows, bool isRelaxed)
    {
        if (!ladder.IsOrdered)
        {
            var level = Level(groups) - 1;
            var children = groups.GroupBy(g => nodes[level][g], StringComparer.Ordinal).OrderBy(child => child.Key, StringComparer.Ordinal).ToList();
            return (new Cut(column) { Level = level, Children = [.. children.Select(child => child.Key)] }, [.. children.Select(child => child.ToList())]);
        }

        List<int> order = [.. groups.OrderBy(g => numbers[g]).ThenBy(g => keys[g], StringComparer.Ordinal)];
        var (half, passed, last) = (order.Sum(g => rows[g]) / 2.0, 0L, 0);
        while (last < order.Count && passed + rows[order[last]] <= half)
        {
            passed += rows[order[last++]];
        }

        last = Math.Clamp(last, 1, order.Count - 1);
        if (!isRelaxed)
        {
            // To the nearest place where the value changes.
            var (up, down) = (last, last);
            while (up < order.Count && numbers[order[up]] == numbers[order[up - 1]])
            {
                up++;
            }

            while (down > 0 && numbers[order[down]] == numbers[order[down - 1]])
            {
                down--;
            }

            last = down > 0 && (up == order.Count || last - down <= up - last) ? down : up;
        }

        var at = order[last - 1];
        return last == order.Count ? null : (new Cut(column) { At = numbers[at], Key = isRelaxed ? keys[at] : null }, [order[..last], order[last..]]);
    }
}
