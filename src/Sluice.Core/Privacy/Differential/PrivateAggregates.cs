using System.Numerics;

namespace Sluice.Privacy.Differential;

/// <summary>
/// Counts, sums and means of a column with differential privacy for single rows (one row more or less). Values are clamped to bounds that are declared,
/// never read from the data, and put on a grid of whole steps; noise is drawn on the same grid, so that its last digits tell nothing.
/// </summary>
public sealed class PrivateAggregates(PrivacyBudget budget)
{
    /// <summary>How many rows have a value, give or take Laplace noise of scale 1/ε.</summary>
    public async Task<long> CountAsync(string id, Column column, decimal epsilon, CancellationToken cancellation)
    {
        await PayAsync(id, "count", epsilon, cancellation);
        return (long)(column.Rows - column.CountNulls() + DiscreteNoise.Laplace(Scale(1, epsilon)));
    }

    /// <summary>The sum of values clamped to [low, high], in steps of <paramref name="grid"/>.</summary>
    public async Task<decimal> SumAsync(string id, Column column, decimal low, decimal high, decimal grid, decimal epsilon, CancellationToken cancellation)
    {
        var (sum, most) = Clamped(column, low, high, grid);
        await PayAsync(id, $"sum in [{low}, {high}]", epsilon, cancellation);
        return (decimal)(sum + DiscreteNoise.Laplace(Scale(most, epsilon))) * grid;
    }

    /// <summary>The mean of values clamped to [low, high]: a sum and a count, each for half of ε. Null when the count says that there is nothing.</summary>
    public async Task<decimal?> MeanAsync(string id, Column column, decimal low, decimal high, decimal grid, decimal epsilon, CancellationToken cancellation)
    {
        var (sum, most) = Clamped(column, low, high, grid);
        await PayAsync(id, $"mean in [{low}, {high}]", epsilon, cancellation);
        var count = column.Rows - column.CountNulls() + DiscreteNoise.Laplace(Scale(1, epsilon / 2));
        var noisy = sum + DiscreteNoise.Laplace(Scale(most, epsilon / 2));
        return count <= 0 ? null : Math.Clamp((decimal)noisy * grid / (decimal)count, low, high);
    }

    /// <summary>How many rows have each of the declared values. A row is in one of them, so all cost ε together.</summary>
    public async Task<IReadOnlyDictionary<string, long>> HistogramAsync(
        string id, Column column, IReadOnlyCollection<string> values, decimal epsilon, CancellationToken cancellation)
    {
        await PayAsync(id, $"histogram of {values.Count} values", epsilon, cancellation);
        var counts = values.Distinct(StringComparer.Ordinal).ToDictionary(value => value, _ => 0L, StringComparer.Ordinal);
        for (var row = 0; row < column.Rows; row++)
        {
            if (!column.IsNull(row) && column.Display(row) is var value && counts.TryGetValue(value, out var count))
            {
                counts[value] = count + 1;
            }
        }

        return counts.ToDictionary(item => item.Key, item => (long)(item.Value + DiscreteNoise.Laplace(Scale(1, epsilon))), StringComparer.Ordinal);
    }

    /// <summary>As <see cref="SumAsync"/> with Gaussian noise, at a cost of ρ: for budgets with δ above 0 and many releases.</summary>
    public async Task<decimal> GaussianSumAsync(string id, Column column, decimal low, decimal high, decimal grid, decimal rho, CancellationToken cancellation)
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

    // ε-differential privacy is ε²/2-concentrated.
    Task PayAsync(string id, string query, decimal epsilon, CancellationToken cancellation) => epsilon > 0
        ? budget.SpendAsync(new BudgetSpend(id, query, epsilon, (double)(epsilon * epsilon) / 2), cancellation)
        : throw new DataException($"ε is {epsilon}; expected above 0.");

    static Ratio Scale(BigInteger sensitivity, decimal epsilon) => new Ratio(sensitivity, 1) / Ratio.Of(epsilon);

    // Sum in steps of the grid, and how far one row can move it.
    static (BigInteger Sum, BigInteger Most) Clamped(Column column, decimal low, decimal high, decimal grid)
    {
        if (low > high || grid <= 0 || (low == 0 && high == 0))
        {
            throw new DataException($"The bounds [{low}, {high}] with steps of {grid} are none. Expected low below high, and steps above 0.");
        }

        var (lowest, highest) = ((BigInteger)Math.Floor(low / grid), (BigInteger)Math.Ceiling(high / grid));
        BigInteger sum = 0;
        foreach (var value in Steps.Numbers.Of(column))
        {
            if (!double.IsNaN(value))
            {
                var clamped = value <= (double)low ? low : value >= (double)high ? high : (decimal)value;
                sum += BigInteger.Min(highest, BigInteger.Max(lowest, (BigInteger)Math.Round(clamped / grid)));
            }
        }

        return (sum, BigInteger.Max(BigInteger.Abs(lowest), BigInteger.Abs(highest)));
    }
}
