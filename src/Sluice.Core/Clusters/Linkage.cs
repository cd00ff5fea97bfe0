using Sluice.VectorSpace;

namespace Sluice.Clusters;

/// <summary>
/// Single linkage by mutual reachability: how far two rows are apart, or how far the k-th nearest row of either is, whatever is more. The nearest rows of each row are
/// joined first; parts that are then still apart, by the shortest way between them.
/// </summary>
/// <remarks>In large tables the way between parts is looked for from evenly spaced rows of them, at most 20,000 in all.</remarks>
sealed class Linkage
{
    const int MinNeighbours = 15, MostQueries = 20_000;
    readonly VectorRows rows;
    readonly NearestRows nearest;
    readonly float[] core;
    readonly int[] parents;
    readonly LinkageNode[] tops;

    public Linkage(VectorRows rows, int minRows, CancellationToken cancellation)
    {
        this.rows = rows;
        nearest = NearestRows.Of(rows, Math.Max(MinNeighbours, minRows), cancellation);
        core = [.. Enumerable.Range(0, rows.Rows).Select(row => nearest.SquaresOf(row)[Math.Min(minRows, nearest.Neighbours) - 1])];
        parents = [.. Enumerable.Range(0, rows.Rows)];
        tops = [.. Enumerable.Range(0, rows.Rows).Select(row => new LinkageNode(row))];
    }

    /// <summary>The node above all rows.</summary>
    public LinkageNode Tree(CancellationToken cancellation)
    {
        var edges = new List<(float Square, int From, int To)>(rows.Rows * nearest.Neighbours);
        for (var row = 0; row < rows.Rows; row++)
        {
            for (var i = 0; i < nearest.Neighbours; i++)
            {
                edges.Add(Edge(row, nearest.RowsOf(row)[i], nearest.SquaresOf(row)[i]));
            }
        }

        // Longer ways may be found later that are shorter than some of these, so all are known before the first join.
        edges.AddRange(Between(edges, cancellation));
        Join(edges);
        return tops[Root(0)];
    }

    List<(float Square, int From, int To)> Between(List<(float Square, int From, int To)> edges, CancellationToken cancellation)
    {
        var parts = Enumerable.Range(0, rows.Rows).ToArray();
        edges.ForEach(e => Union(parts, e.From, e.To));
        var ways = new List<(float Square, int From, int To)>();
        while (true)
        {
            var groups = Enumerable.Range(0, rows.Rows).GroupBy(row => Root(parts, row)).Select(g => g.ToArray()).OrderByDescending(g => g.Length).ThenBy(g => g[0]).ToList();
            if (groups.Count == 1)
            {
                return ways;
            }

            // The largest is reached from the others.
            var step = Math.Max(1, (groups.Skip(1).Sum(g => g.Length) + MostQueries - 1) / MostQueries);
            var found = groups.Skip(1).Select(group => group.Where((_, i) => i % step == 0).AsParallel().WithCancellation(cancellation)
                .Select(row => Outward(row, group[0], parts)).Min()).ToList();
            found.ForEach(way => Union(parts, way.From, way.To));
            ways.AddRange(found);
        }
    }

    (float Square, int From, int To) Outward(int row, int part, int[] parts)
    {
        var best = (Square: float.PositiveInfinity, From: row, To: row);
        var vector = rows[row];
        var own = Top(parts, part);
        for (var other = 0; other < rows.Rows; other++)
        {
            if (Top(parts, other) != own)
            {
                var edge = Edge(row, other, Distances.Squared(vector, rows[other]));
                best = edge.CompareTo(best) < 0 ? edge : best;
            }
        }

        return best;
    }

    (float Square, int From, int To) Edge(int row, int other, float square) =>
        (Math.Max(square, Math.Max(core[row], core[other])), Math.Min(row, other), Math.Max(row, other));

    void Join(List<(float Square, int From, int To)> edges)
    {
        edges.Sort();
        foreach (var (square, from, to) in edges)
        {
            var (left, right) = (Root(from), Root(to));
            if (left != right)
            {
                parents[Math.Max(left, right)] = Math.Min(left, right);
                tops[Math.Min(left, right)] = new LinkageNode(tops[left], tops[right], Math.Sqrt(square));
            }
        }
    }

    int Root(int row) => Root(parents, row);

    static void Union(int[] parts, int left, int right)
    {
        (left, right) = (Root(parts, left), Root(parts, right));
        parts[Math.Max(left, right)] = Math.Min(left, right);
    }

    static int Root(int[] parents, int row)
    {
        while (parents[row] != row)
        {
            row = parents[row] = parents[parents[row]];
        }

        return row;
    }

    // As Root, but changes nothing: several threads ask.
    static int Top(int[] parents, int row)
    {
        while (parents[row] != row)
        {
            row = parents[row];
        }

        return row;
    }
}

/// <summary>A row, or two parts that a distance joins.</summary>
sealed class LinkageNode
{
    readonly int row;

    public LinkageNode(int row) => (this.row, Rows) = (row, 1);

    public LinkageNode(LinkageNode left, LinkageNode right, double distance) => (Left, Right, Distance, Rows) = (left, right, distance, left.Rows + right.Rows);

    public LinkageNode? Left { get; }

    public LinkageNode? Right { get; }

    public double Distance { get; }

    public int Rows { get; }

    public void Each(Action<int> use)
    {
        // Not by recursion: a tree may be as deep as it has rows.
        var stack = new Stack<LinkageNode>([this]);
        while (stack.TryPop(out var node))
        {
            if (node.Left is null)
            {
                use(node.row);
            }
            else
            {
                stack.Push(node.Left);
                stack.Push(node.Right!);
            }
        }
    }
}
