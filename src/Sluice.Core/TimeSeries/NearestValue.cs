namespace Sluice.TimeSeries;

/// <summary>How new a number is: the distance to the k-th nearest of those before it.</summary>
/// <param name="neighbours">k: so many earlier values like it make it old.</param>
/// <param name="memory">Values to remember.</param>
/// <param name="gap">The last values that do not count, because they are made from the same numbers.</param>
sealed class NearestValue(int neighbours, int memory, int gap)
{
    readonly Queue<double> waiting = new(), order = new();
    readonly List<double> sorted = [];

    public double Next(double value)
    {
        var distance = Distance(value);
        waiting.Enqueue(value);
        if (waiting.Count > gap)
        {
            Remember(waiting.Dequeue());
        }

        return distance;
    }

    void Remember(double value)
    {
        var at = sorted.BinarySearch(value);
        sorted.Insert(at < 0 ? ~at : at, value);
        order.Enqueue(value);
        if (order.Count > memory)
        {
            sorted.RemoveAt(sorted.BinarySearch(order.Dequeue()));
        }
    }

    double Distance(double value)
    {
        if (sorted.Count <= neighbours)
        {
            return 0;
        }

        var at = sorted.BinarySearch(value);
        var high = at < 0 ? ~at : at;
        var (low, distance) = (high - 1, 0.0);
        for (var i = 0; i < neighbours; i++)
        {
            var below = low >= 0 ? value - sorted[low] : double.PositiveInfinity;
            var above = high < sorted.Count ? sorted[high] - value : double.PositiveInfinity;
            distance = Math.Min(below, above);
            (low, high) = below <= above ? (low - 1, high) : (low, high + 1);
        }

        return distance;
    }
}
