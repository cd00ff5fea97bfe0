using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Sluice.VectorSpace;

namespace Sluice.Labels.Review;

/// <summary>Which rows are reviewed.</summary>
public enum ReviewChoice
{
    /// <summary>Rows whose label is suspected to be wrong, the most suspicious first; see find_label_errors.</summary>
    Suspects,

    /// <summary>Rows without a label.</summary>
    Unlabelled,

    /// <summary>Rows that have a rank, the lowest first; see select_for_review.</summary>
    Ranked,

    /// <summary>Any rows, chosen by their content.</summary>
    All,
}

/// <summary>A row whose right label is known, to see how good reviewers are.</summary>
public sealed record GoldRow(IReadOnlyList<string?> Key, string Label);

/// <summary>What is asked for when a review queue is created.</summary>
public sealed record ReviewRequest
{
    const string NameRule = "1 to 64 of a-z, A-Z, 0-9, '.', '_', '-', '@' and '+', neither beginning nor ending with '.'";

    public string Dataset { get; init; } = "";

    /// <summary>Version. Default: latest.</summary>
    public string Version { get; init; } = "latest";

    public string LabelColumn { get; init; } = "";

    /// <summary>Columns whose values name a row; no two rows may have the same.</summary>
    public IReadOnlyList<string> KeyColumns { get; init; } = [];

    /// <summary>Default: suspects.</summary>
    public ReviewChoice Choose { get; init; }

    /// <summary>For ranked: column of whole numbers, missing where a row is not asked about. Default: review_rank.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RankColumn { get; init; }

    internal string Ranks => RankColumn ?? "review_rank";

    /// <summary>For suspects: number columns to learn from. Default: all but identifiers.</summary>
    public IReadOnlyList<string> FeatureColumns { get; init; } = [];

    /// <summary>For suspects: what to learn from instead of number columns: <c>text</c> (a column, embedded by <c>model</c>), or <c>columns</c>. Default: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VectorSource? Features { get; init; }

    /// <summary>Rows at most, 1 to 5,000, gold questions beside them. Default: 100.</summary>
    [Range(1, 5_000)]
    public int Limit { get; init; } = 100;

    /// <summary>Labels that may be given. Default: any.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    public IReadOnlyList<string> Reviewers { get; init; } = [];

    /// <summary>Who decides where reviewers do not agree. Default: nobody; such rows stay unresolved.</summary>
    public IReadOnlyList<string> Adjudicators { get; init; } = [];

    /// <summary>Answers that a row needs, 1 to 10. Default: 1.</summary>
    [Range(1, 10)]
    public int Quorum { get; init; } = 1;

    /// <summary>Share of the answers that the most frequent one needs, 0 to 1. Default: 0.5; equally frequent ones never agree.</summary>
    [Range(0.0, 1.0)]
    public double MinAgreement { get; init; } = 0.5;

    /// <summary>Time to answer, one second to 30 days. Default: one day.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Rows given out at the same time, 1 to 200. Default: 50.</summary>
    [Range(1, 200)]
    public int InFlight { get; init; } = 50;

    public IReadOnlyList<GoldRow> Gold { get; init; } = [];

    /// <summary>Rows of certain kinds that go to people who know them. The first rule that fits a row counts. Default: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ExpertRule>? Experts { get; init; }

    /// <summary>Mechanical Turk workers in the place of reviewers. Default: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CrowdTask? Crowd { get; init; }

    /// <summary>Images in which reviewers mark what the label names. Default: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MaskTask? Mask { get; init; }

    /// <summary>What answers cost: the status then says what the review did. Default: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReviewPrices? Prices { get; init; }

    /// <summary>Everything that is wrong with it, whatever the data is.</summary>
    public IEnumerable<string> Problems()
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(this, new ValidationContext(this), results, validateAllProperties: true);
        foreach (var result in results)
        {
            yield return result.ErrorMessage!;
        }

        foreach (var name in Reviewers.Concat(Adjudicators).Concat((Experts ?? []).SelectMany(e => e.Reviewers)).Where(n => !IsName(n)))
        {
            yield return $"'{name}' cannot be a reviewer's name. Use {NameRule}.";
        }

        if (Reviewers.Distinct(StringComparer.Ordinal).Count() is var reviewers && ((Crowd is null && reviewers < Math.Max(1, Quorum)) || reviewers != Reviewers.Count || reviewers > 200))
        {
            yield return $"Found {Reviewers.Count} reviewers, {reviewers} of them different; expected as many different ones as the quorum of {Quorum}, and at most 200.";
        }

        if (Adjudicators.Count > 20 || Adjudicators.Distinct(StringComparer.Ordinal).Count() != Adjudicators.Count)
        {
            yield return $"Found {Adjudicators.Count} adjudicators; expected at most 20 different ones.";
        }

        if (KeyColumns.Count == 0)
        {
            yield return "No key_columns are named. Name the columns whose values tell one row from every other.";
        }

        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > TimeSpan.FromDays(30))
        {
            yield return $"The timeout is {Timeout}; expected one second to 30 days, for example 1.00:00:00 for a day.";
        }

        foreach (var problem in (Experts ?? []).SelectMany((rule, i) => rule.Problems(i)).Concat(Prices?.Problems(this) ?? []).Concat(Crowd?.Problems(this) ?? []).Concat(Mask?.Problems(this) ?? []))
        {
            yield return problem;
        }

        foreach (var label in Gold.Select(g => g.Label).Where(l => Labels.Count > 0 && !Labels.Contains(l)))
        {
            yield return $"The gold label '{label}' is not among the labels {string.Join(", ", Labels)}.";
        }
    }

    /// <summary>The queue that it makes.</summary>
    public ReviewPlan Plan(string queue, string dataset, string version) => new()
    {
        Queue = queue,
        Dataset = dataset,
        Version = version,
        KeyColumns = KeyColumns,
        LabelColumn = LabelColumn,
        Labels = Labels,
        Reviewers = Reviewers,
        Adjudicators = Adjudicators,
        Quorum = Quorum,
        MinAgreement = MinAgreement,
        Timeout = Timeout,
        InFlight = InFlight,
        Experts = Experts ?? [],
        Crowd = Crowd,
        Mask = Mask,
        Prices = Crowd is null ? Prices : (Prices ?? new()).With(CrowdTask.Name, new ReviewPrice { PerAnswer = Crowd.Reward }),
    };

    /// <summary>Whether it can name a reviewer: in paths and keys of the store.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '@' or '+') && name[0] != '.' && name[^1] != '.';
}
