using System.ComponentModel.DataAnnotations;
using Sluice.Joins;
using Sluice.Labels;
using Sluice.VectorSpace;

namespace Sluice.Selection;

/// <summary>What parts of a budget go to which rows; they count in proportion to their sum.</summary>
public sealed record ReviewMix
{
    /// <summary>Part for the rows that a model is least sure of, 0 or more. Default: 0.</summary>
    [Range(0.0, 1e9)]
    public double Uncertainty { get; init; }

    /// <summary>Part for the rows that are least like the earlier version, 0 or more. Default: 0.</summary>
    [Range(0.0, 1e9)]
    public double Drift { get; init; }

    /// <summary>Part for the rows that are farthest from all that was reviewed, 0 or more. Default: 0.</summary>
    [Range(0.0, 1e9)]
    public double Coverage { get; init; }
}

/// <summary>The rows that a deployed model was made from.</summary>
public sealed record EarlierRows : ITableOptions
{
    /// <summary>Files, as a file_path. Give this or <c>dataset</c> and <c>version</c>. Default: none.</summary>
    public string? File { get; init; }

    /// <summary>Dataset. Default: none.</summary>
    public string? Dataset { get; init; }

    /// <summary>Id of its version, such as v-0123456789abcdef. Default: none.</summary>
    public string? Version { get; init; }

    /// <summary>MiB that it may take in memory; a larger one is refused before the run. Default: 512.</summary>
    [Range(1, 65_536)]
    public int MaxTableMb { get; init; } = 512;
}

public sealed partial class SelectForReview
{
    public sealed record Options : IValidatableObject
    {
        /// <summary>Parts of the budget: <c>uncertainty</c>, <c>drift</c> and <c>coverage</c>, at least one above 0. What one cannot use goes to the next, in this order.</summary>
        [Required]
        public ReviewMix Mix { get; init; } = new();

        /// <summary>Rows to choose. Give this or <c>share</c>. Default: none.</summary>
        [Range(1, int.MaxValue)]
        public int? Count { get; init; }

        /// <summary>Share of the rows that were not reviewed, more than 0 and at most 1, rounded to the nearest row. Default: none.</summary>
        [Range(0.0, 1.0, MinimumIsExclusive = true)]
        public double? Share { get; init; }

        /// <summary>For uncertainty: number column, higher for more doubt, such as the uncertainty_column of auto_label. Rows where it is missing or 0 are in no doubt. Default: none.</summary>
        public string? DoubtColumn { get; init; }

        /// <summary>For uncertainty, instead of doubt_column: number columns with the model's chance of each class, at least two. Rows where one is missing are in no doubt. Default: none.</summary>
        public IReadOnlyList<string> ProbabilityColumns { get; init; } = [];

        /// <summary>For probability_columns: <c>least_confidence</c>, <c>margin</c> or <c>entropy</c>. Default: margin.</summary>
        public Uncertainty Uncertainty { get; init; } = Uncertainty.Margin;

        /// <summary>For drift and coverage: what rows are compared by: <c>text</c> (a column, embedded by <c>model</c>), or <c>columns</c> of numbers. Default: none.</summary>
        public VectorSource? Features { get; init; }

        /// <summary>For drift: the rows to compare with: <c>file</c>, or <c>dataset</c> and <c>version</c>; they need the columns of <c>features</c>. Default: none.</summary>
        public EarlierRows? Since { get; init; }

        /// <summary>For drift: share of comparisons of tables of one source in which rows may be called drifted, more than 0 and less than 1. Default: 0.01.</summary>
        [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
        public double FalseAlarms { get; init; } = 0.01;

        /// <summary>Boolean column that is true for rows that were reviewed: they are not chosen, and coverage is counted from them. Default: none.</summary>
        public string? ReviewedColumn { get; init; }

        /// <summary><c>flag</c>: all rows stay; <c>keep</c>: rows that are not chosen leave the table. Default: flag.</summary>
        public SelectAction Action { get; init; } = SelectAction.Flag;

        /// <summary>New column with the order in which to ask, from 1, the criteria taking turns; missing where a row is not chosen. Default: review_rank.</summary>
        [MinLength(1)]
        public string RankColumn { get; init; } = "review_rank";

        /// <summary>New column with why: <c>uncertain</c>, <c>drifted</c> or <c>coverage_gap</c>. Default: review_reason.</summary>
        [MinLength(1)]
        public string ReasonColumn { get; init; } = "review_reason";

        /// <summary>
        /// New column with what the choice went by: the doubt, the chance that the row is not of the earlier version, or the distance from the nearest row that was reviewed or chosen before
        /// (missing for the first of all). Default: review_score.
        /// </summary>
        [MinLength(1)]
        public string ScoreColumn { get; init; } = "review_score";

        /// <summary>A budget, and for each criterion what it looks at.</summary>
        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (Mix.Uncertainty + Mix.Drift + Mix.Coverage <= 0)
            {
                yield return new ValidationResult("'mix' gives no criterion a part. Give uncertainty, drift or coverage more than 0.", [nameof(Mix)]);
            }

            if (Count is null == Share is null)
            {
                yield return new ValidationResult("The budget is given once: as 'count' or as 'share'.", [nameof(Count)]);
            }

            if (Mix.Uncertainty > 0 && (DoubtColumn is null) == (ProbabilityColumns.Count == 0) || ProbabilityColumns.Count == 1)
            {
                yield return new ValidationResult("Uncertainty is read from one place: 'doubt_column', or 'probability_columns' with at least two columns.", [nameof(DoubtColumn)]);
            }

            if (Mix.Drift + Mix.Coverage > 0 && Features is null)
            {
                yield return new ValidationResult("Drift and coverage compare rows: give 'features' with text or columns.", [nameof(Features)]);
            }

            // Not the newest version: a model was made from one, whatever came later.
            if (Mix.Drift > 0 && (Since is null or { Dataset: not null, Version: null } || !TableReference.IsNamedOnce(Since)))
            {
                yield return new ValidationResult("Drift is measured from earlier rows: give 'since' with either file, or dataset together with version.", [nameof(Since)]);
            }
        }
    }
}
