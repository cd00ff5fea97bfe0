using System.Numerics;

namespace Sluice.Privacy.Differential;

/// <summary>
/// Counts, sums, means, histograms and quantiles of a column with differential privacy for single rows (one row more or less). Values are clamped to bounds that are declared,
/// never read from the data, and put on a grid of whole steps; noise is drawn on the same grid, so that its last digits tell nothing. A column may come
/// in parts, one per batch.
/// </summary>
public sealed class PrivateAggregates(PrivacyBudget budget)
{
    const int MaxPoints = 100_000;

    /// <summary>How many rows have a value, give or take Laplace noise of scale 1/ε.</summary>
    public async Task<long> CountAsync(string id, IReadOnlyList<Column> column, decimal epsilon, CancellationToken cancellation)
    {
        await PayAsync(id, "count", epsilon, cancellation);
        return (long)(Present(column) + DiscreteNoise.Laplace(Scale(1, epsilon)));
    }

    /// <summary>The sum of values clamped to [low, high], in steps of <paramref name="grid"/>.</summary>
    public async Task<decimal> SumAsync(string id, IReadOnlyList<Column> column, decimal low, decimal high, decimal grid, decimal epsilon, CancellationToken cancellation)
    {
        var (sum, most) = Clamped(column, low, high, grid);
        await PayAsync(id, FormattableString.Invariant($"sum in [{low}, {high}]"), epsilon, cancellation);
        return (decimal)(sum + DiscreteNoise.Laplace(Scale(most, epsilon))) * grid;
    }

    /// <summary>The mean of values clamped to [low, high]: a sum and a count, each for half of ε. Null when the count says that there is nothing.</summary>
    public async Task<decimal?> MeanAsync(string id, IReadOnlyList<Column> column, decimal low, decimal high, decimal grid, decimal epsilon, CancellationToken cancellation)
    {
        var (sum, most) = Clamped(column, low, high, grid);
        await PayAsync(id, FormattableString.Invariant($"mean in [{low}, {high}]"), epsilon, cancellation);
        var count = Present(column) + DiscreteNoise.Laplace(Scale(1, epsilon / 2));
        var noisy = sum + DiscreteNoise.Laplace(Scale(most, epsilon / 2));
        return count <= 0 ? null : Math.Clamp((decimal)noisy * grid / (decimal)count, low, high);
    }

    /// <summary>How many rows have each of the declared values. A row is in one of them, so all cost ε together.</summary>
    public async Task<IReadOnlyDictionary<string, long>> HistogramAsync(
        string id, IReadOnlyList<Column> column, IReadOnlyCollection<string> values, decimal epsilon, CancellationToken cancellation)
    {
        await PayAsync(id, $"histogram of {values.Count} values", epsilon, cancellation);
        var counts = values.Distinct(StringComparer.Ordinal).ToDictionary(value => value, _ => 0L, StringComparer.Ordinal);
        foreach (var part in column)
        {
            for (var row = 0; row < part.Rows; row++)
            {
                if (!part.IsNull(row) && part.Display(row) is var value && counts.TryGetValue(value, out var count))
                {
                    counts[value] = count + 1;
                }
            }
        }

        return counts.ToDictionary(item => item.Key, item => (long)(item.Value + DiscreteNoise.Laplace(Scale(1, epsilon))), StringComparer.Ordinal);
    }

    /// <summary>As <see cref="SumAsync"/> with Gaussian noise, at a cost of ρ: for budgets with δ above 0 and many releases.</summary>
    public async Task<decimal> GaussianSumAsync(string id, IReadOnlyList<Column> column, decimal low, decimal high, decimal grid, decimal rho, CancellationToken cancellation)
    {
        if (rho <= 0)
        {
            throw new DataException($"ρ is {rho}; expected above 0.");
        }

        var (sum, most) = Clamped(column, low, high, grid);
        await budget.SpendAsync(new BudgetSpend(id, $"sum in [{low}, {high}], Gaussian", 0, (double)rho), cancellation);
        var variance = new Ratio(most * most, 1) / (new Ratio(2, 1) * Ratio.Of(rho));
        return (decimal)(sum + DiscreteNoise.Gaussian(variance)) * grid;
    }

    /// <summary>
    /// The point of the grid from <paramref name="low"/> to <paramref name="high"/> below which about the share <paramref name="quantile"/> of the values
    /// lies: the exponential mechanism over ranks (Smith 2011), drawn exactly by rejection.
    /// </summary>
    public async Task<decimal> QuantileAsync(
        string id, IReadOnlyList<Column> column, decimal quantile, decimal low, decimal high, decimal grid, decimal epsilon, CancellationToken cancellation)
    {
        CheckBounds(low, high, grid);
        if (quantile is < 0 or > 1 || (high - low) / grid > MaxPoints)
        {
            throw new DataException(FormattableString.Invariant($"The quantile {quantile} on {Math.Floor((high - low) / grid) + 1:N0} points cannot be drawn. Expected 0 to 1, and at most {MaxPoints:N0} steps from low to high."));
        }

        var off = Off(column, quantile, low, grid, new long[(int)((high - low) / grid) + 1]);
        await PayAsync(id, FormattableString.Invariant($"quantile {quantile} in [{low}, {high}]"), epsilon, cancellation);
        var least = off.Min();
        while (true)
        {
            // One row more or less moves a rank and its target apart by at most one. What all points have in common changes no odds.
            var point = (int)DiscreteNoise.Below(off.Length);
            if (DiscreteNoise.Exponential(Ratio.Of(epsilon) * Ratio.Of((off[point] - least) / 2)))
            {
                return low + (point * grid);
            }
        }
    }

    // How far the rank of each point is from the wanted one.
    static decimal[] Off(IReadOnlyList<Column> column, decimal quantile, decimal low, decimal grid, long[] counts)
    {
        var all = 0L;
        foreach (var value in Values(column))
        {
            if (!double.IsNaN(value))
            {
                var high = low + ((counts.Length - 1) * grid);
                var clamped = value <= (double)low ? low : value >= (double)high ? high : (decimal)value;
                counts[(int)Math.Ceiling((clamped - low) / grid)]++;
                all++;
            }
        }

        var (below, off) = (0L, new decimal[counts.Length]);
        for (var i = 0; i < counts.Length; i++)
        {
            below += counts[i];
            off[i] = Math.Abs(below - (quantile * all));
        }

        return off;
    }

    static IEnumerable<double> Values(IReadOnlyList<Column> column) => column.SelectMany(part => Steps.Numbers.Of(part).ToArray());

    static long Present(IReadOnlyList<Column> column) => column.Sum(part => (long)part.Rows - part.CountNulls());

    // ε-differential privacy is ε²/2-concentrated.
    Task PayAsync(string id, string query, decimal epsilon, CancellationToken cancellation) => epsilon > 0
        ? budget.SpendAsync(new BudgetSpend(id, query, epsilon, (double)(epsilon * epsilon) / 2), cancellation)
        : throw new DataException($"ε is {epsilon}; expected above 0.");

    static Ratio Scale(BigInteger sensitivity, decimal epsilon) => new Ratio(sensitivity, 1) / Ratio.Of(epsilon);

    // Sum in steps of the grid, and how far one row can move it.
    static (BigInteger Sum, BigInteger Most) Clamped(IReadOnlyList<Column> column, decimal low, decimal high, decimal grid)
    {
        CheckBounds(low, high, grid);
        var (lowest, highest) = ((BigInteger)Math.Floor(low / grid), (BigInteger)Math.Ceiling(high / grid));
        BigInteger sum = 0;
        foreach (var value in Values(column))
        {
            if (!double.IsNaN(value))
            {
                var clamped = value <= (double)low ? low : value >= (double)high ? high : (decimal)value;
                sum += BigInteger.Min(highest, BigInteger.Max(lowest, (BigInteger)Math.Round(clamped / grid)));
            }
        }

        return (sum, BigInteger.Max(BigInteger.Abs(lowest), BigInteger.Abs(highest)));
    }

    static void CheckBounds(decimal low, decimal high, decimal grid)
    {
        if (low >= high || grid <= 0)
        {
            throw new DataException(FormattableString.Invariant($"The bounds [{low}, {high}] with steps of {grid} are none. Expected low below high, and steps above 0."));
        }
    }
}
