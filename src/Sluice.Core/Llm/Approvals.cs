using System.Globalization;
using Sluice.Runs;
using Sluice.Storage;

namespace Sluice.Llm;

/// <summary>What a run asks for that may not spend more.</summary>
/// <param name="Number">From 1: a run may ask more than once.</param>
/// <param name="Reason">What cannot be paid, with its figures.</param>
/// <param name="LimitUsd">US dollars that it may spend.</param>
/// <param name="SpentUsd">US dollars that are spent.</param>
/// <param name="SetAsideUsd">US dollars set aside for calls that were begun and have not answered.</param>
/// <param name="NextUsd">US dollars that the next call could cost.</param>
/// <param name="LeastUsd">Least budget of the run with which the next call is made.</param>
/// <param name="At">When it was asked.</param>
/// <param name="Until">When it is refused by itself.</param>
public sealed record ApprovalAsk(
    int Number, string Reason, decimal LimitUsd, decimal SpentUsd, decimal SetAsideUsd, decimal NextUsd, decimal LeastUsd, DateTimeOffset At, DateTimeOffset Until);

/// <summary>What somebody said to it.</summary>
/// <param name="BudgetUsd">US dollars that the run may spend in all; null: refused.</param>
/// <param name="By">Who said it; null: nobody did in time.</param>
/// <param name="At">When.</param>
/// <param name="Note">Why; null: not said.</param>
public sealed record ApprovalDecision(decimal? BudgetUsd, string? By, DateTimeOffset At, string? Note = null);

/// <summary>A question and the answer to it, null while there is none.</summary>
public sealed record Approval(ApprovalAsk Ask, ApprovalDecision? Decision);

/// <summary>What a run asked people for money, and what they said: documents that are written once, so the first answer counts and a second delivery finds it.</summary>
public sealed class Approvals(ObjectStore store, string run)
{
    /// <summary>The ask that counts: the first of its number.</summary>
    public async Task<ApprovalAsk> AskAsync(ApprovalAsk ask, CancellationToken cancellation) =>
        await store.CreateAsync(AskPath(ask.Number), DocumentJson.Bytes(ask), cancellation) ? ask : (await ReadAsync<ApprovalAsk>(AskPath(ask.Number), cancellation))!;

    /// <summary>The decision that counts: the first. What is approved for one of several chains is approved for the whole run.</summary>
    public async Task<ApprovalDecision> DecideAsync(int number, ApprovalDecision decision, CancellationToken cancellation)
    {
        var counts = await store.CreateAsync(DecisionPath(number), DocumentJson.Bytes(decision), cancellation)
            ? decision
            : (await ReadAsync<ApprovalDecision>(DecisionPath(number), cancellation))!;
        if (counts.BudgetUsd is not null && GraphRun.WholeOf(run) is { } whole)
        {
            await store.CreateAsync($"{WholePrefix(whole)}{run}-{number.ToString(CultureInfo.InvariantCulture)}.json", DocumentJson.Bytes(counts), cancellation);
        }

        return counts;
    }

    /// <summary>One of them; null: it was not asked.</summary>
    public async Task<Approval?> FindAsync(int number, CancellationToken cancellation) =>
        await ReadAsync<ApprovalAsk>(AskPath(number), cancellation) is { } ask
            ? new Approval(ask, await ReadAsync<ApprovalDecision>(DecisionPath(number), cancellation))
            : null;

    /// <summary>All, in the order they were asked.</summary>
    public async Task<IReadOnlyList<Approval>> AllAsync(CancellationToken cancellation)
    {
        var all = new List<Approval>();
        while (await FindAsync(all.Count + 1, cancellation) is { } next)
        {
            all.Add(next);
        }

        return all;
    }

    /// <summary>US dollars that were approved last; null: none were.</summary>
    public async Task<decimal?> ApprovedUsdAsync(CancellationToken cancellation) =>
        (await AllAsync(cancellation)).LastOrDefault(a => a.Decision?.BudgetUsd is not null)?.Decision!.BudgetUsd;

    /// <summary>US dollars that were approved for any chain of a run of several, the most; null: none were.</summary>
    public static async Task<decimal?> ApprovedForAllAsync(ObjectStore store, string whole, CancellationToken cancellation)
    {
        decimal? most = null;
        await foreach (var decision in store.ListAsync(WholePrefix(whole), cancellation))
        {
            var usd = DocumentJson.Parse<ApprovalDecision>(await store.ReadAsync(decision.Path, cancellation)).BudgetUsd!.Value;
            most = Math.Max(most ?? usd, usd);
        }

        return most;
    }

    static string WholePrefix(string whole) => $"runs/{whole}/approved/";

    async Task<T?> ReadAsync<T>(string path, CancellationToken cancellation)
        where T : class =>
        await store.StatAsync(path, cancellation) is null ? null : DocumentJson.Parse<T>(await store.ReadAsync(path, cancellation));

    string AskPath(int number) => FormattableString.Invariant($"runs/{run}/approvals/{number}.json");

    string DecisionPath(int number) => FormattableString.Invariant($"runs/{run}/approvals/{number}-decision.json");
}
