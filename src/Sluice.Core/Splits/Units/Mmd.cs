namespace Sluice.Splits.Units;

/// <summary>
/// Maximum mean discrepancy (Gretton et al. 2012) with a Gaussian kernel as wide as the median distance, and the probability of so great a discrepancy between two
/// random parts of the same rows, by permutations. Work grows with the square of the rows.
/// </summary>
public static class Mmd
{
    /// <param name="left">Rows of one sample, one after another.</param>
    /// <param name="right">Rows of the other.</param>
    /// <param name="width">Values of a row.</param>
    /// <param name="permutations">Permutations; the smallest p-value is 1 / (permutations + 1).</param>
    /// <returns>The p-value: small when the samples differ more than chance would have it.</returns>
    public static double PValue(ReadOnlySpan<float> left, ReadOnlySpan<float> right, int width, int permutations = 199)
    {
        float[] rows = [.. left, .. right];
        return PValue(Kernel(rows, width, rows.Length / width), left.Length / width, rows.Length / width, permutations);
    }

    /// <summary>The same for the energy distance, which is the discrepancy by a kernel that falls with the distance (Sejdinovic et al. 2013).</summary>
    /// <param name="left">Rows of one sample, one after another.</param>
    /// <param name="right">Rows of the other.</param>
    /// <param name="width">Values of a row.</param>
    /// <param name="permutations">Permutations; the smallest p-value is 1 / (permutations + 1).</param>
    public static double EnergyPValue(ReadOnlySpan<float> left, ReadOnlySpan<float> right, int width, int permutations)
    {
        float[] rows = [.. left, .. right];
        var count = rows.Length / width;
        var kernel = new float[count * count];
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                kernel[(i * count) + j] = kernel[(j * count) + i] = -MathF.Sqrt(FloatRows.SquaredDistance(rows.AsSpan(i * width, width), rows.AsSpan(j * width, width)));
            }
        }

        return PValue(kernel, left.Length / width, count, permutations);
    }

    static double PValue(float[] kernel, int first, int count, int permutations)
    {
        var order = Enumerable.Range(0, count).ToArray();
        var found = Discrepancy(kernel, order, first);
        var greater = 1;
        for (var round = 0; round < permutations; round++)
        {
            Shuffle(order, (ulong)round);
            greater += Discrepancy(kernel, order, first) >= found ? 1 : 0;
        }

        return greater / (permutations + 1.0);
    }

    static float[] Kernel(float[] rows, int width, int count)
    {
        var kernel = new float[count * count];
        var distances = new List<float>(count * (count - 1) / 2);
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var distance = FloatRows.SquaredDistance(rows.AsSpan(i * width, width), rows.AsSpan(j * width, width));
                kernel[(i * count) + j] = kernel[(j * count) + i] = distance;
                distances.Add(distance);
            }
        }

        distances.Sort();
        var median = distances.Count == 0 ? 0 : distances[distances.Count / 2];
        var scale = median > 0 ? -1 / median : -1;
        for (var i = 0; i < kernel.Length; i++)
        {
            kernel[i] = MathF.Exp(scale * kernel[i]);
        }

        return kernel;
    }

    static double Discrepancy(float[] kernel, int[] order, int first)
    {
        var count = order.Length;
        var weight = new double[count];
        for (var i = 0; i < count; i++)
        {
            weight[order[i]] = i < first ? 1.0 / first : -1.0 / (count - first);
        }

        var sum = 0.0;
        for (var i = 0; i < count; i++)
        {
            var row = kernel.AsSpan(i * count, count);
            var own = 0.0;
            for (var j = 0; j < row.Length; j++)
            {
                own += row[j] * weight[j];
            }

            sum += weight[i] * own;
        }

        return sum;
    }

    static void Shuffle(int[] order, ulong round)
    {
        for (var i = order.Length - 1; i > 0; i--)
        {
            var other = (int)(RowHash.Mix(((round + 1) << 32) + (ulong)i, 0x9E3779B97F4A7C15) % (ulong)(i + 1));
            (order[i], order[other]) = (order[other], order[i]);
        }
    }
}
