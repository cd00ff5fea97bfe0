namespace Sluice.Labels;

/// <summary>A number column as a dimension: its mean is 0 and its deviation 1; a missing value stands at the mean.</summary>
/// <param name="Name">Column.</param>
/// <param name="Center">Mean.</param>
/// <param name="Scale">Standard deviation; 0: all values are equal, and the column says nothing.</param>
public sealed record FeatureScale(string Name, double Center, double Scale)
{
    // One far value must not outweigh everything that is known of a row.
    const double Farthest = 10;

    /// <param name="name">Column.</param>
    /// <param name="rows">Rows to learn from.</param>
    /// <param name="dimension">Which of their numbers.</param>
    public static FeatureScale Of(string name, LabelledVectors rows, int dimension)
    {
        var (count, sum, squares) = (0.0, 0.0, 0.0);
        void Each(Action<double, double> add)
        {
            for (var row = 0; row < rows.Rows; row++)
            {
                if (rows.Row(row)[dimension] is var value && float.IsFinite(value))
                {
                    add(value, rows.Weights[row]);
                }
            }
        }

        Each((value, weight) => (count, sum) = (count + weight, sum + (weight * value)));
        var mean = count == 0 ? 0 : sum / count;
        Each((value, weight) => squares += weight * (value - mean) * (value - mean));
        return new FeatureScale(name, mean, count == 0 ? 0 : Math.Sqrt(squares / count));
    }

    public float Place(float value) =>
        float.IsNaN(value) || Scale == 0 ? 0 : (float)Math.Clamp((value - Center) / Scale, -Farthest, Farthest);

    /// <summary>Vectors in the dimensions of the scales.</summary>
    public static float[] Place(ReadOnlySpan<float> values, IReadOnlyList<FeatureScale> scales)
    {
        var placed = values.ToArray();
        for (var at = 0; at < placed.Length; at++)
        {
            placed[at] = scales[at % scales.Count].Place(placed[at]);
        }

        return placed;
    }
}
