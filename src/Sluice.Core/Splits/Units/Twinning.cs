namespace Sluice.Splits.Units;

/// <summary>
/// Twinning (Vakayil and Joseph 2022, arXiv 2110.02927): takes a row and its nearest neighbours, gives one of them to the smaller part and the rest to the
/// larger, and goes on beside the farthest of them, so that both parts have the distribution of the whole. More rows than
/// <see cref="MaxCell"/> are halved at medians first, and each cell is twinned by itself: nearest neighbours are searched for by looking at all rows of a cell.
/// </summary>
static class Twinning
{
    public const int MaxCell = 8_192;

    /// <summary>Which of the rows are in the smaller part.</summary>
    /// <param name="rows">Rows of numbers, one after another, in an order that depends on their content alone.</param>
    /// <param name="width">Values of a row.</param>
    /// <param name="chosen">Rows that are to be split, by number.</param>
    /// <param name="take">How many of them the smaller part gets.</param>
    public static List<int> Smaller(float[] rows, int width, int[] chosen, int take)
    {
        var smaller = new List<int>(take);
        Split(rows, width, chosen, take, smaller);
        return smaller;
    }

    static void Split(float[] rows, int width, int[] chosen, int take, List<int> smaller)
    {
        if (chosen.Length <= MaxCell || width == 0)
        {
            Twin(rows, width, chosen, take, smaller);
            return;
        }

        var dimension = Widest(rows, width, chosen);
        Array.Sort(chosen, (left, right) =>
            rows[(left * width) + dimension] is var a && rows[(right * width) + dimension] is var b && a != b ? a.CompareTo(b) : left.CompareTo(right));
        var half = chosen.Length / 2;
        var takeLow = (int)((long)take * half / chosen.Length);
        Split(rows, width, chosen[..half], takeLow, smaller);
        Split(rows, width, chosen[half..], take - takeLow, smaller);
    }

    static int Widest(float[] rows, int width, int[] chosen)
    {
        var (best, widest) = (0, -1.0);
        for (var dimension = 0; dimension < width; dimension++)
        {
            var (low, high) = (float.MaxValue, float.MinValue);
            foreach (var row in chosen)
            {
                var value = rows[(row * width) + dimension];
                (low, high) = (Math.Min(low, value), Math.Max(high, value));
            }

            if ((double)high - low > widest)
            {
                (best, widest) = (dimension, (double)high - low);
            }
        }

        return best;
    }

    static void Twin(float[] rows, int width, int[] chosen, int take, List<int> smaller)
    {
        var left = (int[])chosen.Clone();
        var distances = new float[left.Length];
        var count = left.Length;
        var at = Farthest(rows, width, left);
        for (var taken = 0; taken < take; taken++)
        {
            // Blocks of whole rows whose sizes add up exactly.
            var block = (int)(((long)(taken + 1) * chosen.Length / take) - ((long)taken * chosen.Length / take));
            Measure(rows, width, left.AsSpan(0, count), left[at], distances);
            distances.AsSpan(0, count).Sort(left.AsSpan(0, count), Comparer<float>.Default);
            smaller.Add(left[0]);
            if (block >= count)
            {
                break;
            }

            var farthest = left[block - 1];
            left.AsSpan(block, count - block).CopyTo(left);
            count -= block;
            Measure(rows, width, left.AsSpan(0, count), farthest, distances);
            at = distances.AsSpan(0, count).IndexOf(Least(distances.AsSpan(0, count)));
        }
    }

    static void Measure(float[] rows, int width, ReadOnlySpan<int> left, int from, float[] distances)
    {
        var origin = rows.AsSpan(from * width, width);
        for (var i = 0; i < left.Length; i++)
        {
            distances[i] = left[i] == from ? -1 : FloatRows.SquaredDistance(origin, rows.AsSpan(left[i] * width, width));
        }
    }

    static float Least(ReadOnlySpan<float> distances)
    {
        var least = float.MaxValue;
        foreach (var distance in distances)
        {
            least = Math.Min(least, distance);
        }

        return least;
    }

    /// <summary>Position of the row farthest from the middle: twinning starts at the border.</summary>
    static int Farthest(float[] rows, int width, int[] chosen)
    {
        var middle = new double[width];
        foreach (var row in chosen)
        {
            for (var i = 0; i < width; i++)
            {
                middle[i] += rows[(row * width) + i] / (double)chosen.Length;
            }
        }

        var center = Array.ConvertAll(middle, value => (float)value);
        var (best, farthest) = (0, -1f);
        for (var i = 0; i < chosen.Length; i++)
        {
            var distance = FloatRows.SquaredDistance(center, rows.AsSpan(chosen[i] * width, width));
            if (distance > farthest)
            {
                (best, farthest) = (i, distance);
            }
        }

        return best;
    }
}
