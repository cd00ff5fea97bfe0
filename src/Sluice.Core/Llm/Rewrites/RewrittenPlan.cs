using Sluice.Llm.Prompts;

namespace Sluice.Llm.Rewrites;

/// <summary>A step with some rewrites, and what came of it on the examples that the search looked at.</summary>
/// <param name="Rewrites">What differs from the step as written; empty: nothing.</param>
/// <param name="Searched">Score and cost on the examples that plans were searched by.</param>
public sealed record RewrittenPlan(IReadOnlyList<Rewrite> Rewrites, PromptEvaluation Searched)
{
    /// <summary>The steps in the place of the one, as a pipeline has them, without options that say what they are by default.</summary>
    public IReadOnlyList<RewrittenStep> Steps { get; init; } = [];

    /// <summary>The same on the examples that were held back; null where there were none, or no money was left.</summary>
    public PromptEvaluation? Confirmed { get; init; }

    /// <summary>Against the step as written, on the examples that were held back.</summary>
    public PromptComparison? Comparison { get; init; }

    /// <summary>
    /// Of the plan as written, the share of all rows for which this one gives the same answer is at least this, shown on the rows that were held back. The bounds of all plans hold together with
    /// 95 %, but for chance. Null where answers are not held against those of the plan as written, literally, on rows that were held back.
    /// </summary>
    public double? SameAnswersAtLeast { get; init; }

    /// <summary>What is known best of it.</summary>
    public PromptEvaluation Best => Confirmed ?? Searched;

    /// <summary>US dollars for a thousand rows; null where a price is not known.</summary>
    public decimal? CostOfThousand => CostOf(Best);

    /// <summary>Plans of which no other is at least as good and as cheap, and better or cheaper; the cheapest first.</summary>
    public static IReadOnlyList<RewrittenPlan> Front(IReadOnlyList<RewrittenPlan> plans, Func<RewrittenPlan, PromptEvaluation> by)
    {
        bool Beats(PromptEvaluation one, PromptEvaluation other) =>
            one.Score >= other.Score && CostOf(one) <= CostOf(other) && (one.Score > other.Score || CostOf(one) < CostOf(other));
        return [.. plans.Where(p => !plans.Any(other => Beats(by(other), by(p)))).DistinctBy(p => (by(p).Score, CostOf(by(p)))).OrderBy(p => CostOf(by(p))).ThenBy(p => by(p).Score)];
    }

    static decimal? CostOf(PromptEvaluation evaluation) => evaluation.CostUsd * 1_000 / evaluation.Rows.Count;
}

/// <summary>What a search found.</summary>
/// <param name="Steps">Ids of the steps.</param>
/// <param name="IsAgreement">Whether the answers of the steps as written are what was expected, so that scores say how alike answers are, and not how good.</param>
/// <param name="Plans">Every plan that was tried, in that order; the first is the steps as written.</param>
/// <param name="Front">Those that none of the others beats in both score and cost, the cheapest first.</param>
/// <param name="Searched">Examples that plans were searched by.</param>
/// <param name="HeldBack">Examples that were held back to confirm what was found.</param>
/// <param name="PaidUsd">Dollars that this search paid.</param>
/// <param name="Stopped">Why it ended before all was tried; null: it did not.</param>
/// <param name="Refused">Kinds of rewrites that were not tried, and plans that were given up, with the reason.</param>
public sealed record RewriteSearchResult(
    IReadOnlyList<string> Steps, bool IsAgreement, IReadOnlyList<RewrittenPlan> Plans, IReadOnlyList<RewrittenPlan> Front, int Searched, int HeldBack, decimal PaidUsd, string? Stopped, IReadOnlyList<RefusedRewrite> Refused);
