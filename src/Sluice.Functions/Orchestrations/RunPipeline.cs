using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Sluice.Functions.Activities;
using Sluice.Functions.Api;
using Sluice.Runs;

namespace Sluice.Functions.Orchestrations;

/// <summary>A run, stage after stage, until a version is committed or a gate refuses.</summary>
public static class RunPipeline
{
    [Function(nameof(RunPipeline))]
    public static async Task<RunOutcome> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context, RunRequest request)
    {
        try
        {
            return await StagesAsync(context, request);
        }
        catch (TaskFailedException failed)
        {
            await NoteAsync(context, new FailedRun(request, FailedRun.Shorten(RunStatus.Cause(failed.FailureDetails)!.ErrorMessage)));
            throw;
        }
    }

    static async Task<RunOutcome> StagesAsync(TaskOrchestrationContext context, RunRequest request)
    {
        var stage = new Stage(StageKind.Start, 0, "start", 0, 0);
        var asked = 0;
        while (stage.Outcome is null)
        {
            var open = stage;
            context.SetCustomStatus(open);
            if (open.Units > 0 || open.Wait is not null)
            {
                (_, asked) = await BudgetPause.UntilPaidAsync(context, request, open, asked, attempt => RunStage.CallAsync(context, request, open, attempt));
            }

            (stage, asked) = await BudgetPause.UntilPaidAsync(context, request, open, asked, _ =>
                context.CallActivityAsync<Stage>(nameof(AdvanceRun), new AdvanceRequest(request, open.Kind, open.Pass), Retry.Transient));
        }

        context.SetCustomStatus(stage);
        return stage.Outcome;
    }

    // Where even this fails, the run's own failure is what is told.
    internal static async Task NoteAsync(TaskOrchestrationContext context, FailedRun run)
    {
        try
        {
            await context.CallActivityAsync(nameof(FailRun), run, Retry.Transient);
        }
        catch (TaskFailedException)
        {
        }
    }
}
