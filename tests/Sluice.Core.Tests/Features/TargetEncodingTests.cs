using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Features;
using Sluice.Steps;

namespace Sluice.Core.Tests.Features;

public sealed class TargetContractTests : StepContract
{
    protected override Step Create() => new EncodeCategoricals(new() { Columns = ["genre", "code"], Method = EncodingMethod.Target, Target = "price", KeepColumns = true });

    protected override Batch Sample() => FeatureTable.Of();

    // Without the name of a set in any row there is nothing to learn from.
    protected override bool AcceptsNoValues => false;

    protected override (Step Step, string Path)? WithUnknownColumn => (new EncodeCategoricals(new() { Columns = ["genre"], Method = EncodingMethod.Target, Target = "nowhere" }), "target");
}

public sealed class TargetByKeyContractTests : StepContract
{
    protected override Step Create() =>
        new EncodeCategoricals(new() { Columns = ["genre"], Method = EncodingMethod.Target, Target = "yes_no", TargetValue = "yes", FoldColumns = ["name"], Folds = 3 });

    protected override Batch Sample() => FeatureTable.Of();

    // Without the name of a set in any row there is nothing to learn from.
    protected override bool AcceptsNoValues => false;

    protected override (Step Step, string Path)? WithUnknownColumn => null;
}

public sealed class TargetEncodingTests
{
    [Fact]
    public void Rows_that_are_not_learned_from_get_the_smoothed_mean_of_all_training_rows()
    {
        var batch = Table(("a", 1, "train"), ("a", 2, "train"), ("a", 6, "train"), ("b", 10, "train"), ("a", 500, "test"), ("b", 500, "test"), ("z", 500, "test"), (null, 500, "test"));

        var run = StepRunner.Run(Step(smoothing: 2), batch);

        // Mean of all: 19 / 4. a: (9 + 2 · 4.75) / (3 + 2); b: (10 + 2 · 4.75) / (1 + 2).
        FeatureTable.Near([3.7, 6.5, 4.75, 4.75], FeatureTable.Numbers(run.All, "c")[4..]);
        Assert.Equal([6], run.Verdicts[0].Failing(0));
    }

    [Fact]
    public void A_training_row_gets_what_the_other_folds_say()
    {
        var random = new Random(5);
        var batch = Table([.. Enumerable.Range(0, 200).Select(i => ((string?)$"c{random.Next(4)}", (double)random.Next(100), i % 5 == 0 ? "test" : "train"))]);

        var run = StepRunner.Run(Step(smoothing: 3), batch);

        var folds = RowHash.Rows([batch["id"]], batch.Rows, 42).Select(key => (int)(key.High % 5)).ToArray();
        var (x, c) = (FeatureTable.Numbers(batch, "x"), DirtyTable.Shown(batch, "c").ToArray());
        Assert.Equal(5, folds.Distinct().Count());
        FeatureTable.Near(
            Enumerable.Range(0, 200).Select(row =>
            {
                var others = Enumerable.Range(0, 200).Where(i => i % 5 != 0 && (row % 5 == 0 || folds[i] != folds[row])).ToList();
                var own = others.Where(i => c[i] == c[row]).ToList();
                return (own.Sum(i => x[i]) + (3 * others.Average(i => x[i]))) / (own.Count + 3);
            }),
            FeatureTable.Numbers(run.All, "c"));
    }

    [Fact]
    public void No_training_row_ever_sees_its_own_target()
    {
        var rows = Enumerable.Range(0, 40).Select(i => ((string?)$"c{i % 3}", (double)i, "train")).ToArray();
        var before = FeatureTable.Numbers(StepRunner.Run(Step(), Table(rows)).All, "c");
        for (var row = 0; row < rows.Length; row++)
        {
            var changed = rows.ToArray();
            changed[row].Item2 += 1_000;

            var after = FeatureTable.Numbers(StepRunner.Run(Step(), Table(changed)).All, "c");

            Assert.Equal(before[row], after[row]);
            Assert.NotEqual(before, after);
        }
    }

    [Fact]
    public void A_category_that_says_nothing_tells_nothing_out_of_fold_and_much_in_sample()
    {
        // 500 categories of chance and a target of chance: whatever the feature says of the target in the training rows is a leak.
        var random = new Random(17);
        var rows = Table([.. Enumerable.Range(0, 2_000).Select(_ => ((string?)$"c{random.Next(500)}", (double)random.Next(2), "train"))]);
        var step = Step(smoothing: 1);

        var run = StepRunner.Run(step, rows);
        var inSample = step.ForNewRows!.Apply(rows, new Fitted(run.Json), new Verdicts(rows.Rows));

        var target = FeatureTable.Numbers(rows, "x");
        Assert.InRange(Correlation(FeatureTable.Numbers(run.All, "c"), target), -0.1, 0.1);
        Assert.InRange(Correlation(FeatureTable.Numbers(inSample, "c"), target), 0.35, 1);
    }

    [Fact]
    public void New_rows_are_never_out_of_fold()
    {
        var batch = Table(("a", 1, "train"), ("a", 3, "train"), ("b", 8, "train"), ("b", 0, "train"));
        var step = Step(smoothing: 0);
        var json = StepRunner.Run(step, batch).Json;

        var served = step.ForNewRows!.Apply(batch.Select(new HashSet<string> { "c" }), new Fitted(json), new Verdicts(4));

        Assert.Equal([2, 2, 4, 4], FeatureTable.Numbers(served, "c"));
    }

    [Fact]
    public void A_value_of_text_can_be_the_target()
    {
        var batch = FeatureTable.WithSplit(DirtyTable.Text(("c", ["a", "a", "b", "a"]), ("y", ["yes", "no", "yes", null])), "train", "train", "train", "test");

        var run = StepRunner.Run(new EncodeCategoricals(new() { Columns = ["c"], Method = EncodingMethod.Target, Target = "y", TargetValue = "yes", Smoothing = 0 }), batch);

        Assert.Equal(0.5, FeatureTable.Numbers(run.All, "c")[3]);
    }

    static double Correlation(double[] x, double[] y)
    {
        var (mx, my) = (x.Average(), y.Average());
        return x.Zip(y).Sum(p => (p.First - mx) * (p.Second - my)) / Math.Sqrt(x.Sum(v => (v - mx) * (v - mx)) * y.Sum(v => (v - my) * (v - my)));
    }

    static EncodeCategoricals Step(double smoothing = 10) =>
        new(new() { Columns = ["c"], Method = EncodingMethod.Target, Target = "x", Smoothing = smoothing, FoldColumns = ["id"] });

    static Batch Table(params (string? Category, double Target, string Set)[] rows) => FeatureTable.WithSplit(
        FeatureTable.Join(
            DirtyTable.Text(("c", [.. rows.Select(r => r.Category)]), ("id", [.. rows.Select((_, i) => $"{i}")])),
            DirtyTable.Numbers("x", [.. rows.Select(r => (double?)r.Target)])),
        [.. rows.Select(r => r.Set)]);
}
