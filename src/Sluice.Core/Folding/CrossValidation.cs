using System.ComponentModel.DataAnnotations;
using Sluice.Splits;
using Sluice.Steps;
using Sluice.TextDuplicates;

namespace Sluice.Folding;

/// <summary>
/// Puts every row into a fold: a column of whole numbers from 1. A model is tested on the rows of one fold and trained on those of the others. Equal rows, and
/// whatever else belongs together, are in one fold, and the fold of a row depends on its content and the seed alone.
/// Repeats add columns with other seeds; nested folds add a column whose folds are spread evenly over each outer fold, so that it serves for all of them.
/// </summary>
[Step("cross_validation", Aliases = ["k_fold", "folds"])]
public sealed class CrossValidation(CrossValidation.Options options) : StepGroup
{
    public sealed record Options
    {
        /// <summary>
        /// <c>random</c>, <c>stratified</c> (each value of the columns in the same proportion in each fold), <c>multi_label</c> (each label, where rows have
        /// several), <c>group</c> (rows with the same value of the columns stay together), <c>leave_one_group_out</c> (a fold for each value) or <c>time</c>
        /// (folds are blocks of time). Stratified with <c>together</c> is stratified by group. Default: random.
        /// </summary>
        public FoldStrategy Strategy { get; init; } = FoldStrategy.Random;

        /// <summary>The stratum, label, group or time column. Default: none; random uses no column.</summary>
        public string? Column { get; init; }

        /// <summary>Several columns instead of <c>column</c>, as in split. Default: none.</summary>
        public IReadOnlyList<string> Columns { get; init; } = [];

        /// <summary>Folds, 2 to 250; leave_one_group_out has as many as there are groups. Default: 5.</summary>
        [Range(2, SplitSets.Max)]
        public int NSplits { get; init; } = 5;

        /// <summary>Times to do it again with another seed; column fold then becomes fold_1, fold_2 and so on. Default: 1.</summary>
        [Range(1, 100)]
        public int Repeats { get; init; } = 1;

        /// <summary>
        /// Inner folds, for choosing a model on the rows that a fold leaves for training: a further column inner_fold. Default: 0, none.
        /// </summary>
        [Range(0, SplitSets.Max)]
        public int InnerSplits { get; init; }

        /// <summary>Another seed gives other folds. No effect for time and leave_one_group_out. Default: 42.</summary>
        public long RandomState { get; init; } = 42;

        /// <summary>Name of the new column. Default: fold.</summary>
        [MinLength(1)]
        public string OutputColumn { get; init; } = "fold";

        /// <summary>Also keeps near-duplicates in one fold, as in split. Default: none.</summary>
        public NearDuplicateOptions? NearDuplicates { get; init; }

        /// <summary>Columns each of which keeps rows together by itself, as in split. Default: none.</summary>
        public IReadOnlyList<string> Together { get; init; } = [];

        /// <summary>Column that names the row which a row was made from, as in split. Needs <c>id</c>. Default: none.</summary>
        public string? Parent { get; init; }

        /// <summary>Column with the id of each row. Default: none.</summary>
        public string? Id { get; init; }

        /// <summary>For multi_label with one column: what stands between labels. Default: a comma.</summary>
        [MinLength(1)]
        public string LabelSeparator { get; init; } = ",";

        /// <summary>
        /// For time: rows this near to a tested fold, before or after it, are not for training; they are named in the further column fold_purged. In days
        /// for dates and times, else in the unit of the column. Default: 0, none.
        /// </summary>
        [Range(0.0, double.MaxValue)]
        public double Purge { get; init; }

        /// <summary>For time: how much longer, after the tested fold, rows are not for training. In the unit of <c>purge</c>. Default: 0.</summary>
        [Range(0.0, double.MaxValue)]
        public double Embargo { get; init; }
    }

    public override IReadOnlyList<Step> Expand()
    {
        var steps = new List<Step>();
        for (var repeat = 0; repeat < options.Repeats; repeat++)
        {
            var name = options.Repeats == 1 ? options.OutputColumn : $"{options.OutputColumn}_{repeat + 1}";
            var outer = options with { OutputColumn = name, RandomState = unchecked(options.RandomState + repeat) };
            steps.Add(new Folds(outer));
            if (options.InnerSplits > 0)
            {
                steps.Add(new Folds(Inner(outer)));
            }
        }

        return steps;
    }

    /// <summary>Stratified by the outer fold too, so that each outer fold has as many rows of each inner one.</summary>
    static Options Inner(Options outer) => outer with
    {
        Strategy = FoldStrategy.Stratified,
        Column = null,
        Columns = outer.Strategy == FoldStrategy.Stratified ? [.. Chosen(outer), outer.OutputColumn] : [outer.OutputColumn],
        Together = outer.Strategy is FoldStrategy.Group or FoldStrategy.LeaveOneGroupOut ? [.. outer.Together, .. Chosen(outer)] : outer.Together,
        NSplits = outer.InnerSplits,
        InnerSplits = 0,
        OutputColumn = $"inner_{outer.OutputColumn}",
    };

    internal static string[] Chosen(Options options) => options.Column is { } one ? [one, .. options.Columns] : [.. options.Columns];
}
