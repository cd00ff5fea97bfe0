using System.ComponentModel.DataAnnotations;
using Sluice.TextDuplicates;
using Sluice.VectorSpace;

namespace Sluice.Splits;

/// <summary>How a split places rows.</summary>
public enum SplitStrategy
{
    /// <summary>By a hash of the row and the seed: equal rows are always in the same set.</summary>
    Random,

    /// <summary>As random, with every value of the columns in each set in the same proportion.</summary>
    Stratified,

    /// <summary>Rows with the same value of the columns are always in the same set: a patient, a user, a document.</summary>
    Group,

    /// <summary>By time: the oldest rows are in the first set, the newest in the last.</summary>
    Time,

    /// <summary>As stratified, for rows that have several labels or none: each label is in each set in the same proportion.</summary>
    MultiLabel,

    /// <summary>By twinning: the vectors or numeric columns have the same distribution in each set.</summary>
    Representative,

    /// <summary>One set covers all rows (k-center): it gets the rows that are farthest from each other, the other sets get what is left.</summary>
    Coverage,
}

/// <summary>What happens to rows without a time.</summary>
public enum NullTime
{
    /// <summary>They count as newer than all others: the last set gets them, together.</summary>
    Last,

    /// <summary>The run stops with their number.</summary>
    Refuse,
}

public sealed partial class Split
{
    internal static readonly IReadOnlyDictionary<string, double> DefaultRatios =
        new Dictionary<string, double> { ["train"] = 0.8, ["validation"] = 0.1, ["test"] = 0.1 };

    public sealed record Options
    {
        /// <summary>
        /// <c>random</c>, <c>stratified</c> (each value of the columns in the same proportion in each set), <c>group</c> (rows with the same value of the
        /// columns stay together), <c>time</c> (oldest rows to the first set), <c>multi_label</c> (each label in the same proportion in each set, where rows have
        /// several), <c>representative</c> (the features have the same distribution in each set) or <c>coverage</c> (one set gets rows that cover all others, by
        /// k-center). Default: random.
        /// </summary>
        public SplitStrategy Strategy { get; init; } = SplitStrategy.Random;

        /// <summary>
        /// The stratum, group or time column. For stratified and group, missing values are one value of their own. For time, a date, a timestamp or a
        /// number; text is refused. For multi_label, the column that lists the labels. Default: none; random uses no column, representative and coverage all numeric ones.
        /// </summary>
        public string? Column { get; init; }

        /// <summary>
        /// Several stratum or group columns instead of <c>column</c>: their combination counts. For multi_label, a column for each label: a row has the label when
        /// the value is true, a number other than 0, or a text other than 0, false and no. For representative and coverage, the columns that count. Default: none.
        /// </summary>
        public IReadOnlyList<string> Columns { get; init; } = [];

        /// <summary>
        /// For representative and coverage, what rows are compared by instead of columns: <c>text</c> (a column, embedded by <c>model</c>), or <c>columns</c> of numbers
        /// and dates. With <c>cosine</c>, for every strategy but time, the text by whose meaning rows stay together. Memory is 4 bytes a number of a different row's
        /// vector. Default: none; the numeric columns are compared.
        /// </summary>
        public VectorSource? Features { get; init; }

        /// <summary>
        /// Also keeps rows of one meaning in one set, and all that such rows link: least cosine of the vectors of <c>features</c>, a text, 0.5 to 1. What is right depends on
        /// the model; too low, and all rows are one unit. Default: none; rows of one meaning may be in different sets.
        /// </summary>
        [Range(0.5, 1.0)]
        public double? Cosine { get; init; }

        /// <summary>For coverage: the set that covers all rows. Default: the first set.</summary>
        public string? CoveringSet { get; init; }

        /// <summary>
        /// Sets and their shares of the rows; the shares add up to 1. A name has letters, digits, - and _, at most 64. Rows are whole: what rounding down
        /// leaves goes to the sets with the largest fractions, and of equal ones to the last. Default: train 0.8, validation 0.1, test 0.1.
        /// </summary>
        public IReadOnlyDictionary<string, double> Ratios { get; init; } = DefaultRatios;

        /// <summary>Sets and their numbers of rows, instead of <c>ratios</c>. One of them may be 0, which stands for all the other rows. Default: none.</summary>
        public IReadOnlyDictionary<string, long> Counts { get; init; } = new Dictionary<string, long>();

        /// <summary>
        /// Order of the sets, each named once: <c>[train, validation, test]</c>. For time, the first set has the oldest rows. The order in which ratios or
        /// counts are written has no meaning. Default: training sets (train, training), then validation sets (validation, valid, val, dev), then test sets
        /// (test, testing, holdout), then all others by name; with strategy time, other names need this option.
        /// </summary>
        public IReadOnlyList<string> Order { get; init; } = [];

        /// <summary>For two sets, train and validation: the share of validation, instead of <c>ratios</c>. More than 0, less than 1. Default: none.</summary>
        public double? ValidationSplit { get; init; }

        /// <summary>
        /// Also keeps near-duplicates in one set: rows whose texts are similar, and all that such rows link. With <c>{columns: [text], threshold: 0.8}</c>.
        /// Not with time, which places rows by their time alone. Default: none; only equal rows stay together.
        /// </summary>
        public NearDuplicateOptions? NearDuplicates { get; init; }

        /// <summary>
        /// Columns each of which keeps rows together by itself: rows with the same patient stay together, and so do rows with the same session. A missing
        /// value links nothing. Not with time. Default: none.
        /// </summary>
        public IReadOnlyList<string> Together { get; init; } = [];

        /// <summary>
        /// Column that names the row which a row was made from, by augmentation or translation: a row stays with its parent, and so with all its
        /// variants. Needs <c>id</c>. Not with time. Default: none.
        /// </summary>
        public string? Parent { get; init; }

        /// <summary>Column with the id of each row, of the same type as <c>parent</c>. Default: none.</summary>
        public string? Id { get; init; }

        /// <summary>For multi_label with one column: what stands between labels. Default: a comma.</summary>
        [MinLength(1)]
        public string LabelSeparator { get; init; } = ",";

        /// <summary>Another seed gives another split of the same rows. No effect for time. Default: 42.</summary>
        public long Seed { get; init; } = 42;

        /// <summary>Name of the new text column that holds the name of each row's set. Default: split.</summary>
        [MinLength(1)]
        public string OutputColumn { get; init; } = "split";

        /// <summary>
        /// Rows without a time, for strategy time: <c>refuse</c> stops the run; <c>last</c> puts them together, as the newest, into the last set. Default: refuse.
        /// </summary>
        public NullTime NullTime { get; init; } = NullTime.Refuse;

        /// <summary>Most different strata; more are an error. Each takes about 100 bytes of memory. Default: 10000.</summary>
        [Range(1, 100_000)]
        public int MaxStrata { get; init; } = 10_000;

        /// <summary>
        /// Most different groups, or units where rows stay together for several reasons; more are an error. A group takes about 40 bytes of memory, a unit 250.
        /// Default: 1000000.
        /// </summary>
        [Range(1, 100_000_000)]
        public int MaxGroups { get; init; } = 1_000_000;
    }
}
