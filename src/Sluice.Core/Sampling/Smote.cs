namespace Sluice.Sampling;

/// <summary>
/// The nearest rows of a class (SMOTE-NC, section 6.1 of the paper): Euclidean over the numbers; a category that differs adds the square of the median of the columns' standard
/// deviations within the class.
/// </summary>
static class Smote
{
    /// <summary>For each row the others nearest to it, nearest first; of equally near ones the one that comes first.</summary>
    /// <param name="rows">Different rows of one class.</param>
    /// <param name="neighbours">How many; all others where there are fewer.</param>
    /// <param name="standardize">Whether each number is divided by its deviation within the class.</param>
    /// <param name="others">Rows of other classes, which may be neighbours too; numbered after those of the class.</param>
    public static int[][] Neighbours(IReadOnlyList<SmoteRow> rows, int neighbours, bool standardize, IReadOnlyList<SmoteRow>? others = null)
    {
        var deviations = Deviations(rows);
        double[] units = standardize ? [.. deviations.Select(d => d > 0 ? d : 1)] : [.. deviations.Select(_ => 1.0)];
        var penalty = Median([.. deviations.Select((d, i) => d / units[i])]);
        SmoteRow[] all = [.. rows, .. others ?? []];
        double[][] placed = [.. all.Select(row => row.Numbers.Select((number, i) => number / units[i]).ToArray())];
        var codes = Codes(all);
        var nearest = new int[rows.Count][];
        Parallel.For(0, rows.Count, row =>
        {
            var best = new SortedSet<(double Square, int Row)>();
            for (var other = 0; other < placed.Length; other++)
            {
                if (other == row)
                {
                    continue;
                }

                var square = Square(placed[row], placed[other], codes[row], codes[other], penalty * penalty);
                if (best.Count < neighbours || square < best.Max.Square)
                {
                    best.Add((square, other));
                    if (best.Count > neighbours)
                    {
                        best.Remove(best.Max);
                    }
                }
            }

            nearest[row] = [.. best.Select(b => b.Row)];
        });
        return nearest;
    }

    /// <summary>The category that most of the neighbours have; of several such, that of the nearest.</summary>
    public static string Majority(IReadOnlyList<SmoteRow> rows, int[] neighbours, int column) =>
        neighbours.Select(n => rows[n].Categories[column]).CountBy(value => value).MaxBy(c => c.Value).Key;

    static double Square(double[] left, double[] right, int[] leftCodes, int[] rightCodes, double penalty)
    {
        var sum = 0.0;
        for (var i = 0; i < left.Length; i++)
        {
            sum += (left[i] - right[i]) * (left[i] - right[i]);
        }

        for (var i = 0; i < leftCodes.Length; i++)
        {
            sum += leftCodes[i] == rightCodes[i] ? 0 : penalty;
        }

        return sum;
    }

    // Numbers compare faster than texts.
    static int[][] Codes(IReadOnlyList<SmoteRow> rows)
    {
        var codes = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. rows.Select(row => row.Categories.Select(value => codes.TryGetValue(value, out var code) ? code : codes[value] = codes.Count).ToArray())];
    }

    static double[] Deviations(IReadOnlyList<SmoteRow> rows)
    {
        var count = (double)rows.Sum(r => r.Count);
        return [.. Enumerable.Range(0, rows[0].Numbers.Length).Select(i =>
        {
            var mean = rows.Sum(r => r.Count * r.Numbers[i]) / count;
            return Math.Sqrt(rows.Sum(r => r.Count * (r.Numbers[i] - mean) * (r.Numbers[i] - mean)) / count);
        })];
    }

    static double Median(double[] values)
    {
        Array.Sort(values);
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }
}

/// <summary>The rows that others were made of, sorted by lot; numbers lie row after row. Part of the version, as what a model learned is.</summary>
/// <param name="Rows">Rows made.</param>
/// <param name="Lots">Lot of each row, little-endian.</param>
/// <param name="Numbers">Their number columns, little-endian doubles.</param>
/// <param name="Neighbours">Numbers of each row's neighbours, little-endian; -1 where there are fewer than asked for.</param>
/// <param name="Names">Categories that made rows have.</param>
/// <param name="Categories">For each row and column the number of its category, little-endian.</param>
public sealed record MadeRows(long Rows, byte[] Lots, byte[] Numbers, byte[] Neighbours, IReadOnlyList<string> Names, byte[] Categories);
