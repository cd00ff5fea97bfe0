using Microsoft.Azure.Functions.Worker;
using Sluice.Functions.Crowd;
using Sluice.Labels.Review;

namespace Sluice.Functions.Activities;

/// <summary>Takes one turn of an item of a review queue.</summary>
public sealed class TurnReview(ReviewStore reviews, CrowdReviews crowd)
{
    [Function(nameof(TurnReview))]
    public async Task<ReviewTurn> RunAsync([ActivityTrigger] ReviewTurn turn, CancellationToken cancellation)
    {
        if (await reviews.FindAsync(turn.Queue, cancellation) is not { Crowd: not null } plan)
        {
            return await reviews.TurnAsync(turn, cancellation);
        }

        await crowd.CollectAsync(plan, turn.Item, cancellation);
        var next = await reviews.TurnAsync(turn, cancellation);
        return await crowd.PostAsync(plan, next, cancellation);
    }
}
