using Sluice.Batches;
using Sluice.Core.Tests.Splits;
using Sluice.Core.Tests.Steps;
using Sluice.Sampling;
using Sluice.Steps;

namespace Sluice.Core.Tests.Sampling;

public sealed class BalanceContractTests : StepContract
{
    protected override Step Create() => new Balance(new() { Column = "genre", SetColumn = "flag", TrainSet = "true" });

    protected override (Step Step, string Path)? WithUnknownColumn => (new Balance(new() { Column = "nowhere", SetColumn = "" }), "column");

    protected override bool AcceptsNoValues => false;
}

public sealed class UndersampleContractTests : StepContract
{
    protected override Step Create() => new Balance(new() { Column = "genre", SetColumn = "", Method = BalanceMethod.Undersample, MaxRatio = 1.5 });

    protected override (Step Step, string Path)? WithUnknownColumn => null;

    protected override bool AcceptsNoValues => false;
}

public sealed class OversampleContractTests : StepContract
{
    protected override Step Create() => new Balance(new() { Column = "genre", SetColumn = "", Method = BalanceMethod.Oversample, MinRatio = 0.8, CopyColumn = "is_copy" });

    protected override (Step Step, string Path)? WithUnknownColumn => null;

    protected override bool AcceptsNoValues => false;
}

public sealed class BalanceTests
{
    [Fact]
    public void Weights_make_the_classes_of_the_training_set_equal()
    {
        var all = Run(new() { Column = "genre" }, WithSets(1_000));

        var training = Enumerable.Range(0, all.Rows).Where(row => SplitTests.SetOf(all, row) == "train").ToArray();
        var sums = training.GroupBy(row => all["genre"].Display(row)).Select(g => g.Sum(row => all.Float64("class_weight")[row])).ToArray();
        Assert.All(sums, sum => Assert.Equal(training.Length / 4.0, sum, 9));
        Assert.All(Enumerable.Range(0, all.Rows).Except(training), row => Assert.Equal(1, all.Float64("class_weight")[row]));
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(2.0)]
    public void Undersampling_leaves_the_other_sets_as_they_are(double ratio)
    {
        var rows = WithSets(1_000);
        var all = Run(new() { Column = "genre", Method = BalanceMethod.Undersample, MaxRatio = ratio }, StepRunner.Cut(rows, 170));

        var (before, after) = (Counts(rows, "train"), Counts(all, "train"));
        Assert.All(after, c => Assert.Equal(Math.Min(before[c.Key], (int)(before.Values.Min() * ratio)), c.Value));
        Assert.Equal(Counts(rows, "test"), Counts(all, "test"));
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.5)]
    public void Oversampling_copies_rows_of_rare_classes_evenly_and_leaves_the_other_sets_as_they_are(double ratio)
    {
        var rows = WithSets(1_000);

        var all = Run(new() { Column = "genre", Method = BalanceMethod.Oversample, MinRatio = ratio, CopyColumn = "is_copy" }, StepRunner.Cut(rows, 170));

        var (before, after) = (Counts(rows, "train"), Counts(all, "train"));
        Assert.All(after, c => Assert.Equal(Math.Max(before[c.Key], (int)Math.Ceiling(before.Values.Max() * ratio)), c.Value));
        Assert.Equal(Counts(rows, "test"), Counts(all, "test"));
        var training = Enumerable.Range(0, all.Rows).Where(row => SplitTests.SetOf(all, row) == "train").ToArray();
        Assert.All(
            training.GroupBy(row => all["genre"].Display(row)).Select(g => g.CountBy(row => all["id"].Display(row)).Select(c => c.Value).ToArray()),
            times => Assert.InRange(times.Max() - times.Min(), 0, 1));
        Assert.Equal(all.Rows - rows.Rows, Enumerable.Range(0, all.Rows).Count(row => all["is_copy"].Display(row) == "true"));
    }

    [Fact]
    public void Which_rows_are_copied_depends_on_neither_batches_nor_order()
    {
        var rows = WithSets(400);
        var step = new Balance.Options { Column = "genre", Method = BalanceMethod.Oversample };
        var expected = Times(Run(step, rows));
        var random = new Random(20_261_122);
        for (var round = 0; round < 10; round++)
        {
            var order = Enumerable.Range(0, rows.Rows).ToArray();
            random.Shuffle(order);

            Assert.Equal(expected, Times(Run(step, StepRunner.Cut(rows.Take(order), random.Next(1, 200)))));
        }

        static SortedDictionary<string, int> Times(Batch all) =>
            new(Enumerable.Range(0, all.Rows).CountBy(row => all["id"].Display(row)).ToDictionary(c => c.Key, c => c.Value), StringComparer.Ordinal);
    }

    [Fact]
    public void Says_what_is_wrong_with_its_column_of_copies()
    {
        Assert.StartsWith("copy_column: Only oversample makes copies.", Problem(new() { Column = "genre", SetColumn = "", Method = BalanceMethod.Undersample, CopyColumn = "is_copy" }));
        Assert.StartsWith("copy_column: Column 'id' is already there.", Problem(new() { Column = "genre", SetColumn = "", Method = BalanceMethod.Oversample, CopyColumn = "id" }));

        static string Problem(Balance.Options options) => Assert.Single(StepRunner.Problems(new Balance(options), SplitTests.Rows(1).Schema));
    }

    [Fact]
    public void Refuses_to_balance_rows_that_may_be_for_testing()
    {
        Assert.Equal(
            ["set_column: Column 'split' does not exist here, so nobody knows which rows are for training; balancing all of them would change what models are tested on. "
                + "Put a split before this step, or set set_column to \"\" when all rows are for training."],
            StepRunner.Problems(new Balance(new() { Column = "genre" }), SplitTests.Rows(1).Schema));
        Assert.Equal(
            "balance found no row of set 'training' in column 'split'; expected at least one. Set train_set to the name that the split gave it.",
            Assert.Throws<DataException>(() => Run(new() { Column = "genre", TrainSet = "training" }, WithSets(100))).Message);
        Assert.StartsWith(
            "balance found more than 5 different values of 'id'",
            Assert.Throws<DataException>(() => Run(new() { Column = "id", MaxClasses = 5 }, WithSets(100))).Message);
    }

    static Batch WithSets(int rows) => SplitTests.Run(new(), SplitTests.Rows(rows));

    static Batch Run(Balance.Options options, params Batch[] batches) => StepRunner.Run(new Balance(options), batches).All;

    static SortedDictionary<string, int> Counts(Batch all, string set) => new(
        Enumerable.Range(0, all.Rows).Where(row => SplitTests.SetOf(all, row) == set).GroupBy(row => all["genre"].Display(row)).ToDictionary(g => g.Key, g => g.Count()));
}
