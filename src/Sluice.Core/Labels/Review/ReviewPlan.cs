using System.Text.Json.Serialization;
using Sluice.Labels.Masks;

namespace Sluice.Labels.Review;

/// <summary>A review queue as it was created: who answers what, and when that is a label. It never changes.</summary>
public sealed record ReviewPlan
{
    /// <summary>Turns of one item at most: everybody may be asked again some times, but not for ever.</summary>
    public const int MaxAssignments = 20;

    public required string Queue { get; init; }

    public required string Dataset { get; init; }

    public required string Version { get; init; }

    /// <summary>Columns whose values name a row.</summary>
    public required IReadOnlyList<string> KeyColumns { get; init; }

    public required string LabelColumn { get; init; }

    /// <summary>Labels that may be given; empty: any.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    public required IReadOnlyList<string> Reviewers { get; init; }

    /// <summary>Who decides where the reviewers do not agree.</summary>
    public IReadOnlyList<string> Adjudicators { get; init; } = [];

    /// <summary>Who answers items of certain kinds; the first rule that fits an item counts.</summary>
    public IReadOnlyList<ExpertRule> Experts { get; init; } = [];

    /// <summary>The crowd that answers in the place of reviewers; null: none does.</summary>
    public CrowdTask? Crowd { get; init; }

    /// <summary>What is marked in images; null: labels alone are asked for.</summary>
    public MaskTask? Mask { get; init; }

    /// <summary>What answers cost; null: nothing is known of it.</summary>
    public ReviewPrices? Prices { get; init; }

    /// <summary>Everybody who may be asked.</summary>
    public IEnumerable<string> Everybody() => Reviewers.Concat(Adjudicators).Concat(Experts.SelectMany(e => e.Reviewers)).Distinct(StringComparer.Ordinal);

    /// <summary>The plan for one item: experts in the place of the reviewers, or of those who decide, where a rule fits it.</summary>
    public ReviewPlan For(ReviewedRow row) => row.Expertise is not { } number ? this
        : Experts[number] is { WhenDisagreed: true } rule ? this with { Adjudicators = rule.Reviewers }
        : this with { Crowd = null, Reviewers = Experts[number].Reviewers, Quorum = Math.Min(Quorum, Experts[number].Reviewers.Count) };

    /// <summary>Answers that an item needs.</summary>
    public int Quorum { get; init; } = 1;

    /// <summary>Share of the answers that the most frequent one needs; equally frequent ones never agree.</summary>
    public double MinAgreement { get; init; } = 0.5;

    /// <summary>Time to answer before the item is given to somebody else.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Items that are given out at the same time.</summary>
    public int InFlight { get; init; } = 50;

    public int Items { get; init; }

    /// <summary>Whether there are gold questions: then no suggestion is shown, or the rows without one would be known as gold.</summary>
    public bool HasGold { get; init; }
}

/// <summary>A row to review.</summary>
/// <param name="Key">Values of the key columns as text.</param>
/// <param name="Given">Label it has.</param>
/// <param name="Row">Its other cells as text, long ones cut.</param>
/// <param name="Suggested">Label that it should perhaps have.</param>
/// <param name="Quality">Chance of the given label, where it is suspected.</param>
/// <param name="Gold">The right label of a gold question; reviewers never see it.</param>
/// <param name="Expertise">Number of the rule that sends it to experts; null: none fits.</param>
public sealed record ReviewedRow(
    IReadOnlyList<string?> Key, string? Given, IReadOnlyDictionary<string, string?> Row, string? Suggested = null, double? Quality = null, string? Gold = null, int? Expertise = null)
{
    /// <summary>The image that is marked; null: there is none to mark.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReviewedImage? Image { get; init; }
}

/// <summary>Who is asked, and until when.</summary>
public sealed record ReviewAssignment(string Reviewer, DateTime Until, bool Adjudicates = false);

/// <summary>What a reviewer said. The first answer of a reviewer on an item counts; there is no second.</summary>
/// <param name="Reviewer">Who.</param>
/// <param name="Label">What.</param>
/// <param name="At">When.</param>
/// <param name="Seconds">How long the reviewer looked at the row, where the page or client says so.</param>
public sealed record ReviewAnswer(string Reviewer, string Label, DateTime At, double? Seconds = null)
{
    /// <summary>What was marked in the image; null: nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MaskAnswer? Mask { get; init; }

    /// <summary>Whether it says the same: then it is a second delivery.</summary>
    public bool IsSame(string label, MaskAnswer? mask) => Label == label && (Mask is null ? mask is null : Mask.IsSame(mask));
}

/// <summary>How an item ended.</summary>
/// <param name="Label">The label; null: nobody could tell.</param>
/// <param name="How">agreed, adjudicated, gold or unresolved.</param>
/// <param name="By">Whose answers are that label.</param>
/// <param name="At">When.</param>
public sealed record ReviewOutcome(string? Label, string How, IReadOnlyList<string> By, DateTime At);
