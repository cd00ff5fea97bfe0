using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Sluice.VectorSpace;

namespace Sluice.Labels;

/// <summary>How rows without a label get one.</summary>
public enum AutoLabelMethod
{
    /// <summary>A vote of the nearest labelled rows.</summary>
    Knn,

    /// <summary>Labels spread along the graph of nearest neighbours: for few labels and rows that form clusters.</summary>
    Spreading,

    /// <summary>A linear probe, multinomial logistic regression on the labelled rows.</summary>
    Probe,

    /// <summary>A language model that is told what the labels mean, and learns from no row.</summary>
    ZeroShot,
}

/// <summary>What makes a row worth asking a person about.</summary>
public enum Uncertainty
{
    /// <summary>1 less the chance of the likeliest label.</summary>
    LeastConfidence,

    /// <summary>1 less the distance between the two likeliest labels.</summary>
    Margin,

    /// <summary>Entropy of the chances, 1 where all labels are equally likely.</summary>
    Entropy,
}

public sealed partial class AutoLabel
{
    public sealed record Options : IValidatableObject
    {
        /// <summary>Column of the label; rows without one get one. With zero_shot it need not be there: no row has a label then.</summary>
        [Required]
        public string LabelColumn { get; init; } = "";

        /// <summary>
        /// What to learn from: <c>text</c> (a column, embedded by <c>model</c>), or <c>columns</c> of numbers. Default: all number columns but the label and identifiers.
        /// </summary>
        public VectorSource? Features { get; init; }

        /// <summary>Number columns to learn from: the same as <c>columns</c> of <c>features</c>. Default: none.</summary>
        public IReadOnlyList<string> FeatureColumns { get; init; } = [];

        /// <summary><c>knn</c>, <c>spreading</c>, <c>probe</c> or <c>zero_shot</c>, which asks a language model. Default: knn.</summary>
        public AutoLabelMethod AutoLabelMethod { get; init; } = AutoLabelMethod.Knn;

        /// <summary>For knn and spreading: neighbours, 1 to 100. Default: 10.</summary>
        [Range(1, 100)]
        public int Neighbours { get; init; } = 10;

        /// <summary>Chance from which a label is given, 0 to 1; a row below it gets none and fails <c>no_sure_label</c>. Default: 0.8.</summary>
        [Range(0.0, 1.0)]
        public double MinConfidence { get; init; } = 0.8;

        /// <summary>Column to add with the label: the given one, or the one found. Default: auto_label.</summary>
        public string OutputColumn { get; init; } = "auto_label";

        /// <summary>Column to add with the chance of the label, 0 to 1; missing where it was given or none is found. Default: none.</summary>
        public string? ConfidenceColumn { get; init; }

        /// <summary>Column to add with how much a person's label would tell, 0 to 1, highest first to ask; missing where there is a label. Default: none.</summary>
        public string? UncertaintyColumn { get; init; }

        /// <summary>For uncertainty_column: <c>least_confidence</c>, <c>margin</c> or <c>entropy</c>. Default: margin.</summary>
        public Uncertainty Uncertainty { get; init; } = Uncertainty.Margin;

        /// <summary>Set to learn from, where <c>split_column</c> is there. Default: train.</summary>
        [MinLength(1)]
        public string FitOn { get; init; } = "train";

        /// <summary>Column with the name of each row's set; where it is not there, or this is empty, all rows are learned from. Default: split.</summary>
        public string SplitColumn { get; init; } = "split";

        /// <summary>Different rows to learn from at most, chosen by their content, 100 to 50,000; time of knn and spreading grows with it. Default: 5,000.</summary>
        [Range(100, 50_000)]
        public int MaxRows { get; init; } = 5_000;

        /// <summary>Different labels at most, 2 to 1,000; more are refused. Default: 200.</summary>
        [Range(2, 1_000)]
        public int MaxClasses { get; init; } = 200;

        /// <summary>For zero_shot: the labels, at least two, each with a <c>name</c> and a <c>description</c> of when it fits. Default: none.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<LabelChoice>? Labels { get; init; }

        /// <summary>
        /// For zero_shot: how to ask. Default: the configured model, all columns, personal data masked. Without a model, the run is refused; where <c>features</c> or
        /// <c>feature_columns</c> are given, labels are those of the nearest labelled rows then, as with knn, each with the evidence <c>llm_not_asked</c>.
        /// </summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public ZeroShotOptions? ZeroShot { get; init; }

        /// <summary>Options that belong to zero_shot, and only to it.</summary>
        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            var isZeroShot = AutoLabelMethod == AutoLabelMethod.ZeroShot;
            if (isZeroShot && (Labels ?? []).Select(l => l.Name).Distinct(StringComparer.Ordinal).Count() < Math.Max(2, Labels?.Count ?? 0))
            {
                yield return new ValidationResult("'labels' is needed for zero_shot: at least two, each with a name of its own.", [nameof(Labels)]);
            }

            if (!isZeroShot && (Labels is not null || ZeroShot is not null))
            {
                yield return new ValidationResult("'labels' and 'zero_shot' are for auto_label_method: zero_shot; the other methods learn from labelled rows.", [nameof(Labels)]);
            }
        }
    }
}
