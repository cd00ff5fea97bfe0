using System.ComponentModel.DataAnnotations;

namespace Sluice.Features;

/// <summary>How a category becomes a number.</summary>
public enum EncodingMethod
{
    /// <summary>A column of 0 and 1 for each category.</summary>
    OneHot,

    /// <summary>The position of the category in an order, from 0.</summary>
    Ordinal,

    /// <summary>The category's share of the rows that it was learned from.</summary>
    Frequency,

    /// <summary>How many of the rows that it was learned from have the category.</summary>
    Count,

    /// <summary>The mean of the target over rows with the category, smoothed; out of fold for training rows.</summary>
    Target,

    /// <summary>A hash of the category picks one of a fixed number of columns of 0 and 1. Nothing is learned.</summary>
    Hashing,
}

/// <summary>What a category becomes that was not learned.</summary>
public enum UnknownCategory
{
    /// <summary>One category for all such: a column of its own for one_hot, the number after the last for ordinal.</summary>
    Infrequent,

    /// <summary>No category: 0 in all columns of one_hot, missing for ordinal.</summary>
    Ignore,

    /// <summary>The row is rejected with the reason <c>unknown_category</c>.</summary>
    Reject,
}

public sealed partial class EncodeCategoricals
{
    public sealed record Options
    {
        /// <summary>Columns to encode: text, boolean, int64, date or timestamp. At least one.</summary>
        [MinLength(1)]
        public required IReadOnlyList<string> Columns { get; init; }

        /// <summary><c>one_hot</c>, <c>ordinal</c>, <c>frequency</c>, <c>count</c>, <c>target</c> or <c>hashing</c>. Default: one_hot.</summary>
        public EncodingMethod Method { get; init; } = EncodingMethod.OneHot;

        /// <summary>
        /// For one_hot and ordinal: the categories of a column, in order, by column name. Without it they are learned, in order of their text (numbers by
        /// value). Later steps can name the columns of one_hot only where the categories are given. Default: none.
        /// </summary>
        public IReadOnlyDictionary<string, IReadOnlyList<string>> Categories { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

        /// <summary>
        /// For one_hot and ordinal: most categories of a column, the most frequent ones (of equally frequent ones the first in order). Others count as
        /// unknown. Default: 100.
        /// </summary>
        [Range(1, 10_000)]
        public int MaxCategories { get; init; } = 100;

        /// <summary>Most different values of a column that is learned; more, or one of over 1,024 bytes, are an error. Default: 50000.</summary>
        [Range(1, 1_000_000)]
        public int MaxValues { get; init; } = 50_000;

        /// <summary>For one_hot: leaves out the column of the first category, which the others tell. Default: false.</summary>
        public bool DropFirst { get; init; }

        /// <summary>
        /// A category that was not learned: <c>infrequent</c> (one category for all of them), <c>ignore</c> (0 in all columns, missing for ordinal) or
        /// <c>reject</c> (the row goes). Frequency and count give 0 for the first two, target the mean of all. Each is evidence
        /// (<c>unknown_category</c>). Missing cells are not unknown: 0 in all columns, missing for ordinal, frequency and count, the mean of all for
        /// target. Default: infrequent.
        /// </summary>
        public UnknownCategory Unknown { get; init; } = UnknownCategory.Infrequent;

        /// <summary>Keeps the encoded columns; results are then called NAME_ordinal, NAME_frequency, NAME_count, NAME_target. Default: false.</summary>
        public bool KeepColumns { get; init; }

        /// <summary>For target: the column to take the mean of, a number or boolean, or one with a <c>target_value</c>. Default: none.</summary>
        public string? Target { get; init; }

        /// <summary>For target: the target counts as 1 where it has this value and as 0 elsewhere. Default: none, the target is a number or boolean.</summary>
        public string? TargetValue { get; init; }

        /// <summary>
        /// For target: weight m, in rows, of the mean of all: (sum of the category + m · mean of all) / (rows of the category + m). Default: 10.
        /// </summary>
        [Range(0, 1e12)]
        public double Smoothing { get; init; } = 10;

        /// <summary>
        /// For target: parts that the training rows are put into by a hash of the row. A training row is encoded with what the other parts say, so that it
        /// never sees its own target; other rows with what all say. Default: 5.
        /// </summary>
        [Range(2, 50)]
        public int Folds { get; init; } = 5;

        /// <summary>For target: columns whose hash puts a row into its fold; rows that agree in them share one. Default: all columns.</summary>
        public IReadOnlyList<string> FoldColumns { get; init; } = [];

        /// <summary>For target: another seed gives other folds. Default: 42.</summary>
        public long Seed { get; init; } = 42;

        /// <summary>For hashing: number of columns. Different categories may share one. Default: 16.</summary>
        [Range(2, 4096)]
        public int Buckets { get; init; } = 16;

        /// <summary>Set to learn from, where <c>split_column</c> is there. Default: train.</summary>
        [MinLength(1)]
        public string FitOn { get; init; } = "train";

        /// <summary>Column with the name of each row's set; where it is not there, or this is empty, all rows are learned from. Default: split.</summary>
        public string SplitColumn { get; init; } = "split";
    }
}
