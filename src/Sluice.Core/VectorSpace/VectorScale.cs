namespace Sluice.VectorSpace;

/// <summary>Brings each dimension to mean 0 and deviation 1, so that none outweighs the others by its unit; a missing number (NaN) becomes the mean.</summary>
sealed class VectorScale(double[] means, double[] deviations)
{
    /// <param name="dimensions">Numbers of a vector.</param>
    /// <param name="each">Shows all vectors, in the same order each time; it is called twice.</param>
    public static VectorScale Of(int dimensions, Action<Show> each)
    {
        var (sums, squares, counts) = (new double[dimensions], new double[dimensions], new long[dimensions]);
        each(vector =>
        {
            for (var i = 0; i < vector.Length; i++)
            {
                (sums[i], counts[i]) = float.IsNaN(vector[i]) ? (sums[i], counts[i]) : (sums[i] + vector[i], counts[i] + 1);
            }
        });
        var means = sums.Select((sum, i) => counts[i] > 0 ? sum / counts[i] : 0).ToArray();
        each(vector =>
        {
            for (var i = 0; i < vector.Length; i++)
            {
                squares[i] += float.IsNaN(vector[i]) ? 0 : (vector[i] - means[i]) * (vector[i] - means[i]);
            }
        });
        return new VectorScale(means, [.. squares.Select((square, i) => counts[i] > 1 ? Math.Sqrt(square / (counts[i] - 1)) : 0)]);
    }

    /// <summary>A copy of all rows, brought to one scale.</summary>
    public static VectorRows Scaled(VectorRows table)
    {
        var values = new float[table.Rows * table.Dimensions];
        var scale = Of(table.Dimensions, use =>
        {
            for (var row = 0; row < table.Rows; row++)
            {
                use(table[row]);
            }
        });
        for (var row = 0; row < table.Rows; row++)
        {
            var vector = values.AsSpan(row * table.Dimensions, table.Dimensions);
            table[row].CopyTo(vector);
            scale.Apply(vector);
        }

        return new VectorRows(values, table.Dimensions);
    }

    public delegate void Show(ReadOnlySpan<float> vector);

    public void Apply(Span<float> vector)
    {
        for (var i = 0; i < vector.Length; i++)
        {
            vector[i] = float.IsNaN(vector[i]) || deviations[i] == 0 ? 0 : (float)((vector[i] - means[i]) / deviations[i]);
        }
    }
}
