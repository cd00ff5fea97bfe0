using Microsoft.Azure.Functions.Worker;
using Sluice.Labels.Review;

namespace Sluice.Functions.Activities;

/// <summary>Takes one turn of an item of a review queue.</summary>
public sealed class TurnReview(ReviewStore reviews)
{
    [Function(nameof(TurnReview))]
    public Task<ReviewTurn> RunAsync([ActivityTrigger] ReviewTurn turn, CancellationToken cancellation) => reviews.TurnAsync(turn, cancellation);
}
