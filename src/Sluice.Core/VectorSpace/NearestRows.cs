namespace Sluice.VectorSpace;

/// <summary>The nearest other rows of every row, nearest first; equally far ones by number.</summary>
/// <param name="Neighbours">How many for each row: as asked for, or all others where there are fewer.</param>
/// <param name="Rows">Numbers of rows, <paramref name="Neighbours"/> for each row.</param>
/// <param name="Squares">Their squared distances.</param>
/// <param name="IsExact">Whether every neighbour is certainly a nearest one.</param>
public sealed record NearestRows(int Neighbours, int[] Rows, float[] Squares, bool IsExact)
{
    /// <summary>All pairs are compared up to this many rows; above, rows are compared with those of the nearest cells.</summary>
    public const int DefaultExactRows = 20_000;

    // Cells looked into for each row: more find more, and cost more. Recall is measured by MeasureRecall.
    const int Probes = 12;

    public ReadOnlySpan<int> RowsOf(int row) => Rows.AsSpan(row * Neighbours, Neighbours);

    public ReadOnlySpan<float> SquaresOf(int row) => Squares.AsSpan(row * Neighbours, Neighbours);

    /// <param name="table">All rows.</param>
    /// <param name="neighbours">How many for each, at least 1.</param>
    /// <param name="cancellation">Stops between rows.</param>
    /// <param name="exactRows">Up to so many rows all pairs are compared.</param>
    public static NearestRows Of(VectorRows table, int neighbours, CancellationToken cancellation, int exactRows = DefaultExactRows)
    {
        var k = Math.Max(0, Math.Min(neighbours, table.Rows - 1));
        var found = new NearestRows(k, new int[(long)table.Rows * k], new float[(long)table.Rows * k], table.Rows <= exactRows);
        if (k == 0)
        {
            return found;
        }

        var cells = found.IsExact ? null : Cells.Of(table, cancellation);
        var parallel = new ParallelOptions { CancellationToken = cancellation };
        Parallel.For(0, table.Rows, parallel, () => new Nearest(k), (row, _, nearest) =>
        {
            nearest.Clear();
            if (cells is null)
            {
                Scan(table, row, nearest);
            }
            else
            {
                cells.Scan(table, row, Probes, nearest);
            }

            nearest.CopyTo(found.Rows.AsSpan(row * k, k), found.Squares.AsSpan(row * k, k));
            return nearest;
        }, _ => { });
        return found;
    }

    /// <summary>Share of the true nearest rows that were found, over evenly spaced rows, each compared with all.</summary>
    public double MeasureRecall(VectorRows table, int rows, CancellationToken cancellation)
    {
        if (IsExact || Neighbours == 0)
        {
            return 1;
        }

        var (right, step) = (0, Math.Max(1, table.Rows / rows));
        var (exact, squares, count) = (new int[Neighbours], new float[Neighbours], 0);
        var nearest = new Nearest(Neighbours);
        for (var row = 0; row < table.Rows; row += step, count++)
        {
            cancellation.ThrowIfCancellationRequested();
            nearest.Clear();
            Scan(table, row, nearest);
            nearest.CopyTo(exact, squares);
            right += RowsOf(row).ToArray().Intersect(exact).Count();
        }

        return (double)right / count / Neighbours;
    }

    static void Scan(VectorRows table, int self, Nearest nearest)
    {
        const int atOnce = 256;
        Span<float> squares = stackalloc float[atOnce];
        var vector = table[self];
        for (var row = 0; row < table.Rows;)
        {
            var block = table.From(row, atOnce);
            var some = squares[..(block.Length / table.Dimensions)];
            Distances.Each(vector, block, some);
            for (var i = 0; i < some.Length; i++)
            {
                if (row + i != self)
                {
                    nearest.Offer(row + i, some[i]);
                }
            }

            row += some.Length;
        }
    }

    /// <summary>Rows dealt out to the nearest of about as many centres as a cell has rows.</summary>
    sealed class Cells(float[] centres, int dimensions, int[] starts, int[] rows)
    {
        public static Cells Of(VectorRows table, CancellationToken cancellation)
        {
            var clusters = KMeans.Of(table, (int)Math.Sqrt(table.Rows), 0, cancellation, iterations: 8);
            var starts = new int[clusters.Count + 1];
            foreach (var cell in clusters.Of(table, cancellation))
            {
                starts[cell + 1]++;
            }

            for (var cell = 0; cell < clusters.Count; cell++)
            {
                starts[cell + 1] += starts[cell];
            }

            var (next, rows) = ((int[])starts.Clone(), new int[table.Rows]);
            var cells = clusters.Of(table, cancellation);
            for (var row = 0; row < cells.Length; row++)
            {
                rows[next[cells[row]]++] = row;
            }

            return new Cells(clusters.Centres, table.Dimensions, starts, rows);
        }

        public void Scan(VectorRows table, int self, int probes, Nearest nearest)
        {
            var vector = table[self];
            var squares = new float[starts.Length - 1];
            Distances.Each(vector, centres, squares);
            var around = new Nearest(Math.Min(probes, squares.Length));
            for (var cell = 0; cell < squares.Length; cell++)
            {
                around.Offer(cell, squares[cell]);
            }

            // Small cells may not have as many rows as there should be neighbours: then further cells are looked into.
            foreach (var cell in around.Found)
            {
                Scan(table, self, vector, cell, nearest);
            }

            for (var cell = 0; cell < squares.Length && !nearest.IsFull; cell++)
            {
                if (!around.Found.Contains(cell))
                {
                    Scan(table, self, vector, cell, nearest);
                }
            }
        }

        void Scan(VectorRows table, int self, ReadOnlySpan<float> vector, int cell, Nearest nearest)
        {
            foreach (var row in rows.AsSpan(starts[cell]..starts[cell + 1]))
            {
                if (row != self)
                {
                    nearest.Offer(row, Distances.Squared(vector, table[row]));
                }
            }
        }

        public int Dimensions => dimensions;
    }
}
