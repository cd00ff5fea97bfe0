using Microsoft.DurableTask;
using Sluice.Functions.Activities;
using Sluice.Functions.Api;
using Sluice.Llm;
using Sluice.Runs;

namespace Sluice.Functions.Orchestrations;

/// <summary>
/// Work of a run that waits, where a budget stops it, until somebody approves more, and is then done again: it finds what it has and goes on. The decision is in the
/// store; the event only says that there is one, so it may be lost, late or told twice. A run that was started without a time to wait goes as it did before.
/// </summary>
static class BudgetPause
{
    // The store is looked at too, should the event be lost; the history of a long wait, and of a run that is approved a little at a time, stays short.
    const int LooksPerWait = 48, MostAsks = 100;

    /// <summary>The event that says that an ask was decided.</summary>
    public static string Decided(int number) => FormattableString.Invariant($"approval-{number}");

    /// <returns>What the work gave, which is told how many asks there were, and how many there are now.</returns>
    public static async Task<(T Result, int Asked)> UntilPaidAsync<T>(TaskOrchestrationContext context, RunRequest request, Stage stage, int asked, Func<int, Task<T>> work)
    {
        while (asked < MostAsks)
        {
            string reason;
            try
            {
                return (await work(asked), asked);
            }
            catch (TaskFailedException failed) when (request.ApprovalTime > TimeSpan.Zero && RunStatus.IsOfBudget(failed.FailureDetails))
            {
                reason = RunStatus.Cause(failed.FailureDetails)!.ErrorMessage;
            }

            await ApprovedAsync(context, new AskedApproval(request, ++asked, reason), stage);
            context.SetCustomStatus(stage);
        }

        return (await work(asked), asked);
    }

    static async Task ApprovedAsync(TaskOrchestrationContext context, AskedApproval asked, Stage stage)
    {
        var ask = await context.CallActivityAsync<ApprovalAsk>(nameof(AskApproval), asked, Retry.Transient);
        context.SetCustomStatus(stage with { Approval = ask });
        while (await context.CallActivityAsync<ApprovalDecision?>(nameof(ReadApproval), new AskedApproval(asked.Run, asked.Number, ""), Retry.Transient) is null)
        {
            try
            {
                await context.WaitForExternalEvent<string>(Decided(asked.Number), asked.Run.ApprovalTime!.Value / LooksPerWait);
            }
            catch (TaskCanceledException)
            {
                // Nobody said anything: looked at again, and the activity knows when the time is over.
            }
        }
    }
}
