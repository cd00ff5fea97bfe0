using System.Text.Json;
using Sluice.Storage;

namespace Sluice.Privacy.Differential;

/// <summary>What may be told of a dataset for ever.</summary>
/// <param name="Epsilon">Most ε.</param>
/// <param name="Delta">δ; 0: pure differential privacy, costs add up. Above 0: concentrated (zCDP), costs of many releases add up to less.</param>
public sealed record BudgetLimit(decimal Epsilon, double Delta = 0);

/// <summary>One release that was paid for.</summary>
/// <param name="Id">Its name, once per dataset.</param>
/// <param name="Query">What was asked, in words.</param>
/// <param name="Epsilon">Its ε when it is pure; otherwise 0.</param>
/// <param name="Rho">Its ρ (zCDP).</param>
public sealed record BudgetSpend(string Id, string Query, decimal Epsilon, double Rho);

/// <summary>State of a budget.</summary>
/// <param name="Limit">What may be spent.</param>
/// <param name="Spends">What was, in order.</param>
public sealed record BudgetState(BudgetLimit Limit, IReadOnlyList<BudgetSpend> Spends)
{
    /// <summary>ε spent so far, with these as well: the sum, or by zCDP ρ + 2·√(ρ·ln(1/δ)) (Bun and Steinke 2016).</summary>
    public double Spent(params IEnumerable<BudgetSpend> more)
    {
        var all = Spends.Concat(more).ToList();
        if (Limit.Delta == 0)
        {
            return (double)all.Sum(spend => spend.Epsilon);
        }

        var rho = all.Sum(spend => spend.Rho);
        return rho + (2 * Math.Sqrt(rho * Math.Log(1 / Limit.Delta)));
    }

    public bool Allows(BudgetSpend next) => Limit.Delta == 0
        ? next.Epsilon > 0 && Spends.Sum(spend => spend.Epsilon) + next.Epsilon <= Limit.Epsilon
        : next.Rho > 0 && Spent([next]) <= (double)Limit.Epsilon;
}

/// <summary>
/// The privacy budget of a dataset in the ledger. A release is paid for before its noise is drawn, by compare-and-swap, so that two at once cannot both
/// spend what is left; what would overspend is refused and told nothing.
/// </summary>
public sealed class PrivacyBudget(Ledger ledger, string dataset)
{
    const string Partition = "privacy-budgets";
    const int MaxSpends = 400, MaxTries = 64;

    /// <summary>Sets the limit of a dataset that has none.</summary>
    /// <exception cref="DataException">It has one: a budget that could be raised would be none.</exception>
    public async Task OpenAsync(BudgetLimit limit, CancellationToken cancellation)
    {
        if (limit.Epsilon <= 0 || limit.Delta is < 0 or >= 1)
        {
            throw new DataException($"A privacy budget of ε = {limit.Epsilon}, δ = {limit.Delta} is none. Expected ε above 0, and δ from 0 to below 1.");
        }

        if (await ledger.InsertAsync(Partition, dataset, Json(new BudgetState(limit, [])), cancellation) is null)
        {
            throw new DataException($"The dataset '{dataset}' has a privacy budget already. It cannot be changed: what was told of it stays told.");
        }
    }

    /// <summary>The budget as it stands; null when it was never opened.</summary>
    public async Task<BudgetState?> ReadAsync(CancellationToken cancellation) =>
        await ledger.GetAsync(Partition, dataset, cancellation) is { } row ? Parse(row) : null;

    /// <summary>Pays for a release.</summary>
    /// <exception cref="DataException">There is no budget, it would be overspent, or the release was paid for before.</exception>
    public async Task SpendAsync(BudgetSpend spend, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < MaxTries; attempt++)
        {
            var row = await ledger.GetAsync(Partition, dataset, cancellation)
                ?? throw new DataException($"The dataset '{dataset}' has no privacy budget. Open one first: how much may be told of it, for ever.");
            var state = Parse(row);
            if (state.Spends.Any(known => known.Id == spend.Id))
            {
                throw new DataException($"The release '{spend.Id}' of '{dataset}' was paid for and drawn before. Use its result: a second draw would tell more than was paid.");
            }

            if (state.Spends.Count >= MaxSpends || !state.Allows(spend))
            {
                throw new DataException(FormattableString.Invariant(
                    $"The privacy budget of '{dataset}' does not allow '{spend.Id}': ε {state.Spent():0.######} of {state.Limit.Epsilon} is spent by {state.Spends.Count} releases, with it {state.Spent([spend]):0.######}. Ask for less, with a smaller ε."));
            }

            if (await ledger.ReplaceAsync(row, Json(state with { Spends = [.. state.Spends, spend] }), cancellation) is not null)
            {
                return;
            }
        }

        throw new TransientException($"The privacy budget of '{dataset}' is changed by others all the time; nothing was spent. Try again.");
    }

    static string Json(BudgetState state) => JsonSerializer.Serialize(state, Steps.StepJson.Options);

    static BudgetState Parse(LedgerRow row) => JsonSerializer.Deserialize<BudgetState>(row.Json, Steps.StepJson.Options)!;
}
