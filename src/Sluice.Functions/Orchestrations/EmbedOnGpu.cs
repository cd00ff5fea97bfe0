using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Sluice.Embedding;
using Sluice.Functions.Activities;

namespace Sluice.Functions.Orchestrations;

/// <summary>Has a version embedded by the job; when the job fails or takes too long, by the app.</summary>
public static class EmbedOnGpu
{
    [Function(nameof(EmbedOnGpu))]
    public static async Task<EmbedOutcome?> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context, EmbedRun run)
    {
        var manifest = run.Manifest ?? await context.CallActivityAsync<string>(nameof(PrepareEmbedding), run.Request, Retry.Transient);
        run = run with { Manifest = manifest, Until = run.Until ?? context.CurrentUtcDateTime + run.Deadline };
        string reason;
        try
        {
            run = run with
            {
                Execution = run.Execution ?? await context.CallActivityAsync<string>(nameof(StartEmbedJob), new EmbedStart(context.InstanceId, manifest), Retry.Transient),
            };
            var execution = new EmbedExecution(run.Execution, manifest);
            for (var poll = 0; ; poll++)
            {
                context.SetCustomStatus(execution);
                if (context.CurrentUtcDateTime >= run.Until)
                {
                    await context.CallActivityAsync(nameof(StopEmbedJob), execution, Retry.Transient);
                    reason = "The embedding job did not end before its deadline and was stopped.";
                    break;
                }

                if (poll == EmbedPolling.PollsPerHistory)
                {
                    context.ContinueAsNew(run);
                    return null;
                }

                await context.CreateTimer(EmbedPolling.Pause(run.Polls), CancellationToken.None);
                run = run with { Polls = run.Polls + 1 };
                var progress = await context.CallActivityAsync<EmbedProgress>(nameof(PollEmbedJob), execution, Retry.Transient);
                if (progress.Outcome is not null || !progress.IsRunning)
                {
                    return progress.Outcome ?? await InsteadAsync(context, manifest, "The embedding job ended without a receipt.");
                }
            }
        }
        catch (TaskFailedException e) when (e.TaskName != nameof(EmbedHere))
        {
            reason = EmbedInstead.Shorten(e.FailureDetails.ErrorMessage);
        }

        return await InsteadAsync(context, manifest, reason);
    }

    static Task<EmbedOutcome> InsteadAsync(TaskOrchestrationContext context, string manifest, string reason) =>
        context.CallActivityAsync<EmbedOutcome>(nameof(EmbedHere), new EmbedInstead(manifest, reason), Retry.Transient);
}
