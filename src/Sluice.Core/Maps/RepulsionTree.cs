namespace Sluice.Maps;

/// <summary>
/// Places in cells within cells (Barnes, Hut 1986): what far places do to one is summed up by their cell. Built one place after another, so the same places make the same tree.
/// </summary>
sealed class RepulsionTree
{
    // Halved so often, places are one to a double; they share a leaf.
    const int MaxDepth = 48, Empty = -1;
    readonly int dimensions, fanout;
    readonly double[] places;
    readonly List<int> firstChild = [];
    readonly List<int> counts = [];
    readonly List<double> sums = [];
    readonly List<double> centres = [];
    readonly List<double> widths = [];
    readonly List<int> firstRow = [];
    readonly int[] leafOf, next;

    /// <param name="places">Places, one after another.</param>
    /// <param name="dimensions">Numbers of a place: 1 to 3.</param>
    public RepulsionTree(double[] places, int dimensions)
    {
        (this.places, this.dimensions, fanout) = (places, dimensions, 1 << dimensions);
        leafOf = new int[places.Length / dimensions];
        next = new int[leafOf.Length];
        AddRoot();
        for (var row = 0; row < leafOf.Length; row++)
        {
            Insert(row);
        }
    }

    /// <summary>Adds to a force what all other places do to one, unscaled.</summary>
    /// <param name="row">The place.</param>
    /// <param name="openness">A cell counts as one place when it is so much smaller than it is far; 0: every place counts by itself.</param>
    /// <param name="force">One number a dimension.</param>
    /// <returns>What to scale by, summed over all places: Σ 1 / (1 + d²).</returns>
    public double Repel(int row, double openness, Span<double> force)
    {
        var own = places.AsSpan(row * dimensions, dimensions);
        Span<int> waiting = stackalloc int[(MaxDepth + 1) * 8];
        Span<double> apart = stackalloc double[dimensions];
        var (top, total) = (0, 0.0);
        waiting[top++] = 0;
        while (top > 0)
        {
            var node = waiting[--top];
            var count = counts[node] - (leafOf[row] == node ? 1 : 0);
            if (count <= 0)
            {
                continue;
            }

            var square = 0.0;
            for (var i = 0; i < dimensions; i++)
            {
                apart[i] = own[i] - (sums[(node * dimensions) + i] / counts[node]);
                square += apart[i] * apart[i];
            }

            if (firstChild[node] != Empty && widths[node] * widths[node] >= openness * openness * square)
            {
                for (var child = 0; child < fanout; child++)
                {
                    waiting[top++] = firstChild[node] + child;
                }

                continue;
            }

            var near = 1 / (1 + square);
            total += count * near;
            for (var i = 0; i < dimensions; i++)
            {
                force[i] += count * near * near * apart[i];
            }
        }

        return total;
    }

    void AddRoot()
    {
        var centre = new double[dimensions];
        var widest = 0.0;
        for (var i = 0; i < dimensions; i++)
        {
            var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
            for (var at = i; at < places.Length; at += dimensions)
            {
                (low, high) = (Math.Min(low, places[at]), Math.Max(high, places[at]));
            }

            centre[i] = places.Length == 0 ? 0 : (low + high) / 2;
            widest = Math.Max(widest, places.Length == 0 ? 0 : high - low);
        }

        Add(centre, (widest * 1.001) + 1e-12);
    }

    void Add(ReadOnlySpan<double> centre, double width)
    {
        firstChild.Add(Empty);
        counts.Add(0);
        firstRow.Add(Empty);
        widths.Add(width);
        foreach (var number in centre)
        {
            centres.Add(number);
            sums.Add(0);
        }
    }

    void Insert(int row)
    {
        var node = 0;
        for (var depth = 0; ; depth++)
        {
            if (firstChild[node] == Empty)
            {
                if (firstRow[node] == Empty || depth == MaxDepth || PlaceOf(firstRow[node]).SequenceEqual(PlaceOf(row)))
                {
                    Count(node, row, 1);
                    (leafOf[row], next[row], firstRow[node]) = (node, firstRow[node], row);
                    return;
                }

                Divide(node);
            }

            Count(node, row, 1);
            node = ChildOf(node, row);
        }
    }

    // The rows of a leaf are all at one place, and move down together.
    void Divide(int node)
    {
        firstChild[node] = counts.Count;
        Span<double> centre = stackalloc double[dimensions];
        for (var child = 0; child < fanout; child++)
        {
            for (var i = 0; i < dimensions; i++)
            {
                centre[i] = centres[(node * dimensions) + i] + (widths[node] / 4 * ((child >> i & 1) == 0 ? -1 : 1));
            }

            Add(centre, widths[node] / 2);
        }

        var below = ChildOf(node, firstRow[node]);
        Count(below, firstRow[node], counts[node]);
        firstRow[below] = firstRow[node];
        for (var row = firstRow[node]; row != Empty; row = next[row])
        {
            leafOf[row] = below;
        }
    }

    void Count(int node, int row, int by)
    {
        counts[node] += by;
        for (var i = 0; i < dimensions; i++)
        {
            sums[(node * dimensions) + i] += by * places[(row * dimensions) + i];
        }
    }

    ReadOnlySpan<double> PlaceOf(int row) => places.AsSpan(row * dimensions, dimensions);

    int ChildOf(int node, int row)
    {
        var child = 0;
        for (var i = 0; i < dimensions; i++)
        {
            child |= places[(row * dimensions) + i] >= centres[(node * dimensions) + i] ? 1 << i : 0;
        }

        return firstChild[node] + child;
    }
}
