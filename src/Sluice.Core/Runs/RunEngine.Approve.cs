using System.Globalization;
using Sluice.Llm;

namespace Sluice.Runs;

// A run that would pass its budget can ask for more and wait, where somebody drives it who can wait: what was answered is kept, so it goes on where it was.
public sealed partial class RunEngine
{
    // It is part of the custom status, beside a title.
    const int MaxReason = 400;

    /// <summary>Writes down what a run asks for that was stopped by a budget.</summary>
    /// <param name="request">The run.</param>
    /// <param name="number">Which of its asks, from 1.</param>
    /// <param name="reason">Why it was stopped.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>The ask; that of an earlier delivery if there was one.</returns>
    public async Task<ApprovalAsk> AskApprovalAsync(RunRequest request, int number, string reason, CancellationToken cancellation)
    {
        var approvals = new Approvals(store, request.RunId);
        if (await approvals.FindAsync(number, cancellation) is { } known)
        {
            return known.Ask;
        }

        var run = await OpenAsync(request.RunId, cancellation);
        var states = new List<(decimal Limit, BudgetState State)>();
        for (var i = 0; i < run.Steps.Count; i++)
        {
            if (run.Steps[i] is IAskModels asking)
            {
                foreach (var account in await AccountsAsync(run, run.Chain[i].Id, asking, cancellation))
                {
                    states.Add((account.LimitUsd, await Budget.StateAsync(ledger, run.WholeId, account, cancellation)));
                }
            }
        }

        // The one that lacks most is the one that is told of; enough for it and for all others is asked for.
        var (limit, state) = states.MaxBy(s => s.State.NeededUsd - s.Limit);
        var now = time.GetUtcNow();
        var least = states.Max(s => s.State.SpentUsd + s.State.SetAsideUsd) + states.Max(s => s.State.NextUsd);
        return await approvals.AskAsync(
            new ApprovalAsk(number, Cut(reason, MaxReason), limit, state.SpentUsd, state.SetAsideUsd, state.NextUsd, least, now, now + request.ApprovalTime!.Value), cancellation);
    }

    /// <summary>Whether somebody has decided; when the time is over, nobody can any more.</summary>
    /// <exception cref="BudgetException">It was refused, by somebody or by the time.</exception>
    public async Task<ApprovalDecision?> ApprovalAsync(string runId, int number, CancellationToken cancellation)
    {
        var approvals = new Approvals(store, runId);
        var approval = await approvals.FindAsync(number, cancellation)
            ?? throw new DataException($"Run '{runId}' has no ask {number.ToString(CultureInfo.InvariantCulture)} in the store. Was part of the store deleted? Start a new run.");
        var decision = approval.Decision;
        if (decision is null && time.GetUtcNow() >= approval.Ask.Until)
        {
            decision = await approvals.DecideAsync(number, new ApprovalDecision(null, null, time.GetUtcNow()), cancellation);
        }

        return decision is not { BudgetUsd: null } refused ? decision : throw new BudgetException(refused.By is { } by
            ? $"{by} refused a higher budget{(refused.Note is { Length: > 0 } note ? $" ({note})" : "")}. What was answered is kept."
            : $"Nobody approved a higher budget until {approval.Ask.Until:u}. What was answered is kept.");
    }

    async Task<Budget> BudgetAsync(Run run, string id, IAskModels step, CancellationToken cancellation) =>
        new(ledger, run.WholeId, await AccountsAsync(run, id, step, cancellation), run.Plan.Request.ApprovalTime switch
        {
            null => Budget.ByCommand,
            var time when time > TimeSpan.Zero => Budget.ByApi(run.WholeId),
            _ => null,
        });

    async Task<IReadOnlyList<BudgetAccount>> AccountsAsync(Run run, string id, IAskModels step, CancellationToken cancellation)
    {
        var (whole, own) = ((decimal?)run.Pipeline.Optimization.BudgetUsd, step.BudgetUsd);
        if (whole is null && own is null)
        {
            return [];
        }

        // What is approved when the run starts takes the place of its budget; what is approved later only adds to it.
        var (atStart, later) = ((decimal?)run.Plan.Request.ApprovedUsd, await new Approvals(store, run.Id).ApprovedUsdAsync(cancellation) ?? 0);
        later = run.Plan.Request.Chain is null ? later : Math.Max(later, await Approvals.ApprovedForAllAsync(store, run.WholeId, cancellation) ?? 0);
        var accounts = new List<BudgetAccount>();
        if (whole is { } limit)
        {
            accounts.Add(new BudgetAccount("", Math.Max(atStart ?? limit, later)));
        }

        if (own is { } ownLimit)
        {
            // The parts of one step spend its money together.
            accounts.Add(new BudgetAccount(run.Chain.First(s => s.Id == id).Group, Math.Max(Math.Max(ownLimit, atStart ?? ownLimit), later)));
        }

        return accounts;
    }
}
