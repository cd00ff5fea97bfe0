using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Sluice.Llm;
using Sluice.Runs;

namespace Sluice.Functions.Api;

/// <summary>A run as the API shows it.</summary>
/// <param name="Run">Run id.</param>
/// <param name="Status">pending, running, waiting_for_approval, completed, failed, gate_failed, stopped, suspended.</param>
/// <param name="Stage">What it is doing now.</param>
/// <param name="Units">Units of that stage.</param>
/// <param name="Reused">Units whose finished work was found.</param>
/// <param name="Version">The version it made, or found; of several chains, each has its own.</param>
/// <param name="UpToDate">True when nothing had to be done.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="CreatedAt">When it was started.</param>
/// <param name="LastUpdatedAt">When it last moved.</param>
/// <param name="Approval">What it waits for somebody to approve.</param>
/// <param name="Chains">The chains of a pipeline that has several; null: it has one.</param>
public sealed record RunStatus(
    string Run, string Status, string? Stage, int Units, int Reused, string? Version, bool UpToDate, string? Error, DateTimeOffset CreatedAt, DateTimeOffset LastUpdatedAt,
    ApprovalAsk? Approval = null, IReadOnlyList<ChainStatus>? Chains = null)
{
    public const string Waiting = "waiting_for_approval";

    public static RunStatus Of(OrchestrationMetadata run) => GraphStatus.IsGraph(run) ? OfGraph(run) : OfChain(run);

    static RunStatus OfGraph(OrchestrationMetadata run)
    {
        var ended = run.RuntimeStatus == OrchestrationRuntimeStatus.Completed ? run.ReadOutputAs<GraphOutcome>()!.Chains : [];
        var refused = ended.FirstOrDefault(c => c.State == ChainState.GateFailed);
        var status = refused is not null ? "gate_failed" : run.RuntimeStatus == OrchestrationRuntimeStatus.Terminated ? "stopped" : run.RuntimeStatus.ToString().ToLowerInvariant();
        return new RunStatus(
            run.InstanceId, status, null, 0, 0, null, ended.Count > 0 && ended.All(c => c.UpToDate),
            refused is null ? Cause(run.FailureDetails)?.ErrorMessage : $"A gate refused the rows of '{refused.Dataset}'.", run.CreatedAt, run.LastUpdatedAt);
    }

    static RunStatus OfChain(OrchestrationMetadata run)
    {
        var stage = run.SerializedCustomStatus is null ? null : run.ReadCustomStatusAs<Stage>();
        var outcome = run.RuntimeStatus == OrchestrationRuntimeStatus.Completed ? run.ReadOutputAs<RunOutcome>() : null;
        var status = run.RuntimeStatus switch
        {
            OrchestrationRuntimeStatus.Completed when outcome?.GateFailure is not null => "gate_failed",
            OrchestrationRuntimeStatus.Terminated => "stopped",
            OrchestrationRuntimeStatus.Running when stage?.Approval is not null => Waiting,
            var other => other.ToString().ToLowerInvariant(),
        };
        return new RunStatus(
            run.InstanceId, status, stage?.Title, stage?.Units ?? 0, stage?.Reused ?? 0, outcome?.Version, outcome?.UpToDate ?? false,
            outcome?.GateFailure ?? Cause(run.FailureDetails)?.ErrorMessage, run.CreatedAt, run.LastUpdatedAt,
            run.IsCompleted ? null : stage?.Approval);
    }

    /// <summary>Whether it was stopped by a budget.</summary>
    public static bool IsOfBudget(TaskFailureDetails failure) => Cause(failure)?.ErrorType == typeof(BudgetException).FullName;

    /// <summary>The innermost failure: what is outside of it only says which activity it came through.</summary>
    public static TaskFailureDetails? Cause(TaskFailureDetails? failure)
    {
        while (failure?.InnerFailure is { } inner && failure.ErrorType is "Microsoft.DurableTask.TaskFailedException")
        {
            failure = inner;
        }

        return failure;
    }
}
