using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Labels;
using Sluice.Steps;

namespace Sluice.Core.Tests.Labels;

public abstract class AutoLabelContract(AutoLabelMethod method) : StepContract
{
    protected AutoLabel.Options Options { get; } = new()
    {
        LabelColumn = "label",
        AutoLabelMethod = method,
        ConfidenceColumn = "sure",
        UncertaintyColumn = "doubt",
        MinConfidence = 0.6,
    };

    protected override Step Create() => new AutoLabel(Options);

    protected override (Step Step, string Path)? WithUnknownColumn => (new AutoLabel(Options with { LabelColumn = "nowhere" }), "label_column");

    static readonly LabelledVectors blobs = ConfidentLearningTests.Blobs(300, 3, seed: 21);

    // Every fifth row has its label.
    protected override Batch Sample() => new(
        new Schema([.. new[] { "a", "b", "c" }.Select(n => new Field(n, ColumnType.Float64)), new Field("label", ColumnType.Text)]),
        [
            .. Enumerable.Range(0, 3).Select(at => new ValueColumn<double>(ColumnType.Float64, [.. Enumerable.Range(0, 300).Select(row => (double)blobs.Row(row)[at])])),
            TextColumn.Of([.. Enumerable.Range(0, 300).Select(row => row % 5 == 0 ? Name(row) : null)]),
        ],
        300);

    static string Name(int row) => new[] { "cat", "dog", "owl" }[blobs.Labels[row]];

    [Fact]
    public void Gives_rows_the_label_of_their_cluster_and_keeps_the_given_ones()
    {
        var run = StepRunner.Run(Create(), Sample());

        var labels = Enumerable.Range(0, 300).Select(run.All["auto_label"].Display).ToList();
        Assert.All(Enumerable.Range(0, 60).Select(i => i * 5), row => Assert.Equal((Name(row), true), (labels[row], run.All["sure"].IsNull(row))));
        Assert.True(Enumerable.Range(0, 300).Count(row => labels[row] == Name(row)) > 285);
        Assert.Equal(240, run.Verdicts[0].Changed["auto_label:auto_label"] + run.Verdicts[0].Rules.Select((_, rule) => run.Verdicts[0].Failing(rule).Count).Sum());
    }

    [Fact]
    public void Learns_from_the_training_set_alone()
    {
        // The test rows say that everything is an owl.
        var sample = Sample();
        var sets = TextColumn.Of([.. Enumerable.Range(0, 300).Select(row => row < 150 ? "train" : "test")]);
        var lying = TextColumn.Of([.. Enumerable.Range(0, 300).Select(row => row < 150 ? sample["label"].IsNull(row) ? null : sample["label"].Display(row) : "owl")]);
        var table = sample.With(new Field("split", ColumnType.Text), sets).With(sample.Schema["label"], lying);

        var run = StepRunner.Run(Create(), table);

        // Thirty labels are few: it may abstain, but is not to repeat the lie.
        var labels = Enumerable.Range(0, 150).Select(row => (Found: run.All["auto_label"].Display(row), Right: Name(row))).ToList();
        Assert.True(labels.Count(l => l.Found == l.Right) > 50 && labels.Count(l => l.Found.Length > 0 && l.Found != l.Right) < 8, $"{labels.Count(l => l.Found == l.Right)} right");
    }

    [Fact]
    public void Abstains_where_it_is_not_sure()
    {
        var run = StepRunner.Run(new AutoLabel(Options with { MinConfidence = 1 }), Sample());

        Assert.All(run.Verdicts[0].Failing(0), row => Assert.True(run.All["auto_label"].IsNull(row) && !run.All["doubt"].IsNull(row)));
        Assert.Equal(new Rule("no_sure_label", "auto_label", Severity.Low, Rejects: false), run.Verdicts[0].Rules.Single());
    }
}

public sealed class KnnLabelTests() : AutoLabelContract(AutoLabelMethod.Knn)
{
    [Fact]
    public void Votes_are_as_computed_by_hand()
    {
        // Two of the three nearest of 0 are of class 0, one of them twice; and one vote is spread over both classes.
        var points = LabelledVectors.Of([1, 2, 3, 9], 1, [0, 1, 0, 1], 2) with { Weights = [2, 1, 1, 1] };
        var chances = new double[2];

        new NeighbourVote(points, [1, 0, 0, 1, 1, 0, 0, 1], 3).Predict([0f], chances);

        Assert.Equal([2.5 / 4, 1.5 / 4], chances);
    }

    [Theory]
    [InlineData(Uncertainty.LeastConfidence, 0.5)]
    [InlineData(Uncertainty.Margin, 0.75)]
    [InlineData(Uncertainty.Entropy, 0.946395)]
    public void Doubt_is_as_computed_by_hand(Uncertainty by, double expected)
    {
        Assert.Equal(expected, AutoLabel.Doubt([0.5, 0.25, 0.25], by), 6);
        Assert.Equal(0, AutoLabel.Doubt([0, 1, 0], by), 12);
    }
}

public sealed class SpreadingLabelTests() : AutoLabelContract(AutoLabelMethod.Spreading)
{
    [Fact]
    public void A_label_follows_its_cluster_where_the_nearest_label_is_of_another()
    {
        // Two rows of points, 0 to 20 and 24 to 30, with a label at 0 and at 24: 20 is nearer to 24, and belongs to 0.
        float[] x = [.. Enumerable.Range(0, 41).Select(i => i * 0.5f), .. Enumerable.Range(0, 13).Select(i => 24 + (i * 0.5f))];
        var rows = LabelledVectors.Of(x, 1, [.. x.Select(v => v == 0 ? 0 : v == 24 ? 1 : -1)], 2);

        var beliefs = LabelSpreading.Spread(rows, 3);

        Assert.All(Enumerable.Range(0, x.Length), row => Assert.True(beliefs[row * 2] > 0.5 == x[row] <= 20, $"{x[row]}: {beliefs[row * 2]}"));
    }
}

public sealed class ProbeLabelTests() : AutoLabelContract(AutoLabelMethod.Probe);
