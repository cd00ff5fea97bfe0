namespace Sluice.VectorSpace;

/// <summary>A row that is like one that stays.</summary>
/// <param name="Row">The row.</param>
/// <param name="Of">The row that stays: the most alike of them, and of equally alike ones the first.</param>
/// <param name="Cosine">Cosine of the two.</param>
public readonly record struct AlikeRow(int Row, int Of, float Cosine);

/// <summary>
/// Rows that may go because one before them, which stays, is alike by the cosine of their vectors; as SemDeDup (Abbas et al. 2023), but every row that goes was
/// compared with the one that stays for it. A row whose vector is 0 is like no other.
/// </summary>
/// <remarks>
/// Up to <see cref="DefaultExactRows"/> rows are compared with all that stay; more are dealt out to the cells of about √n centres, and each is compared with those of the
/// <see cref="Probes"/> nearest.
/// </remarks>
public sealed class AlikeRows
{
    public const int DefaultExactRows = 20_000;
    const int Probes = 4, ChunkRows = 256, RowsLookedAtAgain = 500;

    readonly VectorRows table;
    readonly float least;
    readonly float[] norms;
    readonly List<AlikeRow> found = [];
    readonly List<int>[] kept;
    readonly KMeans? cells;

    /// <param name="table">All rows.</param>
    /// <param name="order">Numbers of the rows to look at; the first of those that are alike stays.</param>
    /// <param name="cosine">Least cosine of rows that are alike.</param>
    /// <param name="cancellation">Stops between rows.</param>
    /// <param name="exactRows">Rows up to which all are compared.</param>
    public AlikeRows(VectorRows table, IReadOnlyList<int> order, double cosine, CancellationToken cancellation, int exactRows = DefaultExactRows)
    {
        (this.table, least) = (table, (float)cosine);
        norms = new float[table.Rows];
        foreach (var row in order)
        {
            norms[row] = MathF.Sqrt(Distances.Dot(table[row], table[row]));
        }

        cells = order.Count <= exactRows ? null : KMeans.Of(table, (int)Math.Sqrt(order.Count), 0, cancellation, iterations: 8);
        kept = [.. Enumerable.Range(0, cells?.Count ?? 1).Select(_ => new List<int>())];
        for (var from = 0; from < order.Count; from += ChunkRows)
        {
            Look([.. order.Skip(from).Take(ChunkRows)], cancellation);
        }
    }

    /// <summary>Whether every row was compared with all that stay.</summary>
    public bool IsExact => cells is null;

    /// <summary>Rows that may go, in the order that was given.</summary>
    public IReadOnlyList<AlikeRow> Found => found;

    /// <summary>Share of the rows that stay, of at most 500 evenly spaced ones, which another that stays is still like: 0 where all were compared.</summary>
    public double Overlooked(CancellationToken cancellation)
    {
        if (IsExact)
        {
            return 0;
        }

        int[] all = [.. kept.SelectMany(cell => cell).Order()];
        int[] some = [.. Enumerable.Range(0, Math.Min(RowsLookedAtAgain, all.Length)).Select(i => all[(int)((long)i * all.Length / Math.Min(RowsLookedAtAgain, all.Length))])];
        var near = 0;
        Parallel.ForEach(some, new ParallelOptions { CancellationToken = cancellation }, row =>
        {
            if (Array.Exists(all, other => other != row && Cosine(row, other) >= least))
            {
                Interlocked.Increment(ref near);
            }
        });
        return (double)near / some.Length;
    }

    // Rows of a chunk are compared with all kept before it at once, and then with those kept of the chunk itself, one after another: the result is that of one by one.
    void Look(int[] rows, CancellationToken cancellation)
    {
        var (best, around) = (new (int Of, float Cosine)[rows.Length], new int[rows.Length][]);
        Parallel.For(0, rows.Length, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            around[i] = CellsOf(rows[i]);
            best[i] = (-1, 0);
            foreach (var cell in norms[rows[i]] > 0 ? around[i] : [])
            {
                foreach (var other in kept[cell])
                {
                    best[i] = Better(best[i], rows[i], other);
                }
            }
        });

        var fresh = new List<(int Row, int Cell)>();
        for (var i = 0; i < rows.Length; i++)
        {
            foreach (var (other, cell) in fresh)
            {
                best[i] = around[i].Contains(cell) ? Better(best[i], rows[i], other) : best[i];
            }

            if (best[i].Of >= 0)
            {
                found.Add(new AlikeRow(rows[i], best[i].Of, best[i].Cosine));
            }
            else if (norms[rows[i]] > 0)
            {
                fresh.Add((rows[i], around[i][0]));
            }
        }

        fresh.ForEach(one => kept[one.Cell].Add(one.Row));
    }

    // Rows of several cells come in the order of their cells; of equally alike ones the one with the lower number counts, whatever cell it is in.
    (int Of, float Cosine) Better((int Of, float Cosine) best, int row, int other)
    {
        var cosine = Cosine(row, other);
        return cosine >= least && (best.Of < 0 || cosine > best.Cosine || (cosine == best.Cosine && other < best.Of)) ? (other, cosine) : best;
    }

    // Rounding may bring equal vectors a little above 1, or below the threshold 1.
    float Cosine(int row, int other) => table[row].SequenceEqual(table[other]) ? 1 : norms[row] > 0 && norms[other] > 0
        ? Math.Min(1, Distances.Dot(table[row], table[other]) / norms[row] / norms[other]) : 0;

    int[] CellsOf(int row)
    {
        if (cells is null)
        {
            return [0];
        }

        var squares = new float[cells.Count];
        Distances.Each(table[row], cells.Centres, squares);
        var nearest = new Nearest(Math.Min(Probes, squares.Length));
        for (var cell = 0; cell < squares.Length; cell++)
        {
            nearest.Offer(cell, squares[cell]);
        }

        return nearest.Found.ToArray();
    }
}
