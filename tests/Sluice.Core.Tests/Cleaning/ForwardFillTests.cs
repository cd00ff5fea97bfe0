using Sluice.Batches;
using Sluice.Cleaning;
using Sluice.Core.Tests.Steps;
using Sluice.Steps;

namespace Sluice.Core.Tests.Cleaning;

/// <summary>Missing values that take the last one before them.</summary>
public sealed class ForwardFillTests : StepContract
{
    protected override Step Create() => Filling("at");

    protected override (Step Step, string Path)? WithUnknownColumn => (Filling("nowhere"), "order_column");

    [Fact]
    public void The_last_value_in_the_order_of_the_column_is_filled_in_whatever_the_order_of_rows()
    {
        var table = Table([3, 1, 2, 5, 4, 0, null], ["c", "a", null, " ", null, "", null], [null, 1.5, double.NaN, null, -2, null, null]);

        var run = StepRunner.Run(Filling("t"), StepRunner.Cut(table, 2, 1));

        Assert.Equal(["c", "a", "a", "c", "c", "", null], DirtyTable.Shown(run.All, "s"));
        Assert.Equal(["1.5", "1.5", "1.5", "-2", "-2", null, null], DirtyTable.Shown(run.All, "v"));
        Assert.Equal((3, 3), (run.Verdicts.Sum(v => v.Changed.GetValueOrDefault("handle_missing:s")), run.Verdicts.Sum(v => v.Changed.GetValueOrDefault("handle_missing:v"))));
    }

    [Fact]
    public void A_value_of_the_same_moment_fills_too()
    {
        var run = StepRunner.Run(Filling("t"), Table([1, 1, 1], [null, "x", null], [null, 2, 7]));

        Assert.Equal(["x", "x", "x"], DirtyTable.Shown(run.All, "s"));
        Assert.Equal(["7", "2", "7"], DirtyTable.Shown(run.All, "v"));
    }

    [Fact]
    public void Whole_numbers_dates_times_and_flags_come_back_exactly()
    {
        var sample = Sample();
        string[] names = ["count", "day", "flag"];
        var (step, order) = (Filling("at", names), Enumerable.Range(0, sample.Rows).Where(row => !sample["at"].IsNull(row)).OrderBy(row => ((ValueColumn<long>)sample["at"]).Values[row]).ToArray());

        var filled = StepRunner.Run(step, sample).All;

        foreach (var name in names)
        {
            // Moments are nearly all different here: the last present row before a missing one is the one whose value it gets.
            var known = order.Where(row => !sample[name].IsNull(row)).Select(row => sample[name].Display(row)).ToHashSet();
            Assert.All(order.SkipWhile(row => sample[name].IsNull(row)), row => Assert.Contains(filled[name].Display(row), known));
        }
    }

    [Fact]
    public void An_order_of_text_is_refused() => Assert.Equal(
        ["order_column: Column 'name' is text; expected a date, a timestamp or a number. Convert it first with fix_types."], StepRunner.Problems(Filling("name"), DirtyTable.Schema));

    static HandleMissing Filling(string order, params string[] columns) => new(new() { MissingStrategy = MissingStrategy.Ffill, OrderColumn = order, Columns = columns });

    static Batch Table(double?[] t, string?[] s, double?[] v) => new(
        new Schema([new("t", ColumnType.Float64), new("s", ColumnType.Text), new("v", ColumnType.Float64)]),
        [DirtyTable.Numbers("t", t)[0], TextColumn.Of(s), DirtyTable.Numbers("v", v)[0]], t.Length);
}

/// <summary>The strategy knn is the step impute_missing.</summary>
public sealed class HandleMissingByNeighboursTests : StepContract
{
    protected override Step Create() => new HandleMissing(new() { MissingStrategy = MissingStrategy.Knn });

    protected override (Step Step, string Path)? WithUnknownColumn => (new HandleMissing(new() { MissingStrategy = MissingStrategy.Knn, Columns = ["nowhere"] }), "columns[0]");

    [Fact]
    public void Fills_as_impute_missing_does()
    {
        var (run, other) = (StepRunner.Run(Create(), Sample()), StepRunner.Run(new ImputeMissing(new()), Sample()));

        Assert.Equal(HostileTables.Rows(other.All), HostileTables.Rows(run.All));
        Assert.True(run.Verdicts[0].Changed.Count > 5);
    }
}
