using System.Globalization;
using System.Text;
using Sluice.Runs;
using Sluice.Storage;

namespace Sluice.Llm;

/// <summary>
/// What calls of a run may cost together. Before a call the most that it can cost is set aside, by compare-and-swap on a row of the ledger that all workers share, and
/// afterwards what it did cost is put in its place: so the limit holds however many ask at once. Calls of a killed worker stay set aside until they are made again.
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

    /// <exception cref="BudgetException">The call could cost more than is left.</exception>
    public async Task ReserveAsync(string call, ModelRequest request, ModelInfo model, CancellationToken cancellation)
    {
        var reserved = new List<BudgetAccount>();
        foreach (var account in accounts)
        {
            var most = MostOf(request, model.Price!);
            var (isNew, refusal) = (false, (string?)null);
            await ChangeAsync(account, state =>
            {
                var open = state.Open.Where(o => o.Key != call).Sum(o => o.Value);
                (isNew, refusal) = (!state.Open.ContainsKey(call), null);
                if (state.SpentUsd + open + most <= account.LimitUsd)
                {
                    state.Open[call] = most;
                    return;
                }

                state.RefusedUsd = most;
                refusal = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{account.Title} may spend {account.LimitUsd:0.00####} US dollars: {state.SpentUsd:0.00####} are spent, {open:0.00####} set aside, and the next call could cost {most:0.00####}. "
                    + $"What was answered is kept. {(approval is null ? "Change" : $"Approve more {approval}, or change")} {account.Option}.");
            }, cancellation);
            if (refusal is not null)
            {
                // What the other accounts set aside for it is of use to other calls.
                foreach (var other in reserved)
                {
                    await ChangeAsync(other, state => state.Open.Remove(call), CancellationToken.None);
                }

                throw new BudgetException(refusal);
            }

            if (isNew)
            {
                reserved.Add(account);
            }
        }
    }

    /// <summary>Sets the most that the first calls of a batch can cost aside, of as many as there is money for; gives how many. Set aside before, it counts anew.</summary>
    public async Task<int> ReserveMostAsync(string batch, IReadOnlyList<ModelRequest> calls, TokenPrice? price, CancellationToken cancellation)
    {
        var (count, costs) = (calls.Count, accounts.Count == 0 ? [] : calls.Select(c => MostOf(c, price!)).ToArray());
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
    /// <param name="call">The call.</param>
    /// <param name="costUsd">What it cost.</param>
    /// <param name="cancellation">Stops.</param>
    /// <param name="againUsd">What the same call cost that another made at the same time.</param>
    public async Task SettleAsync(string call, decimal? costUsd, CancellationToken cancellation, decimal againUsd = 0)
    {
        foreach (var account in accounts)
        {
            await ChangeAsync(account, state => state.SpentUsd += (state.Open.Remove(call) ? costUsd ?? 0 : 0) + againUsd, cancellation);
        }
    }

    /// <summary>No tokenizer makes more tokens than there are bytes; what it frames them with is few.</summary>
    static decimal MostOf(ModelRequest request, TokenPrice price)
    {
        const int framing = 256;
        var bytes = Encoding.UTF8.GetByteCount(request.Prompt) + Encoding.UTF8.GetByteCount(request.System ?? "") + Encoding.UTF8.GetByteCount(request.AnswerSchema ?? "");
        var input = Math.Max(price.Input, price.CacheWrite ?? 0);
        return (((bytes + framing) * input) + ((request.MaxOutputTokens + ThinkingTokens(request)) * price.Output)) / 1_000_000m;
    }

    // More than any model thinks in a second.
    static long ThinkingTokens(ModelRequest request) => Math.Max(request.ThinkingTokens, (long)(request.ThinkingTime.TotalSeconds * 200));

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

        /// <summary>Calls that are being made, with the most that each can cost.</summary>
        public SortedDictionary<string, decimal> Open { get; init; } = new(StringComparer.Ordinal);

        /// <summary>The most that the last call could cost that was not made; null: all were.</summary>
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
