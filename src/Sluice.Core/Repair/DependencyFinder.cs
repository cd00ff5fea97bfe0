namespace Sluice.Repair;

/// <summary>
/// Finds for each column the columns, alone or two together, that tell its values best. Strength is measured by leaving the judged row out, so
/// an identifier, which tells everything of one row and nothing of another, is worth nothing.
/// </summary>
static class DependencyFinder
{
    public const int PerColumn = 4;
    const long MaxWork = 150_000_000;
    const int MaxLeft = 40, MaxPairLeft = 14, MaxRows = 10_000;
    const double LeastStrength = 0.3, LeastCoverage = 0.1;

    /// <summary>The left sides that were found.</summary>
    public sealed record Found(IReadOnlyList<int> Left, double Strength, double Coverage)
    {
        public double Worth => Strength * Strength * Math.Sqrt(Coverage);
    }

    public static IReadOnlyList<Found>[] Find(CodedTable table)
    {
        var left = LeftColumns(table);
        var work = Math.Max(1L, (long)table.Columns * (left.Count + (MaxPairLeft * MaxPairLeft / 2)));
        var rows = (int)Math.Min(Math.Min(table.Rows, MaxRows), Math.Max(200, MaxWork / work));
        var found = Enumerable.Range(0, table.Columns).Select(_ => new List<Found>()).ToArray();
        var scratch = new Scratch(table, rows);
        foreach (var one in left)
        {
            scratch.Group([one]);
            for (var right = 0; right < table.Columns; right++)
            {
                if (right != one && scratch.Measure([one], right) is { } single && single.Strength >= LeastStrength && single.Coverage >= LeastCoverage)
                {
                    found[right].Add(single);
                }
            }
        }

        // Two columns together only where they tell clearly more than each alone, and from columns that repeat themselves.
        var paired = left.Take(MaxPairLeft).Order().ToList();
        for (var i = 0; i < paired.Count; i++)
        {
            for (var j = i + 1; j < paired.Count; j++)
            {
                scratch.Group([paired[i], paired[j]]);
                for (var right = 0; right < table.Columns; right++)
                {
                    if (right == paired[i] || right == paired[j] || scratch.Measure([paired[i], paired[j]], right) is not { } pair || pair.Coverage < LeastCoverage)
                    {
                        continue;
                    }

                    var alone = found[right].Where(f => f.Left.Count == 1 && (f.Left[0] == paired[i] || f.Left[0] == paired[j])).Select(f => f.Strength).DefaultIfEmpty(0).Max();
                    if (pair.Strength >= Math.Max(0.6, alone + (0.3 * (1 - alone))))
                    {
                        found[right].Add(pair);
                    }
                }
            }
        }

        return [.. found.Select(f => f.OrderByDescending(d => d.Worth).ThenBy(d => d.Left.Count).ThenBy(d => d.Left[0]).Take(PerColumn).ToList())];
    }

    // Most repetitive first: an identifier groups nothing, a constant groups everything.
    static List<int> LeftColumns(CodedTable table)
    {
        var ranked = new List<(int Column, int Different)>();
        for (var column = 0; column < table.Columns; column++)
        {
            var different = table.Values[column].Count - 1;
            if (different >= 2 && different <= 0.95 * table.Rows)
            {
                ranked.Add((column, different));
            }
        }

        return [.. ranked.OrderBy(r => r.Different).ThenBy(r => r.Column).Take(MaxLeft).Select(r => r.Column)];
    }

    /// <summary>Arrays that are used again for each pair of sides.</summary>
    sealed class Scratch(CodedTable table, int rows)
    {
        readonly int[] order = new int[rows];
        readonly int[] groups = new int[rows];
        readonly int[] counts = new int[table.Values.Select(v => v.Count).Append(1).Max()];
        readonly List<int> touched = [];
        readonly Dictionary<int, double> guesses = [];
        int[] starts = [];

        public void Group(IReadOnlyList<int> left)
        {
            var ids = new Dictionary<long, int>();
            for (var row = 0; row < rows; row++)
            {
                long first = table.Codes[left[0]][row], second = left.Count == 2 ? table.Codes[left[1]][row] : 1;
                var key = (first << 32) | second;
                if (first == CodedTable.Missing || second == CodedTable.Missing)
                {
                    groups[row] = -1;
                    continue;
                }

                if (!ids.TryGetValue(key, out var id))
                {
                    ids[key] = id = ids.Count;
                }

                groups[row] = id;
            }

            starts = new int[ids.Count + 1];
            foreach (var group in groups)
            {
                if (group >= 0)
                {
                    starts[group + 1]++;
                }
            }

            for (var i = 0; i < ids.Count; i++)
            {
                starts[i + 1] += starts[i];
            }

            var at = starts.ToArray();
            for (var row = 0; row < rows; row++)
            {
                if (groups[row] >= 0)
                {
                    order[at[groups[row]]++] = row;
                }
            }
        }

        public Found? Measure(IReadOnlyList<int> left, int right)
        {
            var codes = table.Codes[right];
            long judged = 0, hits = 0;
            for (var group = 0; group + 1 < starts.Length; group++)
            {
                if (starts[group + 1] - starts[group] < 2)
                {
                    continue;
                }

                int present = 0, most = 0, next = 0;
                for (var i = starts[group]; i < starts[group + 1]; i++)
                {
                    var code = codes[order[i]];
                    if (code != CodedTable.Missing)
                    {
                        present++;
                        if (counts[code]++ == 0)
                        {
                            touched.Add(code);
                        }
                    }
                }

                foreach (var code in touched)
                {
                    (most, next) = counts[code] > most ? (counts[code], most) : (most, Math.Max(next, counts[code]));
                    counts[code] = 0;
                }

                touched.Clear();
                judged += present >= 2 ? present : 0;
                hits += present >= 2 && most >= 2 && most - 1 >= next ? most : 0;
            }

            var guess = Guess(right);
            return judged == 0 || guess >= 1 ? null : new Found(left, Math.Clamp((((double)hits / judged) - guess) / (1 - guess), 0, 1), (double)judged / rows);
        }

        double Guess(int right)
        {
            if (guesses.TryGetValue(right, out var known))
            {
                return known;
            }

            var counted = table.Codes[right].Take(rows).Where(c => c != CodedTable.Missing).GroupBy(c => c).Select(g => g.Count()).ToList();
            return guesses[right] = counted.Count == 0 ? 1 : (double)counted.Max() / counted.Sum();
        }
    }
}
