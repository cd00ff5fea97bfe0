namespace Sluice.SchemaDetection;

/// <summary>
/// Looks for keys and functional dependencies in the sample of rows, level by level as TANE does (Huhtala et al., 1999): a set of columns is looked at
/// only where no part of it is enough. What is found is a candidate; <see cref="TableCheck"/> compares all rows.
/// </summary>
sealed class DependencySearch
{
    /// <summary>A dependency counts only where chance would break it: the probability that unrelated columns would look like this.</summary>
    const double MaxChance = 1e-6;

    /// <summary>And where it breaks at most this share of what chance would.</summary>
    const double MaxOfChance = 0.25;
    const int MaxKeyColumns = 24;

    readonly ColumnJudge[] columns;
    readonly int[][] classes;
    readonly int[] counts;
    readonly int rows;
    readonly bool hasCopies;

    public DependencySearch(IReadOnlyList<ColumnJudge> columns, CellHashSample sample)
    {
        this.columns = [.. columns];
        var items = sample.Rows.ToList();
        rows = items.Count;
        hasCopies = items.Exists(item => item.Count > 1);
        classes = [.. Enumerable.Range(0, this.columns.Length).Select(i => Classes(items, i))];
        counts = [.. classes.Select(c => c.Length == 0 ? 0 : c.Max() + 1)];
    }

    /// <summary>Minimal sets of two or three columns that no two sampled rows share; none where rows are repeated.</summary>
    public IReadOnlyList<int[]> CompositeKeys(int maxColumns, int maxKeys)
    {
        var eligible = Enumerable.Range(0, columns.Length).Where(i => columns[i].Sketch.Missing == 0 && counts[i] > 1 && MayBeInKey(columns[i])).Take(MaxKeyColumns).ToArray();
        var keys = new List<int[]>();
        if (rows < 2 || hasCopies)
        {
            return keys;
        }

        for (var size = 2; size <= maxColumns; size++)
        {
            foreach (var set in Sets(eligible, size))
            {
                if (keys.Count < maxKeys && !keys.Exists(key => key.All(set.Contains)) && Combine(set).Count == rows)
                {
                    keys.Add(set);
                }
            }
        }

        return keys;
    }

    /// <summary>Dependencies whose error in the sample is at most <paramref name="maxError"/>, minimal on the left, strongest first.</summary>
    public IReadOnlyList<(int[] From, int To, double Error)> Dependencies(int maxLeft, double maxError, int maxFound)
    {
        var left = Enumerable.Range(0, columns.Length).Where(i => counts[i] > 1 && columns[i].Type != "float" && columns[i].Meaning?.Type != "free_text").ToArray();
        var found = new List<(int[] From, int To, double Error)>();
        for (var size = 1; size <= maxLeft; size++)
        {
            foreach (var set in Sets(left, size))
            {
                var (groups, groupCount) = Combine(set);
                if (rows - groupCount < 8 || found.Count >= maxFound)
                {
                    continue;
                }

                var order = Order(groups, groupCount);
                var allowed = MaxError(set.Select(i => columns[i]), maxError);
                for (var to = 0; to < columns.Length; to++)
                {
                    if (counts[to] > 1 && !set.Contains(to) && !found.Exists(d => d.To == to && d.From.All(set.Contains)) && Holds(groups, groupCount, order, to, allowed) is { } error)
                    {
                        found.Add((set, to, error));
                    }
                }
            }
        }

        return [.. found.Take(maxFound)];
    }

    /// <summary>A measurement on the left hardly repeats, so almost anything seems to follow from it: then only what holds without exception counts.</summary>
    public static double MaxError(IEnumerable<ColumnJudge> from, double maxError) => from.Any(c => c.Type == "decimal") ? 0 : maxError;

    static bool MayBeInKey(ColumnJudge column) => column.Type is not ("float" or "decimal") && column.Meaning?.Type is not ("free_text" or "description" or "flag");

    /// <summary>The g3 error, or null where it is too large or chance explains it.</summary>
    double? Holds(int[] groups, int groupCount, int[] order, int to, double maxError)
    {
        var values = classes[to];
        var tally = new int[counts[to]];
        foreach (var value in values)
        {
            tally[value]++;
        }

        var most = (double)tally.Max() / rows;
        Array.Clear(tally);
        var kept = 0;
        for (var i = 0; i < order.Length;)
        {
            var (first, best) = (i, 0);
            for (; i < order.Length && groups[order[i]] == groups[order[first]]; i++)
            {
                best = Math.Max(best, ++tally[values[order[i]]]);
            }

            kept += best;
            for (var back = first; back < i; back++)
            {
                tally[values[order[back]]] = 0;
            }
        }

        var (broken, again) = (rows - kept, rows - groupCount);
        var byChance = again * (1 - most);
        var error = (double)broken / rows;
        return error <= maxError && broken <= MaxOfChance * byChance && again * Math.Log(most) < Math.Log(MaxChance) ? error : null;
    }

    static int[] Classes(List<(ulong Hash, ulong[] Cells, long Count)> items, int column)
    {
        var known = new Dictionary<ulong, int>();
        return [.. items.Select(item => known.TryGetValue(item.Cells[column], out var id) ? id : known[item.Cells[column]] = known.Count)];
    }

    (int[] Groups, int Count) Combine(int[] set)
    {
        if (set.Length == 1)
        {
            return (classes[set[0]], counts[set[0]]);
        }

        var (left, _) = Combine(set[..^1]);
        var right = classes[set[^1]];
        var known = new Dictionary<(int, int), int>();
        var groups = new int[rows];
        for (var row = 0; row < rows; row++)
        {
            var pair = (left[row], right[row]);
            groups[row] = known.TryGetValue(pair, out var id) ? id : known[pair] = known.Count;
        }

        return (groups, known.Count);
    }

    /// <summary>Rows sorted by group.</summary>
    static int[] Order(int[] groups, int count)
    {
        var starts = new int[count + 1];
        foreach (var group in groups)
        {
            starts[group + 1]++;
        }

        for (var i = 0; i < count; i++)
        {
            starts[i + 1] += starts[i];
        }

        var order = new int[groups.Length];
        for (var row = 0; row < groups.Length; row++)
        {
            order[starts[groups[row]]++] = row;
        }

        return order;
    }

    static IEnumerable<int[]> Sets(int[] items, int size, int from = 0)
    {
        if (size == 0)
        {
            yield return [];
            yield break;
        }

        for (var i = from; i <= items.Length - size; i++)
        {
            foreach (var rest in Sets(items, size - 1, i + 1))
            {
                yield return [items[i], .. rest];
            }
        }
    }
}
