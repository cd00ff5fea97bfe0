using Sluice.VectorSpace;

namespace Sluice.Selection;

/// <summary>
/// Greedy k-center (Gonzalez 1985; Sener and Savarese, "Active learning for convolutional neural networks: a core-set approach", 2018): always the row that
/// is farthest from all rows chosen so far; of equally far ones the first. No choice of as many rows has less than half of the radius that this one ends with.
/// </summary>
/// <remarks>
/// Rows are looked at in blocks, and lazily. A distance can only shrink when another row is chosen, so the largest one of a block, even an old one, is a
/// bound: as long as it is below the largest of all, the block waits, and later catches up with many chosen rows in one visit. The result is
/// the one of the plain algorithm to the bit, with a fraction of its reads. Beside the vectors it keeps 4 bytes a row and the vectors of the chosen rows.
/// </remarks>
public sealed class KCenter
{
    const int BlockRows = 64;

    // Below this many multiplications, work is not worth handing to other cores.
    const long FewMultiplications = 1 << 20;

    readonly VectorRows table;
    readonly float[]? weights;
    readonly float[] least;
    readonly float[] bounds;
    readonly int[] seen;
    readonly List<int> chosen = [];
    float[] points = [];

    /// <param name="table">All rows.</param>
    /// <param name="anchors">Rows that count as chosen from the start, and are not chosen again.</param>
    /// <param name="weights">What each row's distances are multiplied by, 0 or more; those of 0 are never chosen. Null: all alike.</param>
    public KCenter(VectorRows table, IEnumerable<int> anchors, float[]? weights = null)
    {
        (this.table, this.weights) = (table, weights);
        least = new float[table.Rows];
        Array.Fill(least, float.PositiveInfinity);
        var blocks = (table.Rows + BlockRows - 1) / BlockRows;
        bounds = new float[blocks];
        seen = new int[blocks];
        Array.Fill(bounds, float.PositiveInfinity);
        foreach (var anchor in anchors)
        {
            Choose(anchor);
        }
    }

    /// <summary>Threads at once; the result is the same with any.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>Anchors, then the chosen rows in order.</summary>
    public IReadOnlyList<int> Chosen => chosen;

    /// <summary>
    /// Chooses one more row: the farthest, or, when none is chosen yet, the one nearest to the mean; with weights, of the heaviest. False when every row that weighs anything has a
    /// chosen row at its own place.
    /// </summary>
    /// <param name="radius">Distance of the row from those chosen before: all rows are within it, each times its weight. Infinite for the first.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    public bool Next(out float radius, CancellationToken cancellation)
    {
        radius = float.PositiveInfinity;
        if (table.Rows == 0 || weights?.Max() <= 0)
        {
            return false;
        }

        if (chosen.Count == 0)
        {
            Choose(NearestToMean());
            return true;
        }

        var (row, square) = Farthest(cancellation);
        radius = MathF.Sqrt(square);
        if (square <= 0)
        {
            return false;
        }

        Choose(row);
        return true;
    }

    /// <summary>Distance of the row that is farthest from all chosen ones, times its weight.</summary>
    public float Radius(CancellationToken cancellation) => chosen.Count == 0 ? float.PositiveInfinity : MathF.Sqrt(Farthest(cancellation).Square);

    /// <summary>Distance of every row from the nearest chosen one.</summary>
    public float[] Distances(CancellationToken cancellation)
    {
        CatchUp([.. Enumerable.Range(0, bounds.Length).Where(block => seen[block] < chosen.Count)], cancellation);
        return [.. least.Select(MathF.Sqrt)];
    }

    void Choose(int row)
    {
        if ((chosen.Count + 1) * table.Dimensions > points.Length)
        {
            Array.Resize(ref points, Math.Max(64 * table.Dimensions, points.Length * 2));
        }

        table[row].CopyTo(points.AsSpan(chosen.Count * table.Dimensions));
        chosen.Add(row);
    }

    (int Row, float Square) Farthest(CancellationToken cancellation)
    {
        while (true)
        {
            // The best that is certain, and whether a block that has not caught up could have more, or as much in an earlier row.
            var (certain, top) = (-1f, 0);
            for (var block = 0; block < bounds.Length; block++)
            {
                top = bounds[block] > bounds[top] ? block : top;
                certain = seen[block] == chosen.Count ? Math.Max(certain, bounds[block]) : certain;
            }

            if (seen[top] == chosen.Count)
            {
                var first = top * BlockRows;
                while (Weighed(first) != bounds[top])
                {
                    first++;
                }

                return (first, bounds[top]);
            }

            CatchUp(certain < 0 ? [top] : [.. Enumerable.Range(0, bounds.Length).Where(b => seen[b] < chosen.Count && bounds[b] >= certain)], cancellation);
        }
    }

    void CatchUp(int[] blocks, CancellationToken cancellation)
    {
        var multiplications = blocks.Sum(block => (long)(chosen.Count - seen[block])) * BlockRows * table.Dimensions;
        if (multiplications < FewMultiplications || Parallelism == 1)
        {
            foreach (var block in blocks)
            {
                cancellation.ThrowIfCancellationRequested();
                CatchUp(block);
            }
        }
        else
        {
            Parallel.For(0, blocks.Length, new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellation }, i => CatchUp(blocks[i]));
        }
    }

    void CatchUp(int block)
    {
        var (from, to) = (block * BlockRows, Math.Min((block + 1) * BlockRows, table.Rows));
        var fresh = points.AsSpan((seen[block] * table.Dimensions)..(chosen.Count * table.Dimensions));
        for (var row = from; row < to;)
        {
            var vectors = table.From(row, to - row);
            var rows = vectors.Length / table.Dimensions;
            VectorSpace.Distances.Lower(vectors, fresh, table.Dimensions, least.AsSpan(row, rows));
            row += rows;
        }

        var top = 0f;
        for (var row = from; row < to; row++)
        {
            top = Math.Max(top, Weighed(row));
        }

        (bounds[block], seen[block]) = (top, chosen.Count);
    }

    // Weights do not change, so a weighed distance, too, can only shrink.
    float Weighed(int row) => weights is null ? least[row] : least[row] * weights[row] * weights[row];

    int NearestToMean()
    {
        var mean = Means.Of(table);
        var (best, least, heaviest) = (0, float.PositiveInfinity, weights?.Max());
        for (var row = 0; row < table.Rows; row++)
        {
            if (weights?[row] < heaviest)
            {
                continue;
            }

            var distance = VectorSpace.Distances.Squared(table[row], mean);
            (best, least) = distance < least ? (row, distance) : (best, least);
        }

        return best;
    }
}

/// <summary>Chooses by <see cref="KCenter"/>: the value is the distance of the row from those chosen before, infinite for the first.</summary>
sealed class KCenterMethod : SelectionMethod
{
    public override IEnumerable<Pick> Choose(Candidates candidates, CancellationToken cancellation)
    {
        var centers = new KCenter(candidates.Rows, candidates.Anchors, candidates.Weights);
        while (centers.Next(out var radius, cancellation))
        {
            yield return new Pick(centers.Chosen[^1], radius);
        }
    }
}
