namespace Sluice.TimeSeries;

/// <summary>
/// How rare a value is among those before it, as −log10 of a probability: the share of earlier values that were as large (conformal
/// p-value) and, beyond the largest hundredth, a power law fitted to it (Hill 1975), so that values larger than all before still differ.
/// </summary>
sealed class TailProbability(int memory)
{
    // The tail needs some values before its shape means anything.
    const int MinTail = 8;
    const double TailShare = 0.02;
    readonly Queue<double> order = new();
    readonly List<double> sorted = [];

    /// <summary>The rarity of a value; then it is one of those before.</summary>
    public double Next(double value)
    {
        var rarity = Rarity(value);
        order.Enqueue(value);
        var at = sorted.BinarySearch(value);
        sorted.Insert(at < 0 ? ~at : at, value);
        if (order.Count > memory)
        {
            sorted.RemoveAt(sorted.BinarySearch(order.Dequeue()));
        }

        return rarity;
    }

    double Rarity(double value)
    {
        var count = sorted.Count;
        var tail = Math.Max(MinTail, (int)(count * TailShare));
        if (count < 4 * MinTail)
        {
            return 0;
        }

        var from = sorted[count - tail];
        if (value <= from || from <= 0)
        {
            // Equal values are half below and half above.
            var (below, upTo) = (LowerBound(value), UpperBound(value));
            return -Math.Log10((count - ((below + upTo) / 2.0) + 0.5) / (count + 1));
        }

        var logs = 0.0;
        for (var i = count - tail; i < count; i++)
        {
            logs += Math.Log(sorted[i] / from);
        }

        // One value of the tail's own start is assumed twice as far: a tail of equal values is not infinitely steep.
        var index = (logs + Math.Log(2)) / tail;
        return -Math.Log10((tail + 0.5) / (count + 1)) + (Math.Log(value / from) / index / Math.Log(10));
    }

    int LowerBound(double value)
    {
        var (low, high) = (0, sorted.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = sorted[middle] < value ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    int UpperBound(double value)
    {
        var (low, high) = (0, sorted.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = sorted[middle] <= value ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
