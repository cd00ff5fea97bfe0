using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Features;
using Sluice.Steps;

namespace Sluice.Core.Tests.Features;

public sealed class TextFeaturesContractTests : StepContract
{
    protected override Step Create() => new TextFeatures(new() { Columns = ["name", "genre"], Ngrams = NgramKind.Character, NgramMax = 3, Dimensions = 7 });

    protected override Batch Sample() => FeatureTable.Of();

    // Without the name of a set in any row there is nothing to learn from.
    protected override bool AcceptsNoValues => false;

    protected override (Step Step, string Path)? WithUnknownColumn => (new TextFeatures(new() { Columns = ["nowhere"] }), "columns[0]");
}

public sealed class TextFeaturesTests
{
    [Fact]
    public void Measures_a_text()
    {
        var batch = DirtyTable.Text(("t", ["Ab 12, ab!", "", null, "Žluťoučký KŮŇ 😀"]));

        var run = StepRunner.Run(new TextFeatures(new() { Columns = ["t"] }), batch);

        Assert.Equal("t t_length t_words t_unique_words t_digit_share t_upper_share t_punctuation_share", string.Join(' ', run.All.Schema.Select(f => f.Name)));
        Assert.Equal(
            ["10 3 2 0.2 0.1 0.2", "0 0 0 0 0 0", "     ", "15 2 2 0 0.26666666666666666 0.06666666666666667"],
            Enumerable.Range(0, 4).Select(row => string.Join(' ', run.All.Columns.Skip(1).Select(c => c.Display(row)))));
    }

    [Fact]
    public void Tf_idf_is_that_of_scikit_learn_and_learned_from_the_training_rows()
    {
        // With so many columns no two of these words share one.
        var batch = FeatureTable.WithSplit(DirtyTable.Text(("t", ["red red blue", "red", "green red"])), "train", "train", "test");

        var run = StepRunner.Run(new TextFeatures(new() { Columns = ["t"], Figures = [], Ngrams = NgramKind.Word, Dimensions = 4096 }), batch);

        // Two texts: red is in both, ln(3/3) + 1 = 1; blue in one, ln(3/2) + 1; green in none, ln(3/1) + 1.
        var (red, blue, green) = (2.0, Math.Log(1.5) + 1, Math.Log(3) + 1);
        FeatureTable.Near(new[] { red, blue }.Select(v => v / Math.Sqrt((red * red) + (blue * blue))).Order(), Weights(run.All, 0));
        FeatureTable.Near([1], Weights(run.All, 1));
        FeatureTable.Near(new[] { 1, green }.Select(v => v / Math.Sqrt(1 + (green * green))).Order(), Weights(run.All, 2));
    }

    [Theory]
    [InlineData(NgramWeight.Count, "1,1,1,2")] // red: 2; green: 1; red green, green red: 1 each
    [InlineData(NgramWeight.Binary, "1,1,1,1")]
    public void Counts_words_that_follow_each_other(NgramWeight weights, string expected)
    {
        var run = StepRunner.Run(
            new TextFeatures(new() { Columns = ["t"], Figures = [], Ngrams = NgramKind.Word, NgramMax = 2, Dimensions = 4096, Weights = weights, KeepColumns = false }),
            DirtyTable.Text(("t", ["Red GREEN, red"])));

        Assert.Equal(expected, string.Join(',', Weights(run.All, 0)));
        Assert.Equal("null", System.Text.Encoding.UTF8.GetString(run.Json));
        Assert.Equal(4096, run.All.Schema.Count);
    }

    [Fact]
    public void Says_what_is_wrong_with_its_options()
    {
        var schema = DirtyTable.Text(("t", ["a"])).Schema;

        Assert.Equal(
            ["ngram_max: ngram_max is 1 and ngram_min 2; expected the larger as ngram_max."],
            StepRunner.Problems(new TextFeatures(new() { Columns = ["t"], NgramMin = 2 }), schema));
        Assert.Equal(
            ["figures: Nothing comes out of these options. Name some figures, or choose ngrams."], StepRunner.Problems(new TextFeatures(new() { Columns = ["t"], Figures = [] }), schema));
    }

    static double[] Weights(Batch batch, int row) =>
        [.. batch.Schema.Where(f => f.Name.Contains("_ngram_", StringComparison.Ordinal)).Select(f => batch.Float64(f.Name)[row]).Where(v => v != 0).Order()];
}

public sealed class GroupFeaturesContractTests : StepContract
{
    protected override Step Create() => new GroupFeatures(new() { GroupBy = ["genre", "flag"], Columns = ["price", "count"], Figures = Enum.GetValues<GroupFigure>() });

    protected override Batch Sample() => FeatureTable.Of();

    // Without the name of a set in any row there is nothing to learn from.
    protected override bool AcceptsNoValues => false;

    protected override (Step Step, string Path)? WithUnknownColumn => (new GroupFeatures(new() { GroupBy = ["nowhere"], Columns = ["price"] }), "group_by[0]");
}

public sealed class GroupFeaturesTests
{
    static readonly Batch rows = FeatureTable.WithSplit(
        FeatureTable.Join(DirtyTable.Text(("g", ["a", "a", "b", null, "a", "z"])), DirtyTable.Numbers("x", 1, 3, 10, 20, 999, 5)), "train", "train", "train", "train", "test", "test");

    [Fact]
    public void Gives_each_row_the_figures_of_its_group_in_training()
    {
        var run = StepRunner.Run(new GroupFeatures(new() { GroupBy = ["g"], Columns = ["x"], Figures = Enum.GetValues<GroupFigure>() }), rows);

        Assert.Equal("g x split x_mean_by_g x_sum_by_g x_min_by_g x_max_by_g x_std_by_g x_count_by_g", string.Join(' ', run.All.Schema.Select(f => f.Name)));
        var deviation = Math.Sqrt(((7.5 * 7.5) + (5.5 * 5.5) + (1.5 * 1.5) + (11.5 * 11.5)) / 4);
        FeatureTable.Near([2, 2, 10, 20, 2, 8.5], FeatureTable.Numbers(run.All, "x_mean_by_g"));
        FeatureTable.Near([4, 4, 10, 20, 4, 34], FeatureTable.Numbers(run.All, "x_sum_by_g"));
        FeatureTable.Near([1, 1, 0, 0, 1, deviation], FeatureTable.Numbers(run.All, "x_std_by_g"));
        FeatureTable.Near([2, 2, 1, 1, 2, 4], FeatureTable.Numbers(run.All, "x_count_by_g"));
        Assert.Equal([5], run.Verdicts[0].Failing(0));
    }

    [Fact]
    public void A_group_that_was_not_learned_can_have_no_figure() => FeatureTable.Near(
        [2, 2, 10, 20, 2, double.NaN],
        FeatureTable.Numbers(StepRunner.Run(new GroupFeatures(new() { GroupBy = ["g"], Columns = ["x"], Unknown = UnknownGroup.Missing }), rows).All, "x_mean_by_g"));

    [Fact]
    public void Too_many_groups_are_refused() => Assert.Equal(
        "There are more than 2 different groups of g, or one of more than 1,024 bytes; that is max_groups. Raise it, or group by a coarser column.",
        Assert.Throws<DataException>(() => StepRunner.Run(new GroupFeatures(new() { GroupBy = ["g"], Columns = ["x"], MaxGroups = 2 }), rows)).Message);

    [Fact]
    public void The_split_is_no_group() => Assert.Equal(
        ["group_by[0]: Column 'split' is the split: new rows do not have it. Group by another column."],
        StepRunner.Problems(new GroupFeatures(new() { GroupBy = ["split"], Columns = ["x"] }), rows.Schema));
}
