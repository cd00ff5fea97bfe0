namespace Sluice.Steps;

public sealed partial class ValueHistogram
{
    /// <summary>The different values (or middles of buckets) in ascending order, each with how often it occurs.</summary>
    public IEnumerable<(double Value, long Count)> InOrder()
    {
        var (order, ends) = Sorted();
        for (var i = 0; i < order.Length; i++)
        {
            yield return (ValueOf(order[i]), ends[i] - (i == 0 ? 0 : ends[i - 1]));
        }
    }

    /// <summary>Median of the distances from the median (MAD); 0 when more than half of the values are equal, NaN without values.</summary>
    public double MedianDeviation()
    {
        var middle = Quantile(0.5);
        if (!double.IsFinite(middle))
        {
            return double.NaN;
        }

        var distances = new ValueHistogram(int.MaxValue);
        foreach (var (value, count) in InOrder())
        {
            distances.Add(Math.Abs(value - middle), count);
        }

        return distances.Quantile(0.5);
    }

    /// <summary>How many values lie outside of [<paramref name="low"/>, <paramref name="high"/>].</summary>
    public long Outside(double low, double high) => InOrder().Where(v => v.Value < low || v.Value > high).Sum(v => v.Count);

    /// <summary>Both at the precision of the coarser, so that equal values are in equal buckets.</summary>
    public static (ValueHistogram Left, ValueHistogram Right) Aligned(ValueHistogram left, ValueHistogram right)
    {
        var shift = Math.Max(left.shift, right.shift);
        var (lowest, highest) = (Math.Min(left.lowest, right.lowest), Math.Max(left.highest, right.highest));
        return (Copy(left), Copy(right));

        ValueHistogram Copy(ValueHistogram from)
        {
            var copy = new ValueHistogram(int.MaxValue) { shift = shift };
            for (var i = 0; i < from.keys.Length; i++)
            {
                if (from.counts[i] > 0)
                {
                    copy.Insert(from.keys[i] >> (shift - from.shift), from.counts[i]);
                }
            }

            (copy.lowest, copy.highest, copy.Count) = (lowest, highest, from.Count);
            return copy;
        }
    }
}
