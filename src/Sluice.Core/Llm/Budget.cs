using System.Globalization;
using System.Text;
using Sluice.Runs;
using Sluice.Storage;

namespace Sluice.Llm;

/// <summary>
/// What calls of a run may cost together. Before a call the most that it can cost is set aside, by compare-and-swap on a row of the ledger that all workers share, and
/// afterwards what it did cost is put in its place: so the limit holds however many ask at once. What is in doubt, since a kill or a stop cut it off, stays set aside: it may have been charged.
/// </summary>
/// <param name="ledger">Where the row is.</param>
/// <param name="run">The run.</param>
/// <param name="accounts">Accounts that every call counts in, with their limits: the run's and the step's. Empty: there is no limit, and nothing is kept.</param>
/// <param name="approval">How more is approved, as the end of a sentence; null: it cannot be.</param>
sealed class Budget(Ledger ledger, string run, IReadOnlyList<BudgetAccount> accounts, string? approval = Budget.ByCommand)
{
    /// <summary>How more is approved where somebody waits for the run at a terminal.</summary>
    public const string ByCommand = "with 'sluice run --approve-budget USD'";

    /// <summary>How more is approved for a run that waits in the app.</summary>
    public static string ByApi(string run) => $"with 'sluice runs approve {run} --budget USD' or by POST to /api/v1/runs/ID/approve";

    /// <summary>Whether there is a limit.</summary>
    public bool IsLimited => accounts.Count > 0;

    /// <summary>Sets the most that a call can cost aside.</summary>
    /// <param name="call">This try of the call.</param>
    /// <param name="most">US dollars.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="BudgetException">The call could cost more than is left.</exception>
    public async Task ReserveAsync(string call, decimal most, CancellationToken cancellation)
    {
        foreach (var account in accounts)
        {
            string? refusal = null;
            await ChangeAsync(account, state =>
            {
                var open = state.Open.Values.Sum();
                refusal = null;
                if (state.SpentUsd + open + most <= account.LimitUsd)
                {
                    state.Open[call] = most;
                    return;
                }

                // A call that does not fit is made as smaller ones; what is asked for is enough for it as a whole.
                state.RefusedUsd = Math.Max(most, state.RefusedUsd ?? 0);
                refusal = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{account.Title} may spend {account.LimitUsd:0.00####} US dollars: {state.SpentUsd:0.00####} are spent, {open:0.00####} set aside, and the next call could cost {most:0.00####}. "
                    + $"What was answered is kept. {(approval is null ? "Change" : $"Approve more {approval}, or change")} {account.Option}.");
            }, cancellation);
            if (refusal is not null)
            {
                throw new BudgetException(refusal);
            }
        }
    }

    /// <summary>Sets the most that the first calls of a batch can cost aside, of as many as there is money for; gives how many. Set aside before, it counts anew.</summary>
    public async Task<int> ReserveMostAsync(string batch, IReadOnlyList<ModelRequest> calls, TokenPrice? price, CancellationToken cancellation)
    {
        var (count, costs) = (calls.Count, accounts.Count == 0 ? [] : calls.Select(c => CallBound.Of(c).CostAt(price!)).ToArray());
        foreach (var account in accounts)
        {
            await ChangeAsync(account, state =>
            {
                var (left, fits) = (account.LimitUsd - state.SpentUsd - state.Open.Where(o => o.Key != batch).Sum(o => o.Value), 0);
                for (; fits < count && costs[fits] <= left; fits++)
                {
                    left -= costs[fits];
                }

                count = fits;
                state.Open[batch] = costs.Take(count).Sum();
            }, cancellation);
        }

        return count;
    }

    /// <summary>How an account stands.</summary>
    public static async Task<BudgetState> StateAsync(Ledger ledger, string run, BudgetAccount account, CancellationToken cancellation) =>
        await ledger.GetAsync($"budgets:{run}", Row(account), cancellation) is { } row && DocumentJson.Parse<Spending>(Encoding.UTF8.GetBytes(row.Json)) is { } state
            ? new BudgetState(state.SpentUsd, state.Open.Values.Sum(), state.RefusedUsd ?? 0)
            : default;

    /// <summary>Puts what a call did cost in the place of what was set aside. A second time changes nothing.</summary>
    public async Task SettleAsync(string call, decimal? costUsd, CancellationToken cancellation)
    {
        foreach (var account in accounts)
        {
            await ChangeAsync(account, state => state.SpentUsd += state.Open.Remove(call) ? costUsd ?? 0 : 0, cancellation);
        }
    }

    async Task ChangeAsync(BudgetAccount account, Action<Spending> change, CancellationToken cancellation)
    {
        while (true)
        {
            var row = await ledger.GetAsync(Partition, Row(account), cancellation);
            var state = row is null ? new Spending() : DocumentJson.Parse<Spending>(Encoding.UTF8.GetBytes(row.Json));
            change(state);
            var json = Encoding.UTF8.GetString(DocumentJson.Bytes(state));
            if (row?.Json == json
                || (row is null ? await ledger.InsertAsync(Partition, Row(account), json, cancellation) : await ledger.ReplaceAsync(row, json, cancellation)) is not null)
            {
                return;
            }
        }
    }

    string Partition => $"budgets:{run}";

    static string Row(BudgetAccount account) => account.Name.Length == 0 ? "run" : "step:" + account.Name.Replace('/', '.');

    sealed record Spending
    {
        public decimal SpentUsd { get; set; }

        /// <summary>Calls that are being made or in doubt, with the most that each can cost.</summary>
        public SortedDictionary<string, decimal> Open { get; init; } = new(StringComparer.Ordinal);

        /// <summary>The most that a call could cost that did not fit; null: all did.</summary>
        public decimal? RefusedUsd { get; set; }
    }
}

/// <summary>How an account stands.</summary>
/// <param name="SpentUsd">US dollars spent.</param>
/// <param name="SetAsideUsd">US dollars set aside for calls that were begun.</param>
/// <param name="NextUsd">What the call could cost that was not made.</param>
readonly record struct BudgetState(decimal SpentUsd, decimal SetAsideUsd, decimal NextUsd)
{
    public decimal NeededUsd => SpentUsd + SetAsideUsd + NextUsd;
}

/// <summary>A limit.</summary>
/// <param name="Name">Id of the step; empty for the run.</param>
/// <param name="LimitUsd">US dollars.</param>
sealed record BudgetAccount(string Name, decimal LimitUsd)
{
    public string Title => Name.Length == 0 ? "The run" : $"Step '{Name}'";

    public string Option => Name.Length == 0 ? "'budget_usd' under 'optimization'" : "the step's 'budget_usd'";
}
