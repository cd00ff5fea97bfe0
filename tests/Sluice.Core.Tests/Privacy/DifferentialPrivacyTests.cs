using Sluice.Batches;
using Sluice.Privacy.Differential;
using Sluice.Storage;

namespace Sluice.Core.Tests.Privacy;

public sealed class DifferentialPrivacyTests
{
    const int Draws = 20_000;

    // The sampler cannot be seeded: it draws from the system. Bounds are six standard errors wide, so that chance fails once in 10^8 runs.
    [Fact]
    public async Task A_quantile_is_near_the_one_asked_for_and_on_the_grid()
    {
        var budget = await Open(new BudgetLimit(1_000));
        var values = new ValueBuilder<long>(ColumnType.Int64);
        Enumerable.Range(0, 1_001).ToList().ForEach(value => values.Append(value));
        var column = values.Build();

        var median = await new PrivateAggregates(budget).QuantileAsync("q", [column, column], 0.5m, 0, 2_000, 5, 20, default);

        Assert.InRange(median, 490, 510);
        Assert.Equal(0, median % 5);
        Assert.Equal(20, (await budget.ReadAsync(default))!.Spent());
    }

    [Fact]
    public async Task Bounds_that_are_none_are_refused_before_anything_is_spent()
    {
        var budget = await Open(new BudgetLimit(1));
        var aggregates = new PrivateAggregates(budget);

        await Assert.ThrowsAsync<DataException>(() => aggregates.QuantileAsync("a", [TextColumn.Of("1")], 0.5m, 5, 5, 1, 0.5m, default));
        await Assert.ThrowsAsync<DataException>(() => aggregates.QuantileAsync("b", [TextColumn.Of("1")], 1.5m, 0, 5, 1, 0.5m, default));

        Assert.Equal(0, (await budget.ReadAsync(default))!.Spent());
    }

    [Fact]
    public void Laplace_noise_has_the_shape_of_its_scale()
    {
        var draws = Enumerable.Range(0, Draws).Select(_ => (double)DiscreteNoise.Laplace(new Ratio(5, 2))).ToList();

        var p = Math.Exp(-1 / 2.5);
        var variance = 2 * p / ((1 - p) * (1 - p));
        Assert.InRange(draws.Average(), -6 * Math.Sqrt(variance / Draws), 6 * Math.Sqrt(variance / Draws));
        Assert.InRange(draws.Average(x => x * x), variance * 0.88, variance * 1.12);
        var zero = (1 - p) / (1 + p);
        Assert.InRange(draws.Count(x => x == 0) / (double)Draws, zero - (6 * Math.Sqrt(zero / Draws)), zero + (6 * Math.Sqrt(zero / Draws)));
    }

    [Fact]
    public void Gaussian_noise_has_the_shape_of_its_variance()
    {
        var draws = Enumerable.Range(0, Draws).Select(_ => (double)DiscreteNoise.Gaussian(new Ratio(9, 1))).ToList();

        Assert.InRange(draws.Average(), -6 * Math.Sqrt(9.0 / Draws), 6 * Math.Sqrt(9.0 / Draws));
        Assert.InRange(draws.Average(x => x * x), 9 * 0.93, 9 * 1.07);
    }

    [Fact]
    public async Task A_release_that_would_overspend_is_refused_and_nothing_is_spent()
    {
        var budget = await Open(new BudgetLimit(1));
        var aggregates = new PrivateAggregates(budget);
        var column = TextColumn.Of("a", "b", "a");
        await aggregates.CountAsync("first", [column], 0.75m, default);

        var refusal = await Assert.ThrowsAsync<DataException>(() => aggregates.CountAsync("second", [column], 0.5m, default));
        await aggregates.HistogramAsync("third", [column], ["a", "b"], 0.25m, default);

        Assert.StartsWith("The privacy budget of 'patients' does not allow 'second': ε 0.75 of 1 is spent by 1 releases, with it 1.25.", refusal.Message);
        Assert.Equal(1, (await budget.ReadAsync(default))!.Spent());
    }

    [Fact]
    public async Task A_release_is_drawn_once()
    {
        var budget = await Open(new BudgetLimit(10));
        await budget.SpendAsync(new BudgetSpend("a", "count", 1, 0.5), default);

        var refusal = await Assert.ThrowsAsync<DataException>(() => budget.SpendAsync(new BudgetSpend("a", "count", 1, 0.5), default));

        Assert.StartsWith("The release 'a' of 'patients' was paid for and drawn before.", refusal.Message);
    }

    [Fact]
    public async Task Many_at_once_never_spend_more_than_there_is()
    {
        var budget = await Open(new BudgetLimit(1));

        var paid = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () =>
        {
            try
            {
                await budget.SpendAsync(new BudgetSpend($"r{i}", "count", 0.1m, 0.005), default);
                return 1;
            }
            catch (DataException)
            {
                return 0;
            }
        })));

        Assert.Equal(10, paid.Sum());
        Assert.Equal(1, (await budget.ReadAsync(default))!.Spent(), 9);
    }

    [Fact]
    public async Task A_budget_cannot_be_raised()
    {
        var ledger = new MemoryLedger();
        await new PrivacyBudget(ledger, "patients").OpenAsync(new BudgetLimit(1), default);

        var refusal = await Assert.ThrowsAsync<DataException>(() => new PrivacyBudget(ledger, "patients").OpenAsync(new BudgetLimit(9), default));

        Assert.StartsWith("The dataset 'patients' has a privacy budget already.", refusal.Message);
    }

    [Fact]
    public void Many_gaussian_releases_cost_less_than_their_sum()
    {
        var spends = Enumerable.Range(0, 100).Select(i => new BudgetSpend($"{i}", "sum", 0, 0.005)).ToList();

        // ρ = 0.5: 0.5 + 2·√(0.5·ln(10⁶)).
        Assert.Equal(5.7565, new BudgetState(new BudgetLimit(10, 1e-6), spends).Spent(), 0.001);
    }

    [Fact]
    public async Task Sums_and_means_stay_near_the_clamped_ones_and_on_their_grid()
    {
        var aggregates = new PrivateAggregates(await Open(new BudgetLimit(1_000)));
        var column = new ValueColumn<double>(ColumnType.Float64, [1.5, 2.5, 1e9, double.NaN, -7]);

        var sum = await aggregates.SumAsync("s", [column], 0, 10, 0.5m, 500, default);
        var mean = await aggregates.MeanAsync("m", [column], 0, 10, 0.5m, 400, default);

        // ε this large leaves next to no noise: e^(−25) that it is a step away.
        Assert.Equal(14m, sum);
        Assert.InRange(mean!.Value, 2.5m, 4m);
    }

    static async Task<PrivacyBudget> Open(BudgetLimit limit)
    {
        var budget = new PrivacyBudget(new MemoryLedger(), "patients");
        await budget.OpenAsync(limit, default);
        return budget;
    }
}
