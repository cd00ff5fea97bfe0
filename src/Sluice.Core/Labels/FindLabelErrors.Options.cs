using System.ComponentModel.DataAnnotations;
using Sluice.VectorSpace;

namespace Sluice.Labels;

/// <summary>What happens to a row whose label is taken for an error.</summary>
public enum LabelErrorAction
{
    /// <summary>Keeps the row, with evidence.</summary>
    Flag,

    /// <summary>Rejects the row, with the reason <c>label_error</c>.</summary>
    Remove,
}

public sealed partial class FindLabelErrors
{
    public sealed record Options
    {
        /// <summary>Column of the given label, of any type; a row without one is not judged.</summary>
        [Required]
        public string LabelColumn { get; init; } = "";

        /// <summary>
        /// What the built-in probe learns the label from: <c>text</c> (a column, embedded by <c>model</c>), or <c>columns</c> of numbers. Default: all number columns but the
        /// label and identifiers.
        /// </summary>
        public VectorSource? Features { get; init; }

        /// <summary>Number columns that the built-in probe learns from: the same as <c>columns</c> of <c>features</c>. Default: none.</summary>
        public IReadOnlyList<string> FeatureColumns { get; init; } = [];

        /// <summary>Number columns with out-of-fold chances of another model, one a class, 0 to 1; then no probe is trained. Default: none.</summary>
        public IReadOnlyList<string> ProbabilityColumns { get; init; } = [];

        /// <summary>Label that each probability column is the chance of. Default: the names of those columns.</summary>
        public IReadOnlyList<string> ProbabilityLabels { get; init; } = [];

        /// <summary>What is taken for an error: prune_by_noise_rate, prune_by_class, both, confident_learning or predicted_neq_given, as in cleanlab. Default: prune_by_noise_rate.</summary>
        public LabelErrorFilter FilterBy { get; init; } = LabelErrorFilter.PruneByNoiseRate;

        /// <summary>Folds of the built-in probe, 2 to 20: each row is judged by a probe that has seen only the other folds. Default: 5.</summary>
        [Range(2, 20)]
        public int Folds { get; init; } = 5;

        /// <summary><c>flag</c> (keeps the row, with evidence) or <c>remove</c> (rejects it). Default: flag.</summary>
        public LabelErrorAction LabelErrorAction { get; init; } = LabelErrorAction.Flag;

        /// <summary>Column to add with the suggested label of rows whose label is an error; missing for others. Default: none.</summary>
        public string? SuggestedLabelColumn { get; init; }

        /// <summary>Column to add with the out-of-fold chance of the given label, 0 to 1, low where it is doubtful. Default: none.</summary>
        public string? LabelQualityColumn { get; init; }

        /// <summary>Column to add with the place of the row among all, 1 for the most suspicious label; an estimate where there are more different rows than max_rows. Default: none.</summary>
        public string? LabelRankColumn { get; init; }

        /// <summary>Different rows to learn from at most, chosen by their content, 100 to 200,000; all rows are judged. Wide tables and long vectors learn from fewer. Default: 20,000.</summary>
        [Range(100, 200_000)]
        public int MaxRows { get; init; } = 20_000;

        /// <summary>Different labels at most, 2 to 1,000; more are refused. Default: 200.</summary>
        [Range(2, 1_000)]
        public int MaxClasses { get; init; } = 200;
    }
}
