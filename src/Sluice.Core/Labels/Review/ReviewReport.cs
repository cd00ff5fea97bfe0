using System.Text.Json;
using Sluice.Labels.Masks;
using Sluice.Steps;

namespace Sluice.Labels.Review;

/// <summary>What a queue has shown of its reviewers so far.</summary>
/// <param name="Answers">Answers on items that have ended.</param>
/// <param name="Agreement">How far they agree; null where no item has two answers.</param>
/// <param name="Reviewers">How good each of them is.</param>
public sealed record ReviewReport(int Answers, AgreementReport? Agreement, IReadOnlyList<AnnotatorQuality> Reviewers)
{
    /// <summary>Seconds that answers took, all together, and the median of one; null where nobody said.</summary>
    public ReviewTime? Time { get; init; }

    public static ReviewReport Of(IReadOnlyList<(ReviewedRow Row, ReviewOutcome Outcome, IReadOnlyList<ReviewAnswer> Answers)> outcomes)
    {
        string[] reviewers = [.. outcomes.SelectMany(o => o.Answers).Select(a => a.Reviewer).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var labels = outcomes.SelectMany(o => o.Answers.Select(a => a.Label).Append(o.Outcome.Label).Append(o.Row.Gold)).OfType<string>()
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select((label, i) => (label, i)).ToDictionary(l => l.label, l => l.i, StringComparer.Ordinal);
        if (reviewers.Length == 0)
        {
            return new ReviewReport(0, null, []);
        }

        var answers = Annotations.Of(
            [.. outcomes.SelectMany(o => reviewers.Select(r => o.Answers.FirstOrDefault(a => a.Reviewer == r) is { } answer ? labels[answer.Label] : -1))], reviewers.Length, labels.Count);

        // The truth is how the items ended, not the majority: an adjudicator may have decided against it.
        int[] ended = [.. outcomes.Select(o => o.Outcome.Label is { } label ? labels[label] : -1)];
        int[] gold = [.. outcomes.Select(o => o.Row.Gold is { } label ? labels[label] : -1)];
        var agreement = Enumerable.Range(0, answers.Items).Any(i => answers.Of(i).ToArray().Count(a => a >= 0) > 1) ? AgreementReport.Of(answers) : null;
        return new ReviewReport(outcomes.Sum(o => o.Answers.Count), Finite(agreement), [.. reviewers.Select((name, at) => QualityOf(name, at, answers, ended, gold))])
        {
            Time = ReviewTime.Of(outcomes.SelectMany(o => o.Answers)),
        };
    }

    /// <summary>The labels that were decided, with what stands behind them. Gold questions and unresolved items have none.</summary>
    public static LabelOverlay Labels(ReviewPlan plan, IReadOnlyList<(ReviewedRow Row, ReviewOutcome Outcome, IReadOnlyList<ReviewAnswer> Answers)> outcomes) => new(
        outcomes.Where(o => o.Outcome is { Label: not null, How: not "gold" }).Select(o => new RowLabel(
            new SortedDictionary<string, string?>(plan.KeyColumns.Zip(o.Row.Key).ToDictionary(p => p.First, p => p.Second), StringComparer.Ordinal),
            o.Outcome.Label!,
            o.Outcome.By,
            o.Outcome.At,
            EvidenceOf(plan, o.Row, o.Outcome, o.Answers))));

    /// <summary>What was marked in an item's image by those whose label was decided on: of several masks the one most like the others. Null: nothing was.</summary>
    public static ChosenMask? MaskOf(ReviewOutcome outcome, IReadOnlyList<ReviewAnswer> answers)
    {
        var masks = answers.Where(a => outcome.By.Contains(a.Reviewer)).OrderBy(a => a.Reviewer, StringComparer.Ordinal).Select(a => a.Mask).OfType<MaskAnswer>().ToList();
        if (masks.Count == 0)
        {
            return null;
        }

        var (number, overlap) = MaskAnswer.Most(masks);
        return new ChosenMask(masks[number], overlap);
    }

    static JsonElement EvidenceOf(ReviewPlan plan, ReviewedRow row, ReviewOutcome outcome, IReadOnlyList<ReviewAnswer> answers)
    {
        var given = answers.ToDictionary(a => a.Reviewer, a => a.Label);
        return MaskOf(outcome, answers) is { } mask
            ? JsonSerializer.SerializeToElement(new { plan.Queue, outcome.How, row.Given, row.Suggested, answers = given, mask.Mask, Overlap = Math.Round(mask.Overlap, 4) }, StepJson.Options)
            : JsonSerializer.SerializeToElement(new { plan.Queue, outcome.How, row.Given, row.Suggested, answers = given }, StepJson.Options);
    }

    // JSON has no NaN; where nothing can be said, nothing is.
    static AgreementReport? Finite(AgreementReport? found) =>
        found is null || double.IsNaN(found.MeanCohenKappa) || double.IsNaN(found.FleissKappa) || double.IsNaN(found.KrippendorffAlpha) ? null : found;

    static AnnotatorQuality QualityOf(string name, int at, Annotations answers, int[] ended, int[] gold)
    {
        var (given, same, asked, right) = (0, 0, 0, 0);
        for (var item = 0; item < answers.Items; item++)
        {
            if (answers.Of(item)[at] is >= 0 and var answer)
            {
                given++;
                same += answer == ended[item] ? 1 : 0;
                asked += gold[item] >= 0 ? 1 : 0;
                right += answer == gold[item] ? 1 : 0;
            }
        }

        var agreement = given == 0 ? 0 : (double)same / given;
        return new AnnotatorQuality(name, given, agreement, asked, right, asked > 0 ? (right + 1.0) / (asked + 2) : agreement);
    }
}

/// <summary>The mask that a review has decided on.</summary>
/// <param name="Mask">The mask.</param>
/// <param name="Overlap">Its mean overlap with the other masks of the same label, 0 to 1; 1 where it is the only one.</param>
public sealed record ChosenMask(MaskAnswer Mask, double Overlap);

/// <summary>How long people looked at rows.</summary>
/// <param name="Answers">Answers that say so.</param>
/// <param name="Seconds">Of all of them.</param>
/// <param name="Median">Of one.</param>
public sealed record ReviewTime(int Answers, double Seconds, double Median)
{
    internal static ReviewTime? Of(IEnumerable<ReviewAnswer> answers)
    {
        var seconds = answers.Select(a => a.Seconds).OfType<double>().Order().ToArray();
        return seconds.Length == 0 ? null : new ReviewTime(seconds.Length, Math.Round(seconds.Sum(), 1), (seconds[(seconds.Length - 1) / 2] + seconds[seconds.Length / 2]) / 2);
    }
}
