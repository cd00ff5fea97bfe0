using System.ComponentModel.DataAnnotations;
using Sluice.VectorSpace;

namespace Sluice.Selection;

public sealed partial class SelectRows
{
    public sealed record Options
    {
        /// <summary>What rows are compared by: <c>text</c> (a column, embedded by <c>model</c>), or <c>columns</c> of numbers.</summary>
        [Required]
        public VectorSource Features { get; init; } = new();

        /// <summary>
        /// <c>k_center</c> (covers everything; for what to label next), <c>kernel_points</c> (distributed as all rows are; for a test set), <c>facility_location</c>
        /// (stands for what is around; what is common first), <c>zcore</c> (for training on less), <c>typicality</c> (for very small budgets), <c>uniqueness</c>
        /// (stands alone), <c>closest</c> or <c>farthest</c> (from the rows selected before, or the mean). Default: k_center.
        /// </summary>
        public SelectBy Method { get; init; } = SelectBy.KCenter;

        /// <summary>Rows to choose, beside those selected before. Default: none; count, share, radius and coverage each end the choice, at least one is needed.</summary>
        [Range(1, int.MaxValue)]
        public int? Count { get; init; }

        /// <summary>Share of all rows to choose, more than 0 and at most 1, rounded to the nearest row. Default: none.</summary>
        [Range(0, 1)]
        public double? Share { get; init; }

        /// <summary>
        /// For k_center: choose until every row has a chosen one within this distance. No choice of as many rows has less than half of the distance that is
        /// reached. Distances are Euclidean; those of embeddings of length 1 are at most 2. Default: none.
        /// </summary>
        [Range(0, double.MaxValue)]
        public double? Radius { get; init; }

        /// <summary>For facility_location: choose until this share, up to 1, of what all rows stand for is covered. Default: none.</summary>
        [Range(0, 1)]
        public double? Coverage { get; init; }

        /// <summary>Columns whose values get their part of the budget, each in proportion to its rows. Default: none.</summary>
        public IReadOnlyList<string> StratifyBy { get; init; } = [];

        /// <summary>Different values that <c>stratify_by</c> may have. Default: 1000.</summary>
        [Range(1, 100_000)]
        public int MaxStrata { get; init; } = 1_000;

        /// <summary>Boolean column that is true for rows selected before: they stay selected, and new rows are chosen beside them. Default: none.</summary>
        public string? SelectedColumn { get; init; }

        /// <summary>
        /// For k_center: number column, from 0 to 1, that distances are multiplied by, such as the uncertainty_column of auto_label: chosen are rows that are both doubtful and unlike
        /// those chosen before. Rows where it is missing or 0 are never chosen; less than 0 counts as 0, more than 1 as 1. Default: none.
        /// </summary>
        public string? WeightColumn { get; init; }

        /// <summary><c>keep</c> the chosen rows and let the others go, or <c>flag</c> the chosen ones in a column. Default: keep.</summary>
        public SelectAction Action { get; init; } = SelectAction.Keep;

        /// <summary>For flag: the new column. Default: selected.</summary>
        public string OutputColumn { get; init; } = "selected";

        /// <summary>New column for the place in which a row was chosen, from 1 in each stratum: to take fewer later. Missing where it was not. Default: none.</summary>
        public string? RankColumn { get; init; }

        /// <summary>Seed of zcore and typicality, and of the order among equals. Default: 42.</summary>
        public long Seed { get; init; } = 42;
    }
}
