namespace Sluice.Labels.Review;

/// <summary>How far a queue is.</summary>
/// <param name="Queue">Its id.</param>
/// <param name="Status">running, completed or cancelled.</param>
/// <param name="Dataset">Dataset of the rows.</param>
/// <param name="Version">Version of the rows.</param>
/// <param name="Items">Rows, gold questions included.</param>
/// <param name="Done">Those that have ended.</param>
/// <param name="By">How they ended: agreed, adjudicated, gold, unresolved.</param>
/// <param name="Report">What it has shown of its reviewers.</param>
public sealed record ReviewProgress(
    string Queue, string Status, string Dataset, string Version, int Items, int Done, IReadOnlyDictionary<string, int> By, ReviewReport Report)
{
    /// <summary>What its answers cost; null where no prices were given.</summary>
    public ReviewCost? Cost { get; init; }

    public static async Task<ReviewProgress> OfAsync(ReviewStore reviews, ReviewPlan plan, CancellationToken cancellation)
    {
        var outcomes = await reviews.OutcomesAsync(plan.Queue, cancellation);
        var by = outcomes.GroupBy(o => o.Outcome.How).OrderBy(g => g.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        var status = await reviews.IsCancelledAsync(plan.Queue, cancellation) ? "cancelled" : outcomes.Count == plan.Items ? "completed" : "running";
        return new ReviewProgress(plan.Queue, status, plan.Dataset, plan.Version, plan.Items, outcomes.Count, by, ReviewReport.Of(outcomes))
        {
            Cost = plan.Prices is null ? null : ReviewCost.Of(plan.Prices, await reviews.AnswersAsync(plan.Queue, cancellation), outcomes),
        };
    }
}
