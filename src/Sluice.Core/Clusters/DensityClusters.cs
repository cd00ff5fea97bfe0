using Sluice.VectorSpace;

namespace Sluice.Clusters;

/// <summary>
/// HDBSCAN (Campello, Moulavi, Sander 2013; McInnes, Healy 2017): clusters of any shape and number, and rows that belong to none. Rows are joined from the
/// densest places outwards; of the tree that this gives, the clusters are kept that last over the widest range of densities.
/// </summary>
sealed class DensityClusters
{
    readonly int[] clusters;
    int next;

    DensityClusters(int rows)
    {
        clusters = new int[rows];
        Array.Fill(clusters, -1);
    }

    /// <summary>Cluster of each row, numbered from 0 by its first row; -1 for rows in none.</summary>
    /// <param name="rows">All rows.</param>
    /// <param name="minRows">Rows that a cluster has at least, 2 or more.</param>
    /// <param name="cancellation">Stops between rows.</param>
    public static int[] Of(VectorRows rows, int minRows, CancellationToken cancellation)
    {
        var found = new DensityClusters(rows.Rows);
        if (rows.Rows >= minRows)
        {
            found.Extract(new Linkage(rows, minRows, cancellation).Tree(cancellation), minRows);
        }

        return found.Numbered();
    }

    // From the top down: parts that are too small fall out of the cluster; two parts that are large enough are two clusters, if together they are more stable.
    // The whole table is one cluster only where it never splits.
    void Extract(LinkageNode root, int minRows)
    {
        var order = new List<Candidate> { new(root, 0, null) };
        for (var i = 0; i < order.Count; i++)
        {
            var candidate = order[i];
            for (var node = candidate.Top; node.Left is not null;)
            {
                var density = node.Distance > 0 ? 1 / node.Distance : double.MaxValue;
                var (large, small) = node.Left.Rows >= node.Right!.Rows ? (node.Left, node.Right) : (node.Right, node.Left);
                if (small.Rows >= minRows)
                {
                    candidate.Add(node.Rows, density);
                    order.Add(new Candidate(node.Left, density, candidate));
                    order.Add(new Candidate(node.Right, density, candidate));
                    break;
                }

                candidate.Add(large.Rows >= minRows ? small.Rows : node.Rows, density);
                if (large.Rows < minRows)
                {
                    break;
                }

                node = large;
            }
        }

        for (var i = order.Count - 1; i >= 0; i--)
        {
            order[i].Close(canBeChosen: i > 0);
        }

        foreach (var candidate in order.Where(c => c.IsChosen && !c.IsBelowChosen))
        {
            candidate.Top.Each(row => clusters[row] = next);
            next++;
        }
    }

    int[] Numbered()
    {
        var numbers = new Dictionary<int, int>();
        return [.. clusters.Select(c => c < 0 ? -1 : numbers.TryGetValue(c, out var n) ? n : numbers[c] = numbers.Count)];
    }

    /// <summary>A part of the tree that may be a cluster.</summary>
    sealed class Candidate(LinkageNode top, double born, Candidate? parent)
    {
        double stability, below;
        int parts;

        public LinkageNode Top => top;

        public bool IsChosen { get; private set; }

        public bool IsBelowChosen
        {
            get
            {
                for (var above = parent; above is not null; above = above.Parent)
                {
                    if (above.IsChosen)
                    {
                        return true;
                    }
                }

                return false;
            }
        }

        Candidate? Parent => parent;

        /// <summary>Rows that leave the cluster at a density.</summary>
        public void Add(int rows, double density) => stability += rows * (Math.Min(density, 1e30) - Math.Min(born, 1e30));

        /// <summary>Decides between this cluster and those below it, which have decided.</summary>
        public void Close(bool canBeChosen)
        {
            IsChosen = parts == 0 || (canBeChosen && stability >= below);
            if (parent is not null)
            {
                parent.below += Math.Max(stability, below);
                parent.parts++;
            }
        }
    }
}
