using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Sluice.Labels.Review;
using Sluice.Runs;

namespace Sluice.Functions.Orchestrations;

/// <summary>The items of a review queue, in windows: so many are given out at the same time.</summary>
public static class ReviewLabels
{
    [Function(nameof(ReviewLabels))]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context, ReviewRun run)
    {
        var window = StageWindow.At(run.Cursor, run.Items, run.InFlight);
        var items = new List<Task>(window.Count);
        for (var item = window.From; item < window.To; item++)
        {
            var turn = new ReviewTurn(run.Queue, item, context.CurrentUtcDateTime, []);
            items.Add(context.CallSubOrchestratorAsync(nameof(ReviewLabel), turn, new SubOrchestrationOptions(instanceId: ReviewRun.ItemId(run.Queue, item))));
        }

        await Task.WhenAll(items);
        context.SetCustomStatus(window.To);
        if (window.To < run.Items)
        {
            context.ContinueAsNew(run with { Cursor = window.To });
        }
    }
}

/// <summary>A queue to review, from an item on.</summary>
public sealed record ReviewRun(string Queue, int Items, int InFlight, int Cursor = 0)
{
    /// <summary>The instance that an item's answers are told to: a second delivery of the parent's turn finds the same child.</summary>
    public static string ItemId(string queue, int item) => $"{queue}.{item}";
}
