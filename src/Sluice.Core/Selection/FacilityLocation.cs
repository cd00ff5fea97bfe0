using Sluice.VectorSpace;

namespace Sluice.Selection;

/// <summary>
/// Facility location: chosen rows stand for those around them, and each choice adds the most similarity between rows and the nearest chosen one. Greedily found,
/// the sum is at least 1 − 1/e of the best possible (Nemhauser, Wolsey, Fisher 1978); lazily, since a gain never grows (Minoux 1978).
/// </summary>
/// <remarks>
/// Similarity is exp(−d²/s²), s the median distance of the k-th neighbour; only the k nearest rows count, each other's way round too, so memory is k
/// numbers a row.
/// </remarks>
sealed class FacilityLocation : SelectionMethod
{
    const int Neighbours = 32;

    public override IEnumerable<Pick> Choose(Candidates candidates, CancellationToken cancellation)
    {
        var rows = candidates.Rows;
        var graph = SimilarityGraph.Of(NearestRows.Of(rows, Neighbours, cancellation));
        var (served, free, covered) = (new float[rows.Rows], candidates.Free(), 0.0);
        foreach (var anchor in candidates.Anchors)
        {
            covered += Serve(anchor);
        }

        var queue = new PriorityQueue<int, (double Gain, int Row)>(Comparer<(double Gain, int Row)>.Create(
            (left, right) => left.Gain != right.Gain ? right.Gain.CompareTo(left.Gain) : left.Row.CompareTo(right.Row)));
        for (var row = 0; row < rows.Rows; row++)
        {
            if (free[row])
            {
                queue.Enqueue(row, (Gain(row), row));
            }
        }

        while (queue.TryDequeue(out var row, out var before))
        {
            cancellation.ThrowIfCancellationRequested();
            var gain = Gain(row);
            if (gain < before.Gain)
            {
                queue.Enqueue(row, (gain, row));
                continue;
            }

            if (gain <= 0)
            {
                yield break;
            }

            covered += Serve(row);
            yield return new Pick(row, gain, covered / rows.Rows);
        }

        double Gain(int row)
        {
            var gain = Math.Max(0, 1.0 - served[row]);
            foreach (var (other, similarity) in graph.Around(row))
            {
                gain += Math.Max(0, similarity - served[other]);
            }

            return gain;
        }

        double Serve(int row)
        {
            var gain = Gain(row);
            served[row] = 1;
            foreach (var (other, similarity) in graph.Around(row))
            {
                served[other] = Math.Max(served[other], similarity);
            }

            return gain;
        }
    }
}

/// <summary>Similarities of each row to those near it; the same seen from both rows.</summary>
sealed class SimilarityGraph(int[] starts, (int Row, float Similarity)[] edges)
{
    public ReadOnlySpan<(int Row, float Similarity)> Around(int row) => edges.AsSpan(starts[row]..starts[row + 1]);

    public static SimilarityGraph Of(NearestRows nearest)
    {
        var rows = nearest.Neighbours == 0 ? 0 : nearest.Rows.Length / nearest.Neighbours;
        var farthest = Enumerable.Range(0, rows).Select(row => nearest.SquaresOf(row)[^1]).Order().ToArray();
        var scale = rows > 0 && farthest[rows / 2] > 0 ? farthest[rows / 2] : 1;
        var around = new Dictionary<int, float>[rows];
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0; i < nearest.Neighbours; i++)
            {
                var (other, similarity) = (nearest.RowsOf(row)[i], MathF.Exp(-nearest.SquaresOf(row)[i] / scale));
                (around[row] ??= [])[other] = similarity;
                (around[other] ??= [])[row] = similarity;
            }
        }

        var starts = new int[rows + 1];
        for (var row = 0; row < rows; row++)
        {
            starts[row + 1] = starts[row] + around[row].Count;
        }

        return new SimilarityGraph(starts, [.. around.SelectMany(edges => edges.OrderBy(e => e.Key).Select(e => (e.Key, e.Value)))]);
    }
}
