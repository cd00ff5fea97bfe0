namespace Sluice.VectorSpace;

/// <summary>Means of vectors, summed in doubles in the order of the rows.</summary>
static class Means
{
    public static float[] Of(VectorRows table)
    {
        var sums = new double[table.Dimensions];
        for (var row = 0; row < table.Rows; row++)
        {
            Add(sums, table[row]);
        }

        return Divide(sums, table.Rows);
    }

    public static void Add(Span<double> sums, ReadOnlySpan<float> vector)
    {
        for (var i = 0; i < vector.Length; i++)
        {
            sums[i] += vector[i];
        }
    }

    public static float[] Divide(ReadOnlySpan<double> sums, double by)
    {
        var mean = new float[sums.Length];
        for (var i = 0; i < mean.Length && by > 0; i++)
        {
            mean[i] = (float)(sums[i] / by);
        }

        return mean;
    }
}
