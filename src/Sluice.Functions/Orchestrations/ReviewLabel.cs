using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Sluice.Functions.Activities;
using Sluice.Labels.Review;

namespace Sluice.Functions.Orchestrations;

/// <summary>
/// One item of a review queue until it has a label: asks people, waits for answers or until somebody's time is over, asks others. The answers are in the store;
/// the event only says that there is one, so it may be lost, late or told twice.
/// </summary>
public static class ReviewLabel
{
    /// <summary>The event that says that an answer is there.</summary>
    public const string Answered = "answered";

    [Function(nameof(ReviewLabel))]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context, ReviewTurn turn)
    {
        while (true)
        {
            turn = await context.CallActivityAsync<ReviewTurn>(nameof(TurnReview), turn with { Now = context.CurrentUtcDateTime }, Retry.Transient);
            context.SetCustomStatus(turn.Assignments.Count);
            if (turn.Outcome is not null)
            {
                return;
            }

            if (turn.IsLong)
            {
                context.ContinueAsNew(turn);
                return;
            }

            try
            {
                await context.WaitForExternalEvent<string>(Answered, turn.Pause);
            }
            catch (TaskCanceledException)
            {
                // Somebody's time is over: the next turn asks another.
            }
        }
    }
}
