namespace Sluice.Steps;

public sealed partial class ValueHistogram
{
    /// <summary>
    /// Quantile by linear interpolation between the two nearest ranks (the default of numpy and of R's type 7), for a share from 0 to 1;
    /// NaN without values. Exact while <see cref="IsExact"/>, else within <see cref="RelativeError"/>.
    /// </summary>
    public double Quantile(double share)
    {
        if (Count == 0)
        {
            return double.NaN;
        }

        var rank = (Count - 1) * Math.Clamp(share, 0, 1);
        var below = (long)Math.Floor(rank);
        var low = AtRank(below);
        if (below == Count - 1 || rank == below)
        {
            return low;
        }

        var high = AtRank(below + 1);
        return low == high ? low : low + ((high - low) * (rank - below));
    }

    /// <summary>The most frequent value, the smallest of equally frequent ones; null without values or when not <see cref="IsExact"/>.</summary>
    public double? Mode()
    {
        if (Count == 0 || !IsExact)
        {
            return null;
        }

        var (order, ends) = Sorted();
        var (best, most, end) = (0, 0L, 0L);
        for (var i = 0; i < order.Length; i++)
        {
            if (ends[i] - end > most)
            {
                (best, most) = (i, ends[i] - end);
            }

            end = ends[i];
        }

        return FromKey(order[best]);
    }

    /// <summary>Counts in bins of equal width from the smallest to the largest finite value, for charts. Empty without finite values.</summary>
    public long[] Bins(int bins, out double from, out double to)
    {
        var (order, ends) = Sorted();
        (from, to) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var i = 0; i < order.Length; i++)
        {
            var value = ValueOf(order[i]);
            if (double.IsFinite(value))
            {
                (from, to) = (Math.Min(from, value), Math.Max(to, value));
            }
        }

        if (from > to)
        {
            (from, to) = (0, 0);
            return [];
        }

        var counted = new long[from == to ? 1 : bins];
        var end = 0L;
        for (var i = 0; i < order.Length; i++)
        {
            var value = ValueOf(order[i]);
            if (double.IsFinite(value))
            {
                // Halved so that the width of the widest range does not overflow.
                var place = ((value / 2) - (from / 2)) / ((to / 2) - (from / 2)) * counted.Length;
                counted[from == to ? 0 : Math.Clamp((int)place, 0, counted.Length - 1)] += ends[i] - end;
            }

            end = ends[i];
        }

        return counted;
    }

    /// <summary>How many values are below <paramref name="low"/> or above <paramref name="high"/>, and those limits moved out to the border of their bucket, for which the number is exact.</summary>
    public (double Low, double High, long Outside) Fence(double low, double high)
    {
        var (order, ends) = Sorted();
        var (lowest, highest) = (ToKey(low) >> shift, ToKey(high) >> shift);
        var below = CountBefore(lowest);
        var above = Count - (highest == ulong.MaxValue ? Count : CountBefore(highest + 1));
        return (FromKey(lowest << shift), FromKey((highest << shift) | ((1UL << shift) - 1)), below + above);

        long CountBefore(ulong key)
        {
            var at = Array.BinarySearch(order, key);
            at = at < 0 ? ~at : at;
            return at == 0 ? 0 : ends[at - 1];
        }
    }

    double AtRank(long rank)
    {
        var (order, ends) = Sorted();
        var at = Array.BinarySearch(ends, rank + 1);
        return ValueOf(order[at < 0 ? ~at : at]);
    }

    // The middle of a bucket, but never outside what was seen.
    double ValueOf(ulong key)
    {
        if (shift == 0)
        {
            return FromKey(key);
        }

        var low = key << shift;
        var high = low | ((1UL << shift) - 1);
        return FromKey(Math.Clamp(low + ((high - low) / 2), lowest, highest));
    }

    // Keys in order, each with the number of values up to and including it.
    (ulong[] Keys, long[] Ends) Sorted()
    {
        if (sorted is { } known)
        {
            return known;
        }

        var order = new ulong[used];
        var ends = new long[used];
        var at = 0;
        for (var i = 0; i < keys.Length; i++)
        {
            if (counts[i] > 0)
            {
                order[at] = keys[i];
                ends[at++] = counts[i];
            }
        }

        Array.Sort(order, ends);
        for (var i = 1; i < ends.Length; i++)
        {
            ends[i] += ends[i - 1];
        }

        sorted = (order, ends);
        return (order, ends);
    }
}
