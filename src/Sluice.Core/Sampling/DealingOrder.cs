namespace Sluice.Sampling;

/// <summary>Rows dealt out round the groups, one of each that has any left: whose turn is when follows from the sizes of the groups alone.</summary>
sealed class DealingOrder
{
    readonly IReadOnlyList<long> sizes;

    // By size, and how many rows all groups up to each have: rounds in which nothing changes are counted at once.
    readonly List<long> ascending;
    readonly long[] before;

    // Sizes of the groups before the one that was asked for last.
    readonly List<long> earlier = [];

    /// <param name="sizes">Rows of each group, in the order in which groups have their turn.</param>
    public DealingOrder(IReadOnlyList<long> sizes)
    {
        this.sizes = sizes;
        ascending = [.. sizes.Order()];
        before = new long[ascending.Count + 1];
        for (var i = 0; i < ascending.Count; i++)
        {
            before[i + 1] = before[i] + ascending[i];
        }
    }

    public int Groups => sizes.Count;

    /// <summary>Rows of the rounds in which every group has one left.</summary>
    public long Complete => ascending.Count == 0 ? 0 : ascending[0] * ascending.Count;

    /// <summary>How many rows are dealt out before this one. Ask for one group after another.</summary>
    /// <param name="group">Its group.</param>
    /// <param name="round">How many rows of the group come before it.</param>
    public long TurnOf(int group, long round)
    {
        while (earlier.Count < group)
        {
            var size = sizes[earlier.Count];
            earlier.Insert(UpTo(earlier, size), size);
        }

        var ended = UpTo(ascending, round);
        return before[ended] + (round * (ascending.Count - ended)) + earlier.Count - UpTo(earlier, round);
    }

    // How many of some sorted sizes are no more than that.
    static int UpTo(List<long> sorted, long rows)
    {
        var (low, high) = (0, sorted.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = sorted[middle] <= rows ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
