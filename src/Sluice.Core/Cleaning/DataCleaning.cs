using System.ComponentModel.DataAnnotations;
using Sluice.Steps;

namespace Sluice.Cleaning;

/// <summary>An operation of <c>data_cleaning</c>; each is also a step of that name.</summary>
public enum CleaningOperation
{
    /// <summary>See step <c>remove_duplicates</c>.</summary>
    RemoveDuplicates,

    /// <summary>See step <c>strip_whitespace</c>.</summary>
    StripWhitespace,

    /// <summary>See step <c>standardize_case</c>.</summary>
    StandardizeCase,

    /// <summary>See step <c>handle_missing</c>.</summary>
    HandleMissing,

    /// <summary>See step <c>fix_types</c>.</summary>
    FixTypes,

    /// <summary>See step <c>remove_outliers</c>.</summary>
    RemoveOutliers,
}

/// <summary>
/// Cleans a table: runs the listed operations in their order, each on what the one before left. What is changed is counted per operation
/// and column; rows that are taken out keep their reason.
/// </summary>
[Step("data_cleaning")]
public sealed class DataCleaning(DataCleaning.Options options) : StepGroup
{
    public sealed record Options
    {
        /// <summary>Operations in the order to run them. Default: strip_whitespace, remove_duplicates, fix_types.</summary>
        [MinLength(1)]
        public IReadOnlyList<CleaningOperation> Operations { get; init; } =
            [CleaningOperation.StripWhitespace, CleaningOperation.RemoveDuplicates, CleaningOperation.FixTypes];

        /// <summary>Columns to work on; an operation passes over those it does not apply to, and remove_duplicates has its own. Default: all.</summary>
        public IReadOnlyList<string> Columns { get; init; } = [];

        /// <summary>Columns that make rows equal for remove_duplicates. Default: all columns.</summary>
        public IReadOnlyList<string> DuplicateKeys { get; init; } = [];

        /// <summary>Which row of several equal ones stays: <c>first</c>, or <c>best</c> for the one with the fewest missing values. Default: first.</summary>
        public DuplicateKeep DuplicateKeep { get; init; } = DuplicateKeep.First;

        /// <summary>For strip_whitespace: also replace each run of white space inside a value by one space. Default: false.</summary>
        public bool CollapseInner { get; init; }

        /// <summary>For standardize_case: <c>lower</c>, <c>upper</c>, <c>title</c> or <c>sentence</c>. Default: lower.</summary>
        public LetterCase Case { get; init; } = LetterCase.Lower;

        /// <summary>For standardize_case: case of single columns, by name. With it and without <c>columns</c>, only those are changed. Default: none.</summary>
        public IReadOnlyDictionary<string, LetterCase> CaseByColumn { get; init; } = new Dictionary<string, LetterCase>();

        /// <summary>For handle_missing: <c>auto</c>, <c>mean</c>, <c>median</c>, <c>mode</c>, <c>constant</c>, <c>ffill</c>, <c>knn</c>, <c>smart_impute</c> or <c>drop</c>. Default: auto.</summary>
        public MissingStrategy MissingStrategy { get; init; } = MissingStrategy.Auto;

        /// <summary>For handle_missing with <c>constant</c>: the value; columns that cannot hold it are passed over. Default: none.</summary>
        public string? FillValue { get; init; }

        /// <summary>For handle_missing with <c>ffill</c>: date, timestamp or number column that rows are in the order of. Default: none.</summary>
        [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
        public string? OrderColumn { get; init; }

        /// <summary>For handle_missing with <c>smart_impute</c>: language model to ask. Default: the configured one.</summary>
        [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
        public string? Model { get; init; }

        /// <summary>For fix_types: least share of a column's values that must be of one type, 0 to 1. Default: 0.5.</summary>
        [Range(0.0, 1.0)]
        public double MinShare { get; init; } = 0.5;

        /// <summary>For fix_types: words that mean missing; case does not matter. Default: na, n/a, nan, null, none, -, ?.</summary>
        public IReadOnlyList<string> MissingTokens { get; init; } = CellKinds.DefaultTokens;

        /// <summary>For fix_types: what happens to a value of another type, <c>missing</c> (it becomes missing) or <c>reject</c>. Default: missing.</summary>
        public UnconvertibleAction Unconvertible { get; init; } = UnconvertibleAction.Missing;

        /// <summary>For remove_outliers, by column: <c>iqr</c>, <c>z_score</c>, <c>robust_z</c>; by row: <c>isolation_forest</c>, <c>knn</c>, <c>lof</c>. Default: iqr.</summary>
        public OutlierMethod OutlierMethod { get; init; } = OutlierMethod.Iqr;

        /// <summary>For remove_outliers with z_score and robust_z: limit in standard deviations. Default: 3.</summary>
        [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
        public double OutlierThreshold { get; init; } = 3;

        /// <summary>For remove_outliers with iqr: limit in interquartile ranges beyond the quartiles. Default: 1.5.</summary>
        [Range(0.0, double.MaxValue)]
        public double IqrMultiplier { get; init; } = 1.5;

        /// <summary>For remove_outliers: <c>remove</c>, <c>flag</c>, <c>clip</c> or <c>missing</c>. Default: remove.</summary>
        public OutlierAction OutlierAction { get; init; } = OutlierAction.Remove;

        /// <summary>For handle_missing and remove_outliers: set to learn from, where <c>split_column</c> is there. Default: train.</summary>
        [MinLength(1)]
        public string FitOn { get; init; } = "train";

        /// <summary>For handle_missing and remove_outliers: column with the name of each row's set; where it is not there, all rows are learned from. Default: split.</summary>
        public string SplitColumn { get; init; } = "split";
    }

    public override IReadOnlyList<Step> Expand() => [.. options.Operations.Select(StepOf).SelectMany(step => step.Parts ?? [step])];

    Step StepOf(CleaningOperation operation) => operation switch
    {
        CleaningOperation.RemoveDuplicates => new RemoveDuplicates(new() { DuplicateKeys = options.DuplicateKeys, DuplicateKeep = options.DuplicateKeep }),
        CleaningOperation.StripWhitespace => new StripWhitespace(new() { Columns = options.Columns, CollapseInner = options.CollapseInner }, strict: false),
        CleaningOperation.StandardizeCase => new StandardizeCase(
            new() { Columns = options.Columns, Case = options.Case, CaseByColumn = options.CaseByColumn }, strict: false),
        CleaningOperation.HandleMissing => new HandleMissing(
            new()
            {
                Columns = options.Columns,
                MissingStrategy = options.MissingStrategy,
                FillValue = options.FillValue,
                OrderColumn = options.OrderColumn,
                Model = options.Model,
                FitOn = options.FitOn,
                SplitColumn = options.SplitColumn,
            },
            strict: false),
        CleaningOperation.FixTypes => new FixTypes(
            new()
            {
                Columns = options.Columns,
                MinShare = options.MinShare,
                MissingTokens = options.MissingTokens,
                Unconvertible = options.Unconvertible,
            },
            strict: false),
        CleaningOperation.RemoveOutliers => new RemoveOutliers(
            new()
            {
                Columns = options.Columns,
                OutlierMethod = options.OutlierMethod,
                OutlierThreshold = options.OutlierThreshold,
                IqrMultiplier = options.IqrMultiplier,
                OutlierAction = options.OutlierAction,
                FitOn = options.FitOn,
                SplitColumn = options.SplitColumn,
            },
            strict: false),
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "Unknown operation."),
    };
}
