using System.Globalization;
using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Labels;
using Sluice.Steps;

namespace Sluice.Core.Tests.Labels;

public sealed class FindLabelErrorsTests : StepContract
{
    static readonly FindLabelErrors.Options options = new() { LabelColumn = "label", SuggestedLabelColumn = "better", LabelQualityColumn = "quality", LabelRankColumn = "rank" };

    // Every 25th row has the label of the next class.
    static bool IsPlanted(int row) => row % 25 == 7;

    protected override Step Create() => new FindLabelErrors(options);

    protected override (Step Step, string Path)? WithUnknownColumn => (new FindLabelErrors(options with { FeatureColumns = ["nowhere"] }), "feature_columns[0]");

    protected override Batch Sample()
    {
        var rows = ConfidentLearningTests.Blobs(300, 3, seed: 8);
        string?[] names = ["cat", "dog", "owl"];
        var labels = rows.Labels.Select((label, row) => row % 40 == 11 ? null : names[IsPlanted(row) ? (label + 1) % 3 : label]).ToArray();
        double[] Column(int at) => [.. Enumerable.Range(0, 300).Select(row => row % 50 == 9 && at == 1 ? double.NaN : rows.Row(row)[at])];
        return new Batch(
            new Schema([new("id", ColumnType.Int64), new("a", ColumnType.Float64), new("b", ColumnType.Float64), new("c", ColumnType.Float64), new("label", ColumnType.Text)]),
            [
                new ValueColumn<long>(ColumnType.Int64, [.. Enumerable.Range(0, 300).Select(i => (long)i)]), .. Enumerable.Range(0, 3).Select(at => new ValueColumn<double>(ColumnType.Float64, Column(at))),
                TextColumn.Of(labels),
            ],
            300);
    }

    [Fact]
    public void Finds_planted_errors_and_says_what_they_should_be()
    {
        var clean = ConfidentLearningTests.Blobs(300, 3, seed: 8).Labels;

        var run = StepRunner.Run(Create(), Sample());

        Assert.Equal(new Rule("label_error", "label", Severity.High, Rejects: false), run.Verdicts[0].Rules.Single());
        var found = run.Verdicts[0].Failing(0);
        var planted = Enumerable.Range(0, 300).Where(row => IsPlanted(row) && row % 40 != 11).ToList();
        Assert.True(planted.Count(found.Contains) >= planted.Count - 1, $"found {string.Join(' ', found)}");
        Assert.InRange(found.Count, planted.Count - 1, planted.Count + 2);
        Assert.All(planted.Where(found.Contains), row => Assert.Equal(new[] { "cat", "dog", "owl" }[clean[row]], run.All["better"].Display(row)));
        Assert.All(planted, row => Assert.InRange(run.All.Int64("rank")[row], 1, planted.Count + 5));
        Assert.All(Enumerable.Range(0, 300).Where(row => row % 40 == 11), row => Assert.True(run.All["quality"].IsNull(row) && run.All["rank"].IsNull(row)));
    }

    [Fact]
    public void An_identifier_teaches_nothing_and_names_of_columns_do_not_matter()
    {
        var fit = System.Text.Json.JsonSerializer.Deserialize<LabelErrorFit>(StepRunner.Run(Create(), Sample()).Json, StepJson.Options)!;

        Assert.Equal(["a", "b", "c"], fit.Features.Select(f => f.Name));
        Assert.Equal(["cat", "dog", "owl"], fit.Classes);
    }

    [Fact]
    public void Removes_when_told_to()
    {
        var flagged = StepRunner.Run(Create(), Sample()).Verdicts[0].Failing(0);

        var run = StepRunner.Run(new FindLabelErrors(options with { LabelErrorAction = LabelErrorAction.Remove }), Sample());

        Assert.Equal(300 - flagged.Count, run.All.Rows);
        Assert.Equal(flagged, run.Verdicts[0].Failing(0));
    }

    [Fact]
    public void Chances_of_another_model_are_taken_as_they_are()
    {
        double[] yes = [.1, .2, .9, .8, .7, .6, double.NaN, 7];
        var table = new Batch(
            new Schema([new("y", ColumnType.Int64), new("p0", ColumnType.Float64), new("p1", ColumnType.Float64)]),
            [
                new ValueColumn<long>(ColumnType.Int64, [0, 0, 0, 1, 1, 1, 1, 1]), new ValueColumn<double>(ColumnType.Float64, [.. yes.Select(p => 1 - p)]),
                new ValueColumn<double>(ColumnType.Float64, yes),
            ],
            8);

        var run = StepRunner.Run(
            new FindLabelErrors(new() { LabelColumn = "y", ProbabilityColumns = ["p0", "p1"], ProbabilityLabels = ["0", "1"], SuggestedLabelColumn = "s", LabelRankColumn = "r" }), table);

        Assert.Equal([2], run.Verdicts[0].Failing(0));
        Assert.Equal(("1", "1", true), (run.All["s"].Display(2), run.All["r"].Display(2), run.All["r"].IsNull(6) && run.All["r"].IsNull(7)));
    }

    [Fact]
    public void One_label_or_no_numbers_say_nothing()
    {
        var one = new Batch(new Schema([new("label", ColumnType.Text), new("x", ColumnType.Float64)]), [TextColumn.Of("a", "a"), new ValueColumn<double>(ColumnType.Float64, [1, 2])], 2);

        Assert.Empty(StepRunner.Run(Create(), one).Verdicts[0].Rules);
        Assert.Empty(StepRunner.Run(Create(), one.Select(new HashSet<string> { "label" })).Verdicts[0].Rules);
    }

    [Fact]
    public void Refuses_what_cannot_be_meant()
    {
        var schema = Sample().Schema;
        Assert.Equal("label_column: Column 'lable' does not exist here. Did you mean 'label'? It has: id, a, b, c, label.", StepRunner.Problems(new FindLabelErrors(new() { LabelColumn = "lable" }), schema).Single());
        Assert.Equal(
            "probability_labels: Found 2 probability columns and 3 labels; expected one label for each column, and at least two.",
            StepRunner.Problems(new FindLabelErrors(new() { LabelColumn = "label", ProbabilityColumns = ["a", "b"], ProbabilityLabels = ["x", "y", "z"] }), schema).Single());
        Assert.Equal(
            "label_rank_column: Column 'id' exists already. Choose a name that the table does not have.",
            StepRunner.Problems(new FindLabelErrors(new() { LabelColumn = "label", LabelRankColumn = "id" }), schema).Single());
    }

    [Fact]
    public void More_labels_than_the_limit_are_refused_with_a_hint()
    {
        var table = new Batch(
            new Schema([new("label", ColumnType.Text), new("x", ColumnType.Float64)]),
            [TextColumn.Of([.. Enumerable.Range(0, 50).Select(i => i.ToString(CultureInfo.InvariantCulture))]), new ValueColumn<double>(ColumnType.Float64, new double[50])], 50);

        var refused = Assert.Throws<DataException>(() => StepRunner.Run(new FindLabelErrors(new() { LabelColumn = "label", MaxClasses = 20 }), table));

        Assert.Equal("Column 'label' has more than 20 different labels; the limit is max_classes = 20. Is it the label? Name another label_column, or raise max_classes.", refused.Message);
    }
}
