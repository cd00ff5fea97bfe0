using System.ComponentModel.DataAnnotations;

namespace Sluice.Sampling;

public sealed partial class Balance
{
    public sealed record Options
    {
        /// <summary>Column with the class. A missing value is a class of its own.</summary>
        [Required]
        public string Column { get; init; } = "";

        /// <summary>
        /// <c>weights</c>: column class_weight, with rows / (classes · rows of the class), so that the mean weight is 1; <c>undersample</c>: rows of frequent
        /// classes are rejected as <c>undersampled</c>; <c>oversample</c>: rows of rare classes come several times, as evenly as can be; <c>smote</c>: rows are made
        /// between a row of a rare class and one of its nearest of that class. Default: weights.
        /// </summary>
        public BalanceMethod Method { get; init; } = BalanceMethod.Weights;

        /// <summary>For undersample: rows that a class keeps at most, for each row of the rarest. 1 makes all classes equal. Default: 1.</summary>
        [Range(1.0, 1e9)]
        public double MaxRatio { get; init; } = 1;

        /// <summary>For oversample and smote: rows that a class has at least, for each row of the most frequent. 1 makes all classes equal. Default: 1.</summary>
        [Range(0.0, 1.0, MinimumIsExclusive = true)]
        public double MinRatio { get; init; } = 1;

        /// <summary>For oversample: new column that is true for copies, so that they can be told from the rows they are of. Default: none.</summary>
        public string? CopyColumn { get; init; }

        /// <summary>For smote: number columns (numeric, without missing values) that rows are compared by and that are made. Whole numbers are rounded. Default: none; smote needs at least one.</summary>
        public IReadOnlyList<string> Columns { get; init; } = [];

        /// <summary>
        /// For smote: columns of categories (text, boolean or whole numbers, without missing values) that rows are compared by as well; a made row has the category that most
        /// of the neighbours have (SMOTE-NC). Columns named in neither list are as in the parent. Default: none.
        /// </summary>
        public IReadOnlyList<string> CategoricalColumns { get; init; } = [];

        /// <summary>For smote: nearest rows of the class of which one is drawn for each made row; all others of the class where it has fewer. Default: 5.</summary>
        [Range(1, 100)]
        public int KNeighbors { get; init; } = 5;

        /// <summary>
        /// For smote, of which rows others are made: <c>regular</c>: of all, evenly; <c>borderline1</c>: of those of whose <c>m_neighbors</c> nearest rows of all classes at least half, but not all, are of other
        /// classes; <c>borderline2</c>: as that, and towards the nearest row of another class too, at most half way (Han, Wang, Mao 2005); <c>adasyn</c>: of each the more, the more of its
        /// <c>k_neighbors</c> nearest rows of all classes are of others (He, Bai, Garcia, Li 2008). A class without such rows is an error. Default: regular.
        /// </summary>
        public SmoteVariant SmoteVariant { get; init; } = SmoteVariant.Regular;

        /// <summary>For borderline1 and borderline2: nearest rows of all classes that say whether a row lies at the border. Equal rows count once. Default: 10.</summary>
        [Range(2, 1000)]
        public int MNeighbors { get; init; } = 10;

        /// <summary>For smote: measure distances in units of each column's standard deviation within the class; false: numbers as they are, as the paper has it. Default: true.</summary>
        public bool Standardize { get; init; } = true;

        /// <summary>For smote: column whose values name rows. It is missing in made rows, and <c>parent_column</c> has its values. Default: none; rows are then named by a hash of their cells.</summary>
        public string? IdColumn { get; init; }

        /// <summary>For smote: new boolean column that is true for made rows. Default: synthetic.</summary>
        [MinLength(1)]
        public string SyntheticColumn { get; init; } = "synthetic";

        /// <summary>
        /// For smote: new text column with the name of the row that a row was made of; a row that was not made names itself, so that <c>together: [made_from]</c> of
        /// cross_validation keeps rows and what was made of them in one fold. Default: made_from.
        /// </summary>
        [MinLength(1)]
        public string ParentColumn { get; init; } = "made_from";

        /// <summary>For smote: different rows of a class that are learned from; of a larger class those whose hashes are least. Rows held in memory are at most so many for each class. Default: 10000.</summary>
        [Range(2, 1_000_000)]
        public int MaxClassRows { get; init; } = 10_000;

        /// <summary>For smote: rows made at most; more are an error. Default: 1000000.</summary>
        [Range(1, int.MaxValue)]
        public int MaxMadeRows { get; init; } = 1_000_000;

        /// <summary>Column that names the set of each row; empty when there is none and all rows are for training. Default: split.</summary>
        public string SetColumn { get; init; } = "split";

        /// <summary>Name of the set that is balanced. Default: train.</summary>
        public string TrainSet { get; init; } = "train";

        /// <summary>Name of the new column of weights; rows of other sets weigh 1. Default: class_weight.</summary>
        [MinLength(1)]
        public string WeightColumn { get; init; } = "class_weight";

        /// <summary>For undersample, oversample and smote: another seed leaves out, copies or makes other rows. Default: 42.</summary>
        public long Seed { get; init; } = 42;

        /// <summary>Most different classes; more are an error. Default: 10000.</summary>
        [Range(1, 100_000)]
        public int MaxClasses { get; init; } = 10_000;
    }
}
