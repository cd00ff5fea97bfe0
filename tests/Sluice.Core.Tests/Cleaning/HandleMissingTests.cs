using Sluice.Batches;
using Sluice.Cleaning;
using Sluice.Core.Tests.Steps;
using Sluice.Steps;

namespace Sluice.Core.Tests.Cleaning;

public sealed class HandleMissingTests : StepContract
{
    protected override Step Create() => new HandleMissing(new());

    protected override (Step Step, string Path)? WithUnknownColumn => (new HandleMissing(new() { Columns = ["nowhere"] }), "columns[0]");

    [Fact]
    public void Auto_fills_with_medians_and_frequent_values()
    {
        var whole = Sample();

        var run = StepRunner.Run(Create(), whole);

        Assert.All(whole.Schema.Where(f => f.Format != "json"), field => Assert.DoesNotContain(null, DirtyTable.Shown(run.All, field.Name)));
        Assert.Equal(whole.Rows, run.All.Rows);
        Assert.Equal(MissingCellsOf(whole, "name"), run.Verdicts[0].Changed["handle_missing:name"]);
    }

    [Theory]
    [InlineData(MissingStrategy.Mean, 3.25)]
    [InlineData(MissingStrategy.Median, 2.5)]
    [InlineData(MissingStrategy.Mode, 2)]
    public void Fills_numbers(MissingStrategy strategy, double fill)
    {
        var batch = DirtyTable.Numbers("x", 2, null, 3, double.NaN, 2, 6);

        var run = StepRunner.Run(new HandleMissing(new() { MissingStrategy = strategy }), StepRunner.Cut(batch, 4));

        Assert.Equal([2, fill, 3, fill, 2, 6], run.All.Float64("x").ToArray());
    }

    [Fact]
    public void Rounds_what_it_fills_into_integers()
    {
        var step = new HandleMissing(new() { MissingStrategy = MissingStrategy.Mean, Columns = ["count"] });

        var run = StepRunner.Run(step, Sample());

        Assert.Equal(Sample()["count"].CountNulls(), run.Verdicts[0].Changed["handle_missing:count"]);
        Assert.Equal(0, run.All["count"].CountNulls());
    }

    [Fact]
    public void Mode_takes_the_smallest_of_equally_frequent_values()
    {
        var run = StepRunner.Run(new HandleMissing(new() { MissingStrategy = MissingStrategy.Mode }), DirtyTable.Text(("a", ["b", "c", "a", "c", "", "a", null])));

        Assert.Equal(["b", "c", "a", "c", "a", "a", "a"], DirtyTable.Shown(run.All, "a"));
    }

    [Fact]
    public void Auto_leaves_text_with_many_values_but_mode_refuses_beyond_its_limit()
    {
        string?[] many = [null, .. Enumerable.Range(0, 101).Select(i => $"v{i}")];
        string?[] tooMany = [.. Enumerable.Range(0, 65_537).Select(i => $"v{i}")];

        var run = StepRunner.Run(Create(), DirtyTable.Text(("a", many)));
        var refusal = Assert.Throws<DataException>(() => StepRunner.Run(new HandleMissing(new() { MissingStrategy = MissingStrategy.Mode }), DirtyTable.Text(("a", tooMany))));

        Assert.Null(DirtyTable.Shown(run.All, "a").First());
        Assert.Equal(
            "Column 'a' has more than 65,536 different values, so its most frequent one stands for nothing. "
            + "Leave it out of columns, or use missing_strategy constant, median or drop.",
            refusal.Message);
    }

    [Fact]
    public void Drop_rejects_the_row_once_for_every_missing_column()
    {
        var step = new HandleMissing(new() { MissingStrategy = MissingStrategy.Drop });

        var run = StepRunner.Run(step, DirtyTable.Text(("a", ["1", null, " ", "4"]), ("b", ["1", "2", "", "4"])));

        Assert.Equal(["1", "4"], DirtyTable.Shown(run.All, "a"));
        Assert.Equal(2, run.Verdicts[0].Rejected);
        Assert.Equal(
            [("missing_value", "a", 2), ("missing_value", "b", 1)],
            run.Verdicts[0].Rules.Select((r, i) => (r.Reason, r.Column!, run.Verdicts[0].Failing(i).Count)));
    }

    [Fact]
    public void Constant_fills_the_columns_that_can_hold_it()
    {
        var run = StepRunner.Run(new HandleMissing(new() { MissingStrategy = MissingStrategy.Constant, FillValue = "1998-06-12" }), Sample());

        Assert.Equal(0, run.All["day"].CountNulls());
        Assert.Equal(0, run.All["name"].CountNulls());
        Assert.Equal(Sample()["count"].CountNulls(), run.All["count"].CountNulls());
        Assert.Contains("1998-06-12", DirtyTable.Shown(run.All, "day"));
        Assert.Contains("1998-06-12T00:00:00", DirtyTable.Shown(run.All, "at"));
    }

    [Theory]
    [InlineData(MissingStrategy.Ffill, null, "order_column: missing_strategy is 'ffill', but order_column is not given. Name the date, timestamp or number that rows are in the order of.")]
    [InlineData(MissingStrategy.Constant, null, "fill_value: missing_strategy is 'constant', but fill_value is not given. Give the value to fill in.")]
    [InlineData(MissingStrategy.Mean, null, "columns[0]: Column 'name' is text; this works on numbers, dates and timestamps. Leave it out, or convert it first with fix_types.")]
    public void Refuses(MissingStrategy strategy, string? fill, string message) => Assert.Equal(
        [message], StepRunner.Problems(new HandleMissing(new() { MissingStrategy = strategy, FillValue = fill, Columns = ["name"] }), Sample().Schema));

    [Fact]
    public void Refuses_a_constant_that_its_column_cannot_hold() => Assert.Equal(
        ["columns[0]: Column 'count' is int64; this works on columns that can hold fill_value 'none'. Leave it out, or convert it first with fix_types."],
        StepRunner.Problems(new HandleMissing(new() { MissingStrategy = MissingStrategy.Constant, FillValue = "none", Columns = ["count"] }), Sample().Schema));

    [Fact]
    public void Learns_from_the_training_set_where_there_are_sets()
    {
        var batch = DirtyTable.Numbers("x", 1, 3, 100, null).With(new Field("split", ColumnType.Text, false), TextColumn.Of("train", "train", "test", "test"));

        var all = StepRunner.Run(new HandleMissing(new() { MissingStrategy = MissingStrategy.Mean, Columns = ["x"], SplitColumn = "" }), batch);
        var train = StepRunner.Run(new HandleMissing(new() { MissingStrategy = MissingStrategy.Mean, Columns = ["x"] }), batch);

        Assert.Equal((104.0 / 3, 2.0), (all.All.Float64("x")[3], train.All.Float64("x")[3]));
    }

    static long MissingCellsOf(Batch batch, string column) => DirtyTable.Shown(batch, column).Count(string.IsNullOrWhiteSpace);
}

public sealed class HandleMissingByDroppingTests : StepContract
{
    protected override Step Create() => new HandleMissing(new() { MissingStrategy = MissingStrategy.Drop, Columns = ["name", "count"] });

    protected override (Step Step, string Path)? WithUnknownColumn => null;
}

public sealed class HandleMissingByModeTests : StepContract
{
    protected override Step Create() => new HandleMissing(new() { MissingStrategy = MissingStrategy.Mode });

    protected override (Step Step, string Path)? WithUnknownColumn => null;
}
