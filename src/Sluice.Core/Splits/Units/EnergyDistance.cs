namespace Sluice.Splits.Units;

/// <summary>
/// Energy distance of two samples (Székely and Rizzo 2013): 2·E|x − y| − E|x − x′| − E|y − y′|, over Euclidean distances; 0 exactly when they are the same.
/// Work grows with the square of the rows.
/// </summary>
public static class EnergyDistance
{
    /// <param name="left">Rows of one sample, one after another.</param>
    /// <param name="right">Rows of the other.</param>
    /// <param name="width">Values of a row.</param>
    public static double Of(ReadOnlySpan<float> left, ReadOnlySpan<float> right, int width) =>
        Math.Max(0, (2 * MeanDistance(left, right, width)) - MeanDistance(left, left, width) - MeanDistance(right, right, width));

    static double MeanDistance(ReadOnlySpan<float> left, ReadOnlySpan<float> right, int width)
    {
        var sum = 0.0;
        for (var i = 0; i < left.Length; i += width)
        {
            for (var j = 0; j < right.Length; j += width)
            {
                sum += MathF.Sqrt(FloatRows.SquaredDistance(left.Slice(i, width), right.Slice(j, width)));
            }
        }

        return sum / ((double)(left.Length / width) * (right.Length / width));
    }
}
