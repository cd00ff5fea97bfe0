using Sluice.VectorSpace;

namespace Sluice.Maps;

/// <summary>
/// How likely two rows belong together, for t-SNE: of each row, chances that fall with the squared distance of its nearest rows, as wide as gives the perplexity, and then the
/// mean of both ways; they sum to 1. Rows lie one after another, as in a sparse matrix.
/// </summary>
/// <param name="Starts">Where each row's entries start; one more than rows.</param>
/// <param name="Others">The other row of each entry.</param>
/// <param name="Values">Its chance.</param>
sealed record TsneChances(int[] Starts, int[] Others, double[] Values)
{
    const int MaxSteps = 100;
    const double CloseEnough = 1e-5;

    public static TsneChances Of(NearestRows nearest, int rows, double perplexity)
    {
        var entries = new (int Row, int Other, double Chance)[2L * rows * nearest.Neighbours];
        var entropy = Math.Log(Math.Min(perplexity, nearest.Neighbours));
        Parallel.For(0, rows, row =>
        {
            var chances = Chances(nearest.SquaresOf(row), entropy);
            for (var i = 0; i < chances.Length; i++)
            {
                var (at, other) = (2 * ((row * nearest.Neighbours) + i), nearest.RowsOf(row)[i]);
                entries[at] = (row, other, chances[i] / (2.0 * rows));
                entries[at + 1] = (other, row, chances[i] / (2.0 * rows));
            }
        });
        Array.Sort(entries, (left, right) =>
            left.Row != right.Row ? left.Row.CompareTo(right.Row) : left.Other != right.Other ? left.Other.CompareTo(right.Other) : left.Chance.CompareTo(right.Chance));
        return Joined(entries, rows);
    }

    static TsneChances Joined((int Row, int Other, double Chance)[] entries, int rows)
    {
        var (starts, others, values) = (new int[rows + 1], new List<int>(entries.Length), new List<double>(entries.Length));
        for (var i = 0; i < entries.Length; i++)
        {
            if (i > 0 && (entries[i].Row, entries[i].Other) == (entries[i - 1].Row, entries[i - 1].Other))
            {
                values[^1] += entries[i].Chance;
            }
            else
            {
                others.Add(entries[i].Other);
                values.Add(entries[i].Chance);
            }

            starts[entries[i].Row + 1] = others.Count;
        }

        for (var row = 0; row < rows; row++)
        {
            starts[row + 1] = Math.Max(starts[row + 1], starts[row]);
        }

        return new TsneChances(starts, [.. others], [.. values]);
    }

    // The width is searched for by halving, until the entropy is as asked for.
    static double[] Chances(ReadOnlySpan<float> squares, double entropy)
    {
        var (low, high, width) = (0.0, double.PositiveInfinity, 1.0);
        var chances = new double[squares.Length];
        for (var step = 0; step < MaxSteps; step++)
        {
            var (sum, weighted) = (0.0, 0.0);
            for (var i = 0; i < chances.Length; i++)
            {
                // Beside the nearest one, so that none is too small to be told from 0.
                var square = (double)squares[i] - squares[0];
                chances[i] = Math.Exp(-width * square);
                sum += chances[i];
                weighted += width * square * chances[i];
            }

            for (var i = 0; i < chances.Length; i++)
            {
                chances[i] /= sum;
            }

            var found = Math.Log(sum) + (weighted / sum);
            if (Math.Abs(found - entropy) < CloseEnough)
            {
                break;
            }

            (low, high) = found > entropy ? (width, high) : (low, width);
            width = double.IsPositiveInfinity(high) ? width * 2 : (low + high) / 2;
        }

        return chances;
    }
}
