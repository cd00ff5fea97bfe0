using Microsoft.DurableTask.Client;
using Sluice.Functions.Orchestrations;
using Sluice.Llm;
using Sluice.Runs;

namespace Sluice.Functions.Api;

/// <summary>A chain of a run as the API shows it.</summary>
/// <param name="Dataset">Dataset that it makes.</param>
/// <param name="After">Datasets of the chains that it reads.</param>
/// <param name="Status">waiting, skipped (a chain that it reads has no version), or the status of its run.</param>
/// <param name="Run">Its run; null: it has not begun.</param>
public sealed record ChainStatus(string Dataset, IReadOnlyList<string> After, string Status, RunStatus? Run);

/// <summary>Runs of pipelines of several chains, as they stand.</summary>
public static class GraphStatus
{
    /// <summary>A run with its chains, where it has several.</summary>
    public static async Task<RunStatus> OfAsync(DurableTaskClient client, OrchestrationMetadata run, CancellationToken cancellation)
    {
        if (!IsGraph(run))
        {
            return RunStatus.Of(run);
        }

        var chains = new List<ChainStatus>();
        var graph = GraphOf(run);
        var states = StatesOf(run);
        for (var i = 0; i < graph.Count; i++)
        {
            var child = await client.GetInstanceAsync(GraphRun.RunId(run.InstanceId, i), getInputsAndOutputs: true, cancellation);
            var status = child is null ? null : RunStatus.Of(child);
            var idle = run.RuntimeStatus == OrchestrationRuntimeStatus.Terminated ? "stopped" : states?[i] == ChainState.Skipped || run.IsCompleted ? "skipped" : "waiting";
            chains.Add(new ChainStatus(graph[i].Dataset, [.. graph[i].After.Select(read => graph[read].Dataset)], status?.Status ?? idle, status));
        }

        var whole = RunStatus.Of(run);
        return whole with
        {
            Status = !run.IsCompleted && chains.Exists(c => c.Status == RunStatus.Waiting) ? RunStatus.Waiting : whole.Status,
            Stage = Words(chains),
            Approval = chains.Select(c => c.Run?.Approval).OfType<ApprovalAsk>().MaxBy(a => a.LeastUsd),
            Chains = chains,
        };
    }

    /// <summary>Ids under which a run works: its own, and those of its chains.</summary>
    public static IEnumerable<string> RunIdsOf(OrchestrationMetadata run) => GraphOf(run).Select((_, i) => GraphRun.RunId(run.InstanceId, i)).Prepend(run.InstanceId);

    /// <summary>The requests of what a run does now: of itself, or of its chains that have begun and not ended.</summary>
    public static IEnumerable<RunRequest> RunningOf(OrchestrationMetadata run)
    {
        var request = run.ReadInputAs<RunRequest>()!;
        return request.Graph is null ? [request]
            : Enumerable.Range(0, request.Graph.Count).Where(i => StatesOf(run)?[i] == ChainState.Running).Select(i => GraphRun.ChainOf(request, i));
    }

    public static bool IsGraph(OrchestrationMetadata run) => run.Name == nameof(RunGraph);

    static IReadOnlyList<ChainLink> GraphOf(OrchestrationMetadata run) => IsGraph(run) ? run.ReadInputAs<RunRequest>()!.Graph! : [];

    // None until the pipeline is checked.
    static ChainState[]? StatesOf(OrchestrationMetadata run) => run.SerializedCustomStatus is null ? null : run.ReadCustomStatusAs<ChainState[]>();

    static string Words(List<ChainStatus> chains) => FormattableString.Invariant($"{chains.Count(c => c.Status == "completed")} of {chains.Count} chains");
}
