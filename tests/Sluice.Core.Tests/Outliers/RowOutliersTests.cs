using Sluice.Batches;
using Sluice.Cleaning;
using Sluice.Core.Tests.Steps;
using Sluice.Steps;

namespace Sluice.Core.Tests.Outliers;

/// <summary>The methods that judge whole rows, as options of remove_outliers.</summary>
public abstract class RowOutliersContract(OutlierMethod method) : StepContract
{
    const string Score = "score";

    protected override Step Create() => new RemoveOutliers(new() { OutlierMethod = method, ScoreColumn = Score });

    protected override (Step Step, string Path)? WithUnknownColumn => (new RemoveOutliers(new() { OutlierMethod = method, Columns = ["nowhere"] }), "columns[0]");

    [Fact]
    public void A_row_that_is_usual_in_every_column_but_not_as_a_row_scores_highest()
    {
        // y follows x, except in the last row: neither of its values is far.
        var random = new Random(7);
        double[] x = [.. Enumerable.Range(0, 400).Select(_ => random.NextDouble() * 100), 90];
        double[] y = [.. x[..400].Select(v => v + random.NextDouble()), 10];

        var scores = Scores(new() { OutlierMethod = method, OutlierAction = OutlierAction.Flag, ScoreColumn = Score }, ("x", x), ("y", y));

        if (method == OutlierMethod.IsolationForest)
        {
            // Splits along one column see it less well than distances do.
            Assert.InRange(scores.Count(s => s > scores[400]), 0, 60);
        }
        else
        {
            Assert.Equal(400, scores.IndexOf(scores.Max()));
        }
    }

    [Fact]
    public void Far_rows_are_found_and_named()
    {
        var random = new Random(8);
        double[] x = [.. Enumerable.Range(0, 300).Select(_ => random.NextDouble()), 40];
        double[] y = [.. Enumerable.Range(0, 300).Select(_ => random.NextDouble()), -40];

        var run = StepRunner.Run(new RemoveOutliers(new() { OutlierMethod = method }), Table(("x", x), ("y", y)));

        Assert.Equal(new Rule("outlier", null, Severity.Medium, Rejects: true), run.Verdicts[0].Rules.Single());
        Assert.Contains(300, run.Verdicts[0].Failing(0));
        Assert.InRange(run.Verdicts[0].Failing(0).Count, 1, 6);
    }

    [Fact]
    public void A_share_limits_how_many_are_found()
    {
        var random = new Random(9);
        double[] x = [.. Enumerable.Range(0, 1_000).Select(_ => random.NextDouble())];
        double[] y = [.. Enumerable.Range(0, 1_000).Select(_ => random.NextDouble())];

        var run = StepRunner.Run(new RemoveOutliers(new() { OutlierMethod = method, OutlierShare = 0.05 }), Table(("x", x), ("y", y)));

        Assert.InRange(run.Verdicts[0].Rejected, 40, 60);
    }

    [Fact]
    public void The_order_of_rows_changes_nothing()
    {
        var random = new Random(10);
        double[] x = [.. Enumerable.Range(0, 3_000).Select(_ => Math.Round(random.NextDouble(), 2) * 10)];
        double[] y = [.. Enumerable.Range(0, 3_000).Select(_ => Math.Round(random.NextDouble(), 2))];
        var order = Enumerable.Range(0, x.Length).OrderBy(_ => random.Next()).ToArray();
        RemoveOutliers.Options options = new() { OutlierMethod = method, OutlierAction = OutlierAction.Flag, ScoreColumn = Score };

        var scores = Scores(options, ("x", x), ("y", y));
        var shuffled = Scores(options, ("x", [.. order.Select(i => x[i])]), ("y", [.. order.Select(i => y[i])]));

        Assert.Equal(order.Select(i => scores[i]), shuffled);
    }

    [Fact]
    public void Rows_that_are_all_alike_are_no_outliers()
    {
        var scores = Scores(new() { OutlierMethod = method, ScoreColumn = Score }, ("x", [5, 5, 5, 5]), ("y", [1, 1, 1, 1]));

        Assert.Equal([0.0, 0, 0, 0], scores);
    }

    [Fact]
    public void Survives_infinities_and_missing_values()
    {
        double[] x = [.. Enumerable.Range(0, 100).Select(i => (double)(i % 10)), double.PositiveInfinity, double.NaN, 1e308];
        double[] y = [.. Enumerable.Range(0, 100).Select(i => (double)(i % 7)), double.NegativeInfinity, double.NaN, -1e308];

        var scores = Scores(new() { OutlierMethod = method, OutlierAction = OutlierAction.Flag, ScoreColumn = Score }, ("x", x), ("y", y));

        Assert.All(scores, score => Assert.False(double.IsNaN(score)));
        Assert.True(scores[100] > scores[50] && scores[102] > scores[50]);
    }

    [Theory]
    [InlineData(OutlierAction.Clip)]
    [InlineData(OutlierAction.Missing)]
    public void Refuses_to_change_single_cells(OutlierAction action)
    {
        var problem = Assert.Single(StepRunner.Problems(new RemoveOutliers(new() { OutlierMethod = method, OutlierAction = action }), Sample().Schema));

        Assert.StartsWith($"outlier_action: '{action.ToString().ToLowerInvariant()}' changes a cell, and '", problem, StringComparison.Ordinal);
        Assert.EndsWith("judges whole rows. Use remove or flag, or a method by column: iqr, z_score, robust_z.", problem, StringComparison.Ordinal);
    }

    static List<double> Scores(RemoveOutliers.Options options, params (string Name, double[] Values)[] columns) =>
        [.. StepRunner.Run(new RemoveOutliers(options), Table(columns)).All.Float64(Score)];

    static Batch Table(params (string Name, double[] Values)[] columns) => new(
        new Schema(columns.Select(c => new Field(c.Name, ColumnType.Float64))), columns.Select(c => new ValueColumn<double>(ColumnType.Float64, c.Values)), columns[0].Values.Length);
}

public sealed class IsolationForestTests() : RowOutliersContract(OutlierMethod.IsolationForest)
{
    [Fact]
    public void An_identifier_says_nothing_unless_it_is_named()
    {
        var random = new Random(11);
        double[] id = [.. Enumerable.Range(0, 500).Select(_ => (double)random.Next(1_000_000)), 900_000_000];
        double[] x = [.. Enumerable.Range(0, 501).Select(_ => random.NextDouble())];
        var table = new Batch(
            new Schema([new("customer_id", ColumnType.Float64), new("x", ColumnType.Float64)]),
            [new ValueColumn<double>(ColumnType.Float64, id), new ValueColumn<double>(ColumnType.Float64, x)], 501);
        RemoveOutliers.Options options = new() { OutlierMethod = OutlierMethod.IsolationForest, OutlierShare = 0.002 };

        Assert.DoesNotContain(500, StepRunner.Run(new RemoveOutliers(options), table).Verdicts[0].Failing(0));
        Assert.Contains(500, StepRunner.Run(new RemoveOutliers(options with { Columns = ["customer_id"] }), table).Verdicts[0].Failing(0));
    }
}

public sealed class KnnTests() : RowOutliersContract(OutlierMethod.Knn)
{
    [Fact]
    public void Scores_the_mean_distance_to_the_nearest()
    {
        // Median 2 and quartiles 1 and 3: a step of 1 is 1.349 / 2 deviations. The two nearest of 0 are 1 and 2.
        var run = StepRunner.Run(
            new RemoveOutliers(new() { OutlierMethod = OutlierMethod.Knn, Neighbours = 2, OutlierAction = OutlierAction.Flag, OutlierShare = 0.5, ScoreColumn = "s", Columns = ["x"] }),
            DirtyTable.Numbers("x", 0, 1, 2, 3, 4));

        // Mean distances 1.5, 1, 1, 1, 1.5; half of the rows lie above 1, the limit that scores are shares of.
        Assert.Equal([1.5, 1, 1, 1, 1.5], run.All.Float64("s").ToArray().Select(s => Math.Round(s, 12)));
    }
}

public sealed class LofTests() : RowOutliersContract(OutlierMethod.Lof);
