using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Sluice.Functions.Activities;
using Sluice.Functions.Api;
using Sluice.Runs;

namespace Sluice.Functions.Orchestrations;

/// <summary>A run of a pipeline of several chains: each is a run of its own, begun when those that it reads are done. Where one fails, those that do not read it are finished first.</summary>
public static class RunGraph
{
    [Function(nameof(RunGraph))]
    public static async Task<GraphOutcome> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context, RunRequest request)
    {
        await CheckAsync(context, request);
        TaskFailedException? first = null;
        var outcome = await GraphRun.WalkAsync(
            request,
            async chain =>
            {
                try
                {
                    return await context.CallSubOrchestratorAsync<RunOutcome>(nameof(RunPipeline), chain, new SubOrchestrationOptions(instanceId: chain.RunId));
                }
                catch (TaskFailedException failed)
                {
                    first ??= failed;
                    return null;
                }
            },
            states => context.SetCustomStatus(states));
        return first is null ? outcome : throw first;
    }

    // Before any chain begins: a fault in the last one is told before the first one has written anything.
    static async Task CheckAsync(TaskOrchestrationContext context, RunRequest request)
    {
        try
        {
            await context.CallActivityAsync(nameof(CheckGraph), request, Retry.Transient);
        }
        catch (TaskFailedException failed)
        {
            await RunPipeline.NoteAsync(context, new FailedRun(request, FailedRun.Shorten(RunStatus.Cause(failed.FailureDetails)!.ErrorMessage)));
            throw;
        }
    }
}
