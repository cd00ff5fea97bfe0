using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Features;
using Sluice.Steps;

namespace Sluice.Core.Tests.Features;

public sealed class RobustContractTests : StepContract
{
    protected override Step Create() => new ScaleNumericals(new() { Columns = ["count", "price"], Method = ScalingMethod.Robust });

    protected override Batch Sample() => FeatureTable.Of();

    // Without the name of a set in any row there is nothing to learn from.
    protected override bool AcceptsNoValues => false;

    protected override (Step Step, string Path)? WithUnknownColumn => (new ScaleNumericals(new() { Columns = ["nowhere"] }), "columns[0]");
}

public sealed class BinsContractTests : StepContract
{
    protected override Step Create() => new ScaleNumericals(new() { Columns = ["price"], Method = ScalingMethod.Bins, KeepColumns = true });

    protected override Batch Sample() => FeatureTable.Of();

    // Without the name of a set in any row there is nothing to learn from.
    protected override bool AcceptsNoValues => false;

    protected override (Step Step, string Path)? WithUnknownColumn => null;
}

public sealed class LogContractTests : StepContract
{
    protected override Step Create() => new ScaleNumericals(new() { Columns = ["count", "price"], Method = ScalingMethod.Log1p });

    protected override Batch Sample() => FeatureTable.Of();

    protected override (Step Step, string Path)? WithUnknownColumn => null;
}

/// <summary>Known answers are those of scikit-learn's scalers, learned from 1, 2, 3, 4, 5 and applied to 7 as well.</summary>
public sealed class ScaleNumericalsTests
{
    static readonly Batch rows = FeatureTable.WithSplit(DirtyTable.Numbers("x", 1, 2, 3, 4, 5, null, 7), "train", "train", "train", "train", "train", "train", "test");

    public static TheoryData<ScalingMethod, double[]> Answers => new()
    {
        { ScalingMethod.MinMax, [0, 0.25, 0.5, 0.75, 1, double.NaN, 1.5] },
        { ScalingMethod.Standard, [-Math.Sqrt(2), -1 / Math.Sqrt(2), 0, 1 / Math.Sqrt(2), Math.Sqrt(2), double.NaN, 4 / Math.Sqrt(2)] },
        { ScalingMethod.Robust, [-1, -0.5, 0, 0.5, 1, double.NaN, 2] },
        { ScalingMethod.MaxAbs, [0.2, 0.4, 0.6, 0.8, 1, double.NaN, 1.4] },
        { ScalingMethod.Log1p, [Math.Log(2), Math.Log(3), Math.Log(4), Math.Log(5), Math.Log(6), double.NaN, Math.Log(8)] },
        { ScalingMethod.Quantile, [0, 0.25, 0.5, 0.75, 1, double.NaN, 1] },
        { ScalingMethod.Bins, [0, 1, 2, 3, 4, double.NaN, 4] },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void Learns_from_the_training_rows_and_gives_the_known_answer(ScalingMethod method, double[] expected) =>
        FeatureTable.Near(expected, Scaled(new() { Columns = ["x"], Method = method }, rows));

    [Fact]
    public void Min_max_has_a_range_and_clips()
    {
        FeatureTable.Near([-1, -0.5, 0, 0.5, 1, double.NaN, 2], Scaled(new() { Columns = ["x"], Method = ScalingMethod.MinMax, Range = [-1, 1] }, rows));
        FeatureTable.Near([-1, -0.5, 0, 0.5, 1, double.NaN, 1], Scaled(new() { Columns = ["x"], Method = ScalingMethod.MinMax, Range = [-1, 1], Clip = true }, rows));
    }

    [Theory]
    [InlineData(BinStrategy.Uniform, "0,0,0,0,1,1,3")] // edges 2.75, 5.5, 8.25 of 0 to 11
    [InlineData(BinStrategy.Quantile, "0,0,2,2,2,3,3")] // quartiles 1.5, 2 and 4
    public void Bins_are_equally_wide_or_equally_full(BinStrategy strategy, string expected) => Assert.Equal(
        expected,
        string.Join(',', Scaled(new() { Columns = ["x"], Method = ScalingMethod.Bins, Bins = 4, BinStrategy = strategy }, DirtyTable.Numbers("x", 0, 1, 2, 2, 3, 5, 11))));

    [Fact]
    public void Bins_can_be_given_and_then_nothing_is_learned()
    {
        var options = new ScaleNumericals.Options { Columns = ["x"], Method = ScalingMethod.Bins, BinStrategy = BinStrategy.Edges, Edges = [0, 18, 65], KeepColumns = true };

        var run = StepRunner.Run(new ScaleNumericals(options), DirtyTable.Numbers("x", -1, 0, 17.9, 18, 65, 99, null));

        Assert.Equal("null", System.Text.Encoding.UTF8.GetString(run.Json));
        Assert.Equal(["x", "x_bin"], run.All.Schema.Select(f => f.Name));
        Assert.Equal(["0", "1", "1", "2", "3", "3", null], DirtyTable.Shown(run.All, "x_bin"));
    }

    [Theory]
    [InlineData(ScalingMethod.MinMax)]
    [InlineData(ScalingMethod.Standard)]
    [InlineData(ScalingMethod.Robust)]
    [InlineData(ScalingMethod.Quantile)]
    [InlineData(ScalingMethod.Bins)]
    public void A_column_with_one_value_becomes_zero(ScalingMethod method) =>
        Assert.Equal([0, 0], Scaled(new() { Columns = ["x"], Method = method }, DirtyTable.Numbers("x", 4, 4)));

    [Fact]
    public void A_value_that_many_landmarks_have_gets_the_middle_of_their_shares() =>
        FeatureTable.Near([0, 0.5, 0.5, 0.5, 1], Scaled(new() { Columns = ["x"], Method = ScalingMethod.Quantile }, DirtyTable.Numbers("x", 1, 2, 2, 2, 3)));

    [Fact]
    public void A_small_number_keeps_its_logarithm_and_one_without_is_evidence()
    {
        var run = StepRunner.Run(new ScaleNumericals(new() { Columns = ["x"], Method = ScalingMethod.Log1p }), DirtyTable.Numbers("x", 1e-12, -1, -3, double.PositiveInfinity));

        FeatureTable.Near([9.999999999995e-13, double.NaN, double.NaN, double.PositiveInfinity], FeatureTable.Numbers(run.All, "x"));
        Assert.Equal(9.999999999995e-13, run.All.Float64("x")[0], 1e-24);
        Assert.Equal([1, 2], run.Verdicts[0].Failing(0));
    }

    [Fact]
    public void Infinite_values_are_not_learned_from() => FeatureTable.Near(
        [-1, 1, double.PositiveInfinity, double.NegativeInfinity, double.NaN],
        Scaled(new() { Columns = ["x"] }, DirtyTable.Numbers("x", 1, 3, double.PositiveInfinity, double.NegativeInfinity, double.NaN)));

    [Fact]
    public void A_median_that_is_not_exact_says_how_far_off_it_may_be()
    {
        var random = new Random(1);
        var many = DirtyTable.Numbers("x", [.. Enumerable.Range(0, 40_000).Select(_ => (double?)random.NextDouble())]);

        var run = StepRunner.Run(new ScaleNumericals(new() { Columns = ["x"], Method = ScalingMethod.Robust }), StepRunner.Cut(many, 7_000));

        var scale = new Fitted(run.Json).As<System.Text.Json.JsonElement[]>()[0];
        var sorted = many.Float64("x").ToArray().Order().ToArray();
        var error = scale.GetProperty("relative_error").GetDouble();
        Assert.InRange(error, double.Epsilon, 0.01);
        Assert.InRange(scale.GetProperty("center").GetDouble() / ((sorted[19_999] + sorted[20_000]) / 2), 1 - error, 1 + error);
    }

    [Fact]
    public void Says_what_is_wrong_with_its_options()
    {
        var schema = FeatureTable.Join(DirtyTable.Numbers("x", 1), DirtyTable.Text(("c", ["a"]))).Schema;
        string[] Problems(ScaleNumericals.Options options) => [.. StepRunner.Problems(new ScaleNumericals(options), schema)];

        Assert.Equal(["columns[0]: Column 'c' is text; expected int64 or float64. Leave it out, or convert it first with fix_types."], Problems(new() { Columns = ["c"] }));
        Assert.Equal(["range: range is [1, 0]; expected two numbers, the smaller first."], Problems(new() { Columns = ["x"], Range = [1, 0] }));
        Assert.Equal(["edges: edges are for method: bins with bin_strategy: edges. Remove them, or choose those."], Problems(new() { Columns = ["x"], Edges = [1] }));
        Assert.Equal(
            ["edges: edges is [2, 1]; expected numbers in ascending order, at least one."],
            Problems(new() { Columns = ["x"], Method = ScalingMethod.Bins, BinStrategy = BinStrategy.Edges, Edges = [2, 1] }));
    }

    static double[] Scaled(ScaleNumericals.Options options, Batch batch) => FeatureTable.Numbers(StepRunner.Run(new ScaleNumericals(options), batch).All, "x");
}
