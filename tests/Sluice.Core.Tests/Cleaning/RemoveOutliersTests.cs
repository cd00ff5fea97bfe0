using FsCheck;
using FsCheck.Fluent;
using Sluice.Batches;
using Sluice.Cleaning;
using Sluice.Core.Tests.Steps;
using Sluice.Steps;

namespace Sluice.Core.Tests.Cleaning;

public sealed class RemoveOutliersTests : StepContract
{
    static readonly Batch Far = DirtyTable.Numbers("x", 1, 2, 3, 4, 5, null, 100, double.NaN, -90);

    protected override Step Create() => new RemoveOutliers(new());

    protected override (Step Step, string Path)? WithUnknownColumn => (new RemoveOutliers(new() { Columns = ["nowhere"] }), "columns[0]");

    /// <summary>
    /// Idempotent in what it learned: the same limits, applied to what they left, find nothing more. Fitted anew on what is left it may find more, because
    /// without the farthest values the limits are narrower.
    /// </summary>
    [Theory]
    [InlineData(OutlierMethod.Iqr)]
    [InlineData(OutlierMethod.ZScore)]
    [InlineData(OutlierMethod.RobustZ)]
    [InlineData(OutlierMethod.IsolationForest)]
    [InlineData(OutlierMethod.Knn)]
    [InlineData(OutlierMethod.Lof)]
    public void What_it_learned_finds_nothing_more_in_what_it_left(OutlierMethod method)
    {
        OutlierAction[] actions = method is OutlierMethod.Iqr or OutlierMethod.ZScore or OutlierMethod.RobustZ
            ? [OutlierAction.Remove, OutlierAction.Clip, OutlierAction.Missing] : [OutlierAction.Remove];
        Prop.ForAll(HostileTables.Random, table =>
        {
            foreach (var action in actions)
            {
                var step = new RemoveOutliers(new() { OutlierMethod = method, OutlierAction = action, OutlierThreshold = 1.5, IqrMultiplier = 0.5, Trees = 20 });
                var once = StepRunner.Run(step, table);
                var verdicts = new Verdicts(once.All.Rows);

                var twice = step.Apply(once.All, new Fitted(once.Json), verdicts);

                Assert.Equal(HostileTables.Rows(once.All), HostileTables.Rows(twice));
                Assert.Equal(0, verdicts.Rejected);
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Iqr_takes_out_what_lies_beyond_the_fences()
    {
        var run = StepRunner.Run(Create(), StepRunner.Cut(Far, 4));

        // Quartiles of -90, 1, 2, 3, 4, 5, 100 are 1.5 and 4.5.
        Assert.Equal([new RemoveOutliers.Limits("x", -3, 9)], new Fitted(run.Json).As<RemoveOutliers.Limits[]>());
        Assert.Equal(["1", "2", "3", "4", "5", null, "NaN"], DirtyTable.Shown(run.All, "x"));
        Assert.Equal(new Rule("outlier", "x", Severity.Medium, Rejects: true), run.Verdicts.SelectMany(v => v.Rules).Distinct().Single());
    }

    [Fact]
    public void Limits_that_no_row_crosses_move_without_a_batch_being_applied_again()
    {
        var (low, high, moved, crossed) = (Numbers(1, 2, 3, 4), Numbers(5, 6, 7, 8), Numbers(5, 6, 8, 9), Numbers(5, 6, 7, 90));
        var scored = new RemoveOutliers(new() { ScoreColumn = "score" });

        Assert.NotEqual(StepRunner.Run(Create(), [low, high]).Json, StepRunner.Run(Create(), [low, moved]).Json);
        Assert.Equal(Key(Create(), low, high), Key(Create(), low, moved));
        Assert.NotEqual(Key(Create(), low, high), Key(Create(), low, crossed));
        Assert.NotEqual(Key(Create(), low, moved, crossed), Key(Create(), low, high, crossed));
        Assert.NotEqual(Key(scored, low, high), Key(scored, low, moved));
    }

    [Fact]
    public void Rows_that_are_not_learned_from_can_cross_limits()
    {
        Batch Sets(double last, string set) => Numbers(1, 2, 3, 4, last).With(new Field("split", ColumnType.Text), TextColumn.Of(["train", "train", "train", "train", set]));

        Assert.NotEqual(Key(Create(), Sets(4, "test")), Key(Create(), Sets(1_000, "test")));
        Assert.Equal(["1", "2", "3", "4"], DirtyTable.Shown(StepRunner.Run(Create(), Sets(1_000, "test")).All, "x"));
    }

    static Batch Numbers(params double?[] values) => DirtyTable.Numbers("x", values);

    /// <summary>What a batch's result depends on, as a run tells it.</summary>
    static string Key(Step step, params Batch[] batches)
    {
        var state = step.NewState(batches[0].Schema)!;
        foreach (var batch in batches)
        {
            step.Observe(batch, state);
        }

        return step.ApplyKey(new Fitted(step.Fit(state, null)), state);
    }

    [Fact]
    public void Z_score_measures_from_the_mean_in_population_deviations()
    {
        var step = new RemoveOutliers(new() { OutlierMethod = OutlierMethod.ZScore, OutlierThreshold = 1.5 });
        double[] values = [2, 4, 4, 4, 5, 5, 7, 9];

        var run = StepRunner.Run(step, DirtyTable.Numbers("x", [.. values]));

        // Mean 5, deviation 2.
        Assert.Equal([new RemoveOutliers.Limits("x", 2, 8)], new Fitted(run.Json).As<RemoveOutliers.Limits[]>());
        Assert.Equal(["2", "4", "4", "4", "5", "5", "7"], DirtyTable.Shown(run.All, "x"));
    }

    [Theory]
    [InlineData(OutlierAction.Clip, "9", "-3")]
    [InlineData(OutlierAction.Missing, null, null)]
    public void Clips_or_empties_on_request(OutlierAction action, string? high, string? low)
    {
        var run = StepRunner.Run(new RemoveOutliers(new() { OutlierAction = action }), Far);

        Assert.Equal(["1", "2", "3", "4", "5", null, high, "NaN", low], DirtyTable.Shown(run.All, "x"));
        Assert.Equal(2, run.Verdicts[0].Changed["remove_outliers:x"]);
        Assert.Equal(0, run.Verdicts[0].Rejected);
    }

    [Theory]
    [InlineData(OutlierMethod.Iqr)]
    [InlineData(OutlierMethod.ZScore)]
    public void A_column_without_spread_has_no_outliers(OutlierMethod method)
    {
        var run = StepRunner.Run(new RemoveOutliers(new() { OutlierMethod = method }), DirtyTable.Numbers("x", 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1));

        Assert.Equal(7, run.All.Rows);
    }

    [Fact]
    public void Clips_integers_to_integers()
    {
        var run = StepRunner.Run(new RemoveOutliers(new() { OutlierAction = OutlierAction.Clip, Columns = ["count"] }), Sample());

        Assert.DoesNotContain(5_000_000L, run.All.Int64("count").ToArray());
        Assert.Equal(Sample()["count"].CountNulls(), run.All["count"].CountNulls());
    }

    [Fact]
    public void Robust_z_measures_from_the_median_in_median_deviations()
    {
        var step = new RemoveOutliers(new() { OutlierMethod = OutlierMethod.RobustZ, OutlierThreshold = 2 });

        // Median 3, distances 2, 1, 0, 1, 997: their median is 1, so the limit is 2 · 1.4826.
        var run = StepRunner.Run(step, DirtyTable.Numbers("x", 1, 2, 3, 4, 1_000));

        Assert.Equal([new RemoveOutliers.Limits("x", 3 - 2.9652, 3 + 2.9652)], new Fitted(run.Json).As<RemoveOutliers.Limits[]>());
        Assert.Equal(["1", "2", "3", "4"], DirtyTable.Shown(run.All, "x"));
    }

    [Fact]
    public void Flags_with_a_score_and_keeps_the_row()
    {
        var step = new RemoveOutliers(new() { OutlierAction = OutlierAction.Flag, ScoreColumn = "far" });

        var run = StepRunner.Run(step, Far);

        // Limits -3 and 9: the middle is 3, and 6 from it is a score of 1.
        Assert.Equal([1 / 3.0, 1 / 6.0, 0, 1 / 6.0, 1 / 3.0, 0, 97 / 6.0, 0, 93 / 6.0], run.All.Float64("far").ToArray());
        Assert.Equal([6, 8], run.Verdicts[0].Failing(0));
        Assert.Equal(0, run.Verdicts[0].Rejected);
    }

    [Fact]
    public void Refuses_a_score_column_that_is_there() => Assert.Equal(
        ["score_column: Column 'price' exists already. Choose a name that the table does not have."],
        StepRunner.Problems(new RemoveOutliers(new() { ScoreColumn = "price" }), Sample().Schema));

    [Fact]
    public void Refuses_a_column_that_holds_no_numbers() => Assert.Equal(
        ["columns[0]: Column 'day' is date; this works on numbers (int64, float64). Leave it out, or convert it first with fix_types."],
        StepRunner.Problems(new RemoveOutliers(new() { Columns = ["day"] }), Sample().Schema));
}

public sealed class RemoveOutliersByClippingTests : StepContract
{
    protected override Step Create() => new RemoveOutliers(new() { OutlierAction = OutlierAction.Clip, OutlierMethod = OutlierMethod.ZScore });

    protected override (Step Step, string Path)? WithUnknownColumn => null;
}
