using System.Text.Json.Serialization;

namespace Sluice.Labels.Review;

/// <summary>Where one item stands: small, because it travels through the durable history.</summary>
/// <param name="Queue">Its queue.</param>
/// <param name="Item">Its number.</param>
/// <param name="Now">When the turn was taken.</param>
/// <param name="Assignments">Everybody who was ever asked, in order.</param>
/// <param name="Outcome">How it ended; null: it goes on.</param>
/// <param name="Turns">Turns in this history.</param>
public sealed record ReviewTurn(string Queue, int Item, DateTime Now, IReadOnlyList<ReviewAssignment> Assignments, ReviewOutcome? Outcome = null, int Turns = 0)
{
    /// <summary>Turns that one history holds; the orchestration then begins a new one.</summary>
    public const int TurnsPerHistory = 20;

    /// <summary>After what time answers are looked for that nobody tells of; null: answers tell of themselves.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? Poll { get; init; }

    /// <summary>Whether the history has become long.</summary>
    public bool IsLong => Turns > 0 && Turns % TurnsPerHistory == 0;

    /// <summary>Time until somebody's time is over; some more than that, so that it is over then.</summary>
    public TimeSpan Pause
    {
        get
        {
            var open = Assignments.Where(a => a.Until > Now).Select(a => a.Until - Now).DefaultIfEmpty(TimeSpan.Zero).Min();
            return (Poll < open ? Poll.Value : open) + TimeSpan.FromMilliseconds(10);
        }
    }

    /// <summary>
    /// The next turn: an outcome, or who is asked beside those who are. A pure function of what was asked and answered; late answers count as long as
    /// the item is undecided, because the work is done.
    /// </summary>
    /// <param name="plan">The queue.</param>
    /// <param name="gold">Right label of a gold question.</param>
    /// <param name="answers">All answers on the item, in any order.</param>
    /// <param name="now">When.</param>
    public ReviewTurn Next(ReviewPlan plan, string? gold, IReadOnlyList<ReviewAnswer> answers, DateTime now)
    {
        var next = this with { Now = now, Turns = Turns + 1 };
        var asked = Assignments.Where(a => !a.Adjudicates).Select(a => a.Reviewer).ToHashSet(StringComparer.Ordinal);
        var plain = answers.Where(a => asked.Contains(a.Reviewer) || (plan.Crowd is not null && CrowdTask.IsWorker(a.Reviewer))).OrderBy(a => a.At).ThenBy(a => a.Reviewer, StringComparer.Ordinal).ToList();
        if (answers.Where(a => Assignments.Any(s => s.Adjudicates && s.Reviewer == a.Reviewer)).OrderBy(a => a.At).FirstOrDefault() is { } decision)
        {
            return next with { Outcome = new ReviewOutcome(decision.Label, "adjudicated", [decision.Reviewer], now) };
        }

        if (plain.Count >= plan.Quorum)
        {
            return gold is not null ? next with { Outcome = new ReviewOutcome(gold, "gold", By(plain, gold), now) }
                : Agreed(plan, plain) is { } label ? next with { Outcome = new ReviewOutcome(label, "agreed", By(plain, label), now) }
                : next.Ask(plan, plan.Adjudicators.Where(a => !asked.Contains(a)), adjudicate: true, 1);
        }

        var open = Assignments.Count(a => !a.Adjudicates && a.Until > now && plain.TrueForAll(p => p.Reviewer != a.Reviewer));
        var missing = plan.Crowd is null ? plan.Quorum - plain.Count - open : 1 - open;
        return missing <= 0 ? next : next.Ask(plan, next.Candidates(plan, plain), adjudicate: false, missing, isWaiting: open > 0);
    }

    // Whoever was asked least often comes first; among them the order turns with the item, so that work is spread evenly.
    IEnumerable<string> Candidates(ReviewPlan plan, List<ReviewAnswer> plain)
    {
        if (plan.Crowd is not null)
        {
            // Whoever of them comes: who answers is known when there is an answer.
            return [CrowdTask.Name];
        }

        var taken = Assignments.Where(a => a.Until > Now).Select(a => a.Reviewer).Concat(plain.Select(a => a.Reviewer)).ToHashSet(StringComparer.Ordinal);
        return Enumerable.Range(0, plan.Reviewers.Count).Select(i => plan.Reviewers[(int)(((long)Item * plan.Quorum) + i) % plan.Reviewers.Count])
            .Where(r => !taken.Contains(r)).OrderBy(r => Assignments.Count(a => a.Reviewer == r));
    }

    ReviewTurn Ask(ReviewPlan plan, IEnumerable<string> candidates, bool adjudicate, int missing, bool isWaiting = false)
    {
        if (adjudicate && Assignments.Any(a => a.Adjudicates && a.Until > Now))
        {
            return this;
        }

        var room = adjudicate ? missing : Math.Min(missing, ReviewPlan.MaxAssignments - Assignments.Count(a => !a.Adjudicates));
        var chosen = candidates.Where(c => !adjudicate || !Assignments.Any(a => a.Adjudicates && a.Reviewer == c)).Take(room)
            .Select(reviewer => new ReviewAssignment(reviewer, Now + plan.Timeout, adjudicate)).ToList();
        var asked = this with { Assignments = [.. Assignments, .. chosen] };

        // Nobody is left to ask and nobody is being waited for: the adjudicators decide, or nobody does.
        return isWaiting || chosen.Count > 0 ? asked
            : adjudicate ? asked with { Outcome = new ReviewOutcome(null, "unresolved", [], Now) }
            : Ask(plan, plan.Adjudicators.Where(a => !Assignments.Any(s => s.Reviewer == a && !s.Adjudicates)), adjudicate: true, 1);
    }

    static string? Agreed(ReviewPlan plan, List<ReviewAnswer> answers)
    {
        var ranked = answers.GroupBy(a => a.Label, StringComparer.Ordinal).Select(g => (Label: g.Key, Count: g.Count())).OrderByDescending(g => g.Count).ToList();
        var isTied = ranked.Count > 1 && ranked[0].Count == ranked[1].Count;
        return !isTied && ranked[0].Count >= plan.MinAgreement * answers.Count ? ranked[0].Label : null;
    }

    static string[] By(List<ReviewAnswer> answers, string label) =>
        [.. answers.Where(a => a.Label == label).Select(a => a.Reviewer).Order(StringComparer.Ordinal)];
}
