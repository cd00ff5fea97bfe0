using Sluice.VectorSpace;

namespace Sluice.Selection;

/// <summary>
/// TypiClust (Hacohen, Dekel, Weinshall, "Active learning on a budget", 2022): as many clusters as rows are wanted, and from each, the largest without a chosen row
/// first, its most typical row: the one with the least mean distance to its 20 nearest. For small budgets, where covering would pick outliers.
/// </summary>
sealed class TypicalPoints : SelectionMethod
{
    const int Neighbours = 20, MaxClusters = 500;

    public override IEnumerable<Pick> Choose(Candidates candidates, CancellationToken cancellation)
    {
        var (rows, free) = (candidates.Rows, candidates.Free());
        var wanted = Math.Clamp(candidates.Most + candidates.Anchors.Count, 1, Math.Min(MaxClusters, Math.Max(1, rows.Rows)));
        var clusters = KMeans.Of(rows, wanted, candidates.Seed, cancellation);
        var (clusterOf, typicality) = (clusters.Of(rows, cancellation), Typicality(NearestRows.Of(rows, Neighbours, cancellation), rows.Rows));
        var chosen = new int[Math.Max(1, clusters.Count)];
        foreach (var anchor in candidates.Anchors)
        {
            chosen[clusterOf[anchor]]++;
        }

        var members = Enumerable.Range(0, rows.Rows).GroupBy(row => clusterOf[row])
            .ToDictionary(g => g.Key, g => new Queue<int>(g.Where(row => free[row]).OrderByDescending(row => typicality[row]).ThenBy(row => row)));
        var sizes = members.ToDictionary(m => m.Key, m => m.Value.Count);
        while (members.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var cluster = members.Keys.OrderBy(c => chosen[c]).ThenByDescending(c => sizes[c]).ThenBy(c => c).First();
            if (!members[cluster].TryDequeue(out var row))
            {
                members.Remove(cluster);
                continue;
            }

            chosen[cluster]++;
            yield return new Pick(row, typicality[row]);
        }
    }

    static double[] Typicality(NearestRows nearest, int rows)
    {
        var typicality = new double[rows];
        for (var row = 0; row < rows; row++)
        {
            var sum = 0.0;
            foreach (var square in nearest.SquaresOf(row))
            {
                sum += Math.Sqrt(square);
            }

            typicality[row] = sum > 0 ? nearest.Neighbours / sum : double.MaxValue;
        }

        return typicality;
    }
}
