using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Features;
using Sluice.Steps;

namespace Sluice.Core.Tests.Features;

public sealed class OneHotContractTests : StepContract
{
    protected override Step Create() => new EncodeCategoricals(new() { Columns = ["genre", "flag"], MaxCategories = 2 });

    protected override Batch Sample() => FeatureTable.Of();

    // Without the name of a set in any row there is nothing to learn from.
    protected override bool AcceptsNoValues => false;

    protected override (Step Step, string Path)? WithUnknownColumn => (new EncodeCategoricals(new() { Columns = ["nowhere"] }), "columns[0]");
}

public sealed class FrequencyContractTests : StepContract
{
    protected override Step Create() => new EncodeCategoricals(new() { Columns = ["name", "count"], Method = EncodingMethod.Frequency, KeepColumns = true });

    protected override Batch Sample() => FeatureTable.Of();

    // Without the name of a set in any row there is nothing to learn from.
    protected override bool AcceptsNoValues => false;

    protected override (Step Step, string Path)? WithUnknownColumn => null;
}

public sealed class RejectingContractTests : StepContract
{
    protected override Step Create() => new EncodeCategoricals(
        new() { Columns = ["genre"], Method = EncodingMethod.Ordinal, Unknown = UnknownCategory.Reject, Categories = new Dictionary<string, IReadOnlyList<string>> { ["genre"] = ["Drama"] } });

    protected override Batch Sample() => FeatureTable.Of();

    protected override (Step Step, string Path)? WithUnknownColumn => null;
}

/// <summary>Known answers are those of scikit-learn's OneHotEncoder and OrdinalEncoder on the training rows.</summary>
public sealed class EncodeCategoricalsTests
{
    static readonly Batch rows = FeatureTable.WithSplit(
        DirtyTable.Text(("c", ["b", "a", "b", "c", null, "z"]), ("n", ["10", "9", "10", "9", "9", "9"])), "train", "train", "train", "train", "train", "test");

    [Fact]
    public void One_hot_has_a_column_for_each_category_in_order_and_one_for_the_rest()
    {
        var run = Run(new() { Columns = ["c"] });

        Assert.Equal(["n", "split", "c_a", "c_b", "c_c", "c_infrequent"], run.All.Schema.Select(f => f.Name));
        Assert.Equal(["0100", "1000", "0100", "0010", "0000", "0001"], Codes(run.All, "c_a", "c_b", "c_c", "c_infrequent"));
        Assert.Equal("unknown_category", Assert.Single(run.Verdicts[0].Rules).Reason);
        Assert.Equal([5], run.Verdicts[0].Failing(0));
    }

    [Fact]
    public void The_first_column_can_be_left_out_and_the_source_kept()
    {
        var run = Run(new() { Columns = ["c"], DropFirst = true, KeepColumns = true, Unknown = UnknownCategory.Ignore });

        Assert.Equal(["c", "n", "split", "c_b", "c_c"], run.All.Schema.Select(f => f.Name));
        Assert.Equal(["10", "00", "10", "01", "00", "00"], Codes(run.All, "c_b", "c_c"));
    }

    [Fact]
    public void Only_the_most_frequent_categories_get_a_column()
    {
        var run = Run(new() { Columns = ["c"], MaxCategories = 2 });

        Assert.Equal(["01", "10", "01", "00", "00", "00"], Codes(run.All, "c_a", "c_b"));
        Assert.Equal(["0", "0", "0", "1", "0", "1"], Codes(run.All, "c_infrequent"));
    }

    [Fact]
    public void Given_categories_are_known_before_any_data_is()
    {
        var step = new EncodeCategoricals(new() { Columns = ["c"], Categories = new Dictionary<string, IReadOnlyList<string>> { ["c"] = ["z", "a"] }, Unknown = UnknownCategory.Ignore });

        Assert.False(step.Looks(rows.Schema));
        Assert.Null(step.LearnsFrom);
        Assert.Equal(["n", "split", "c_z", "c_a"], step.Plan(rows.Schema, new StepProblems()).Select(f => f.Name));
        Assert.Equal(["00", "01", "00", "00", "00", "10"], Codes(StepRunner.Run(step, rows).All, "c_z", "c_a"));
    }

    [Theory]
    [InlineData(UnknownCategory.Infrequent, "1,0,1,2,,3")]
    [InlineData(UnknownCategory.Ignore, "1,0,1,2,,")]
    [InlineData(UnknownCategory.Reject, "1,0,1,2,")]
    public void Ordinal_is_the_place_in_order(UnknownCategory unknown, string expected) =>
        Assert.Equal(expected, string.Join(',', DirtyTable.Shown(Run(new() { Columns = ["c"], Method = EncodingMethod.Ordinal, Unknown = unknown }).All, "c")));

    [Fact]
    public void Numbers_are_in_the_order_of_their_values() =>
        Assert.Equal(["1", "0", "1", "0", "0", "0"], DirtyTable.Shown(Run(new() { Columns = ["n"], Method = EncodingMethod.Ordinal }).All, "n"));

    [Fact]
    public void Frequency_and_count_are_of_the_training_rows()
    {
        Assert.Equal(["2", "1", "2", "1", null, "0"], DirtyTable.Shown(Run(new() { Columns = ["c"], Method = EncodingMethod.Count }).All, "c"));
        FeatureTable.Near([0.5, 0.25, 0.5, 0.25, double.NaN, 0], FeatureTable.Numbers(Run(new() { Columns = ["c"], Method = EncodingMethod.Frequency }).All, "c"));
    }

    [Fact]
    public void Hashing_puts_each_category_into_one_of_few_columns_and_learns_nothing()
    {
        var run = Run(new() { Columns = ["c"], Method = EncodingMethod.Hashing, Buckets = 8 });

        var codes = Codes(run.All, [.. Enumerable.Range(0, 8).Select(i => $"c_hash_{i}")]).ToArray();
        Assert.Equal("null", System.Text.Encoding.UTF8.GetString(run.Json));
        Assert.Equal(codes[0], codes[2]);
        Assert.Equal([1, 1, 1, 1, 0, 1], codes.Select(c => c.Count(bit => bit == '1')));
    }

    [Fact]
    public void Without_a_split_all_rows_are_learned_from()
    {
        var run = StepRunner.Run(new EncodeCategoricals(new() { Columns = ["c"] }), DirtyTable.Text(("c", ["b", "a"])));

        Assert.Equal(["c_a", "c_b", "c_infrequent"], run.All.Schema.Select(f => f.Name));
    }

    [Fact]
    public void A_set_that_no_row_is_in_is_an_error()
    {
        var error = Assert.Throws<DataException>(() => Run(new() { Columns = ["c"], FitOn = "training" }));

        Assert.Equal(
            "encode_categoricals has nothing to learn from: none of 6 rows has 'training' in column 'split'. Set fit_on to the name of the training set, or split_column to the column of the split.",
            error.Message);
    }

    [Fact]
    public void Says_what_is_wrong_with_its_options()
    {
        var batch = FeatureTable.Join(DirtyTable.Numbers("x", 1), FeatureTable.WithSplit(DirtyTable.Text(("c", ["a"])), "train"));
        string[] Problems(EncodeCategoricals.Options options) => [.. StepRunner.Problems(new EncodeCategoricals(options), batch.Schema)];

        Assert.Equal(
            ["columns[0]: Column 'x' is float64; expected text, boolean, int64, date or timestamp. Measures are no categories: put them into bins first with scale_numericals, method: bins."],
            Problems(new() { Columns = ["x"] }));
        Assert.Equal(["columns[1]: Column 'c' is named twice. Name it once."], Problems(new() { Columns = ["c", "c"] }));
        Assert.Equal(["columns[0]: Column 'split' is the split_column too. Leave it out of columns."], Problems(new() { Columns = ["split"] }));
        Assert.Equal(["target: The method one_hot uses no target. Remove it, or choose method: target."], Problems(new() { Columns = ["c"], Target = "x" }));
        Assert.Equal(
            ["target: The method target needs the column to take means of; there are: x, c, split. Give target."], Problems(new() { Columns = ["c"], Method = EncodingMethod.Target }));
        Assert.Equal(
            ["categories.x: Column 'x' is not in columns: c. Add it there, or remove its categories."],
            Problems(new() { Columns = ["c"], Categories = new Dictionary<string, IReadOnlyList<string>> { ["x"] = ["a"] } }));
        Assert.Equal(
            ["split_column: Column 'x' is float64; expected text with the name of each row's set. Name the column of the split, or give split_column: '' to learn from all rows."],
            Problems(new() { Columns = ["c"], SplitColumn = "x" }));
    }

    [Fact]
    public void A_feature_may_not_have_the_name_of_a_column()
    {
        var error = Assert.Throws<DataException>(() => StepRunner.Run(new EncodeCategoricals(new() { Columns = ["c"] }), DirtyTable.Text(("c", ["a"]), ("c_a", ["1"]))));

        Assert.Equal("The feature 'c_a' of column 'c' has the name of a column that is there already. Rename that column before this step.", error.Message);
    }

    [Fact]
    public void Ten_thousand_categories_are_learned_and_more_than_the_limit_refused()
    {
        var many = DirtyTable.Text(("c", [.. Enumerable.Range(0, 10_000).Select(i => $"v{i}")]));

        var run = StepRunner.Run(new EncodeCategoricals(new() { Columns = ["c"], Method = EncodingMethod.Count }), StepRunner.Cut(many, 3_000));
        var error = Assert.Throws<DataException>(() => StepRunner.Run(new EncodeCategoricals(new() { Columns = ["c"], MaxValues = 9_999 }), many));
        var reject = Assert.Throws<DataException>(() => StepRunner.Run(new EncodeCategoricals(new() { Columns = ["c"], Unknown = UnknownCategory.Reject }), many));

        Assert.All(FeatureTable.Numbers(run.All, "c"), count => Assert.Equal(1, count));
        Assert.StartsWith("Column 'c' has more than 9,999 different values, or one of more than 1,024 bytes; that is max_values.", error.Message);
        Assert.StartsWith("Column 'c' has 10,000 different values in the rows to learn from and unknown is reject", reject.Message);
    }

    static StepRun Run(EncodeCategoricals.Options options) => StepRunner.Run(new EncodeCategoricals(options), rows);

    static IEnumerable<string> Codes(Batch batch, params string[] columns) =>
        Enumerable.Range(0, batch.Rows).Select(row => string.Concat(columns.Select(name => batch[name].Display(row))));
}
