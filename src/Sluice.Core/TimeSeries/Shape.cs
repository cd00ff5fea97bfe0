namespace Sluice.TimeSeries;

/// <summary>How new the shape of the last values is: the distance of the window to the k-th nearest earlier one (nearest-neighbour discord, KNN-CAD's measure).</summary>
sealed class Shape(Recent series, int width, int neighbours)
{
    public double Next()
    {
        var nearest = new double[neighbours];
        Array.Fill(nearest, double.PositiveInfinity);
        for (var back = width; back + width <= series.Count; back++)
        {
            var distance = 0.0;
            for (var i = 0; i < width && distance < nearest[^1]; i++)
            {
                distance += (series[i] - series[back + i]) * (series[i] - series[back + i]);
            }

            if (distance < nearest[^1])
            {
                var at = neighbours - 1;
                for (; at > 0 && nearest[at - 1] > distance; at--)
                {
                    nearest[at] = nearest[at - 1];
                }

                nearest[at] = distance;
            }
        }

        return double.IsFinite(nearest[^1]) ? Math.Sqrt(nearest[^1]) : 0;
    }
}
