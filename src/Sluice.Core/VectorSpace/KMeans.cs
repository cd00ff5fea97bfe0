using Sluice.Outliers;

namespace Sluice.VectorSpace;

/// <summary>
/// k-means (Lloyd 1982) from centres drawn by greedy k-means++ (Arthur, Vassilvitskii 2007). Large tables are learned from evenly spaced rows, 256 a centre. The
/// sums are added in the order of the rows, so the centres depend on the rows and the seed alone.
/// </summary>
/// <param name="Centres">Centres, one after another; of no rows there are none.</param>
/// <param name="Count">How many: as asked for, fewer where there are fewer different rows.</param>
public sealed record KMeans(float[] Centres, int Count)
{
    public const int DefaultIterations = 25;
    const int RowsPerCentre = 256, ChunkRows = 2_048;

    /// <param name="table">All rows.</param>
    /// <param name="count">Centres wanted, at least 1.</param>
    /// <param name="seed">Of the first centres.</param>
    /// <param name="cancellation">Stops between rounds.</param>
    /// <param name="iterations">Rounds at most; fewer when no row changes its centre.</param>
    public static KMeans Of(VectorRows table, int count, ulong seed, CancellationToken cancellation, int iterations = DefaultIterations)
    {
        var sample = Sample(table, (long)count * RowsPerCentre);
        var centres = Start(sample, count, new SeededRandom(seed), cancellation);
        var found = new KMeans(centres, centres.Length / table.Dimensions);
        int[] before = [];
        for (var round = 0; round < iterations; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            var nearest = found.Of(sample, cancellation);
            if (nearest.AsSpan().SequenceEqual(before))
            {
                break;
            }

            found = found with { Centres = found.Move(sample, nearest) };
            before = nearest;
        }

        return found;
    }

    /// <summary>The nearest centre of every row; of equally near ones the first.</summary>
    public int[] Of(VectorRows table, CancellationToken cancellation)
    {
        var nearest = new int[table.Rows];
        var parallel = new ParallelOptions { CancellationToken = cancellation };
        Parallel.For(0, (table.Rows + ChunkRows - 1) / ChunkRows, parallel, () => new float[Count], (chunk, _, squares) =>
        {
            for (var row = chunk * ChunkRows; row < Math.Min(table.Rows, (chunk + 1) * ChunkRows); row++)
            {
                nearest[row] = Nearest(table[row], squares);
            }

            return squares;
        }, _ => { });
        return nearest;
    }

    /// <summary>The nearest centre of a vector.</summary>
    /// <param name="vector">Vector.</param>
    /// <param name="squares">Room for as many squared distances as there are centres.</param>
    public int Nearest(ReadOnlySpan<float> vector, Span<float> squares)
    {
        Distances.Each(vector, Centres, squares);
        var best = 0;
        for (var centre = 1; centre < squares.Length; centre++)
        {
            best = squares[centre] < squares[best] ? centre : best;
        }

        return best;
    }

    float[] Move(VectorRows table, int[] nearest)
    {
        var dimensions = table.Dimensions;
        var (sums, rows) = (new double[Centres.Length], new int[Count]);
        for (var row = 0; row < nearest.Length; row++)
        {
            Means.Add(sums.AsSpan(nearest[row] * dimensions, dimensions), table[row]);
            rows[nearest[row]]++;
        }

        // A centre that has lost all its rows stays where it is.
        var moved = (float[])Centres.Clone();
        for (var centre = 0; centre < Count; centre++)
        {
            if (rows[centre] > 0)
            {
                Means.Divide(sums.AsSpan(centre * dimensions, dimensions), rows[centre]).CopyTo(moved, centre * dimensions);
            }
        }

        return moved;
    }

    static VectorRows Sample(VectorRows table, long rows)
    {
        if (table.Rows <= rows)
        {
            return table;
        }

        var vectors = new float[rows * table.Dimensions];
        for (var i = 0; i < rows; i++)
        {
            table[(int)(i * (long)table.Rows / rows)].CopyTo(vectors.AsSpan(i * table.Dimensions));
        }

        return new VectorRows(vectors, table.Dimensions);
    }

    // Greedy k-means++: of a few drawn rows the one that leaves the least, which spares most bad starts.
    static float[] Start(VectorRows table, int count, SeededRandom random, CancellationToken cancellation)
    {
        var centres = new List<float>(count * table.Dimensions);
        var least = new float[table.Rows];
        Array.Fill(least, float.PositiveInfinity);
        var candidates = table.Rows == 0 ? [] : new[] { (int)(random.Next() * table.Rows) };
        while (candidates.Length > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var left = candidates.AsParallel().AsOrdered().Select(row => Lowered(table, row, least)).ToArray();
            var best = left.MinBy(l => l.Sum);
            centres.AddRange(table[best.Row]);
            least = best.Least;
            var draws = centres.Count / table.Dimensions < count ? 2 + (int)Math.Log(count) : 0;
            candidates = [.. Enumerable.Range(0, draws).Select(_ => Draw(least, random)).Where(row => row >= 0)];
        }

        return [.. centres];
    }

    static (int Row, float[] Least, double Sum) Lowered(VectorRows table, int row, float[] least)
    {
        var (lowered, centre, sum) = ((float[])least.Clone(), table[row].ToArray(), 0.0);
        for (var from = 0; from < table.Rows;)
        {
            var block = table.From(from, ChunkRows);
            var rows = block.Length / table.Dimensions;
            Distances.Lower(block, centre, table.Dimensions, lowered.AsSpan(from, rows));
            from += rows;
        }

        foreach (var square in lowered)
        {
            sum += square;
        }

        return (row, lowered, sum);
    }

    // A row with the chance of its squared distance; -1 when all are on centres.
    static int Draw(float[] least, SeededRandom random)
    {
        var total = 0.0;
        foreach (var square in least)
        {
            total += square;
        }

        var (left, last) = (random.Next() * total, -1);
        for (var row = 0; row < least.Length && left >= 0; row++)
        {
            last = least[row] > 0 ? row : last;
            left -= least[row];
        }

        return last;
    }
}
