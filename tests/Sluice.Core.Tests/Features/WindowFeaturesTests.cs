using FsCheck;
using FsCheck.Fluent;
using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Features;
using Sluice.Steps;

namespace Sluice.Core.Tests.Features;

public sealed class WindowFeaturesContractTests : StepContract
{
    protected override Step Create() => new WindowFeatures(new()
    {
        OrderBy = "at",
        GroupBy = ["genre", "flag"],
        Columns = ["price", "count"],
        Lags = [1, 3],
        Windows = [2, 5],
        Figures = Enum.GetValues<GroupFigure>(),
    });

    protected override (Step Step, string Path)? WithUnknownColumn => (new WindowFeatures(new() { OrderBy = "at", Columns = ["nowhere"], Lags = [1] }), "columns[0]");
}

public sealed class WindowFeaturesTests
{
    [Fact]
    public void Looks_back_by_group_in_the_order_of_a_column()
    {
        var rows = FeatureTable.Join(
            DirtyTable.Text(("shop", ["a", "b", "a", "a", "b", "a"])), DirtyTable.Numbers("day", 1, 1, 3, 2, 2, null), DirtyTable.Numbers("sold", 10, 7, 30, 20, 8, 99));

        var found = StepRunner.Run(new WindowFeatures(new() { OrderBy = "day", GroupBy = ["shop"], Columns = ["sold"], Lags = [1, 2], Windows = [2], Figures = [GroupFigure.Mean, GroupFigure.Count] }), rows).All;

        Assert.Equal("shop day sold sold_lag_1 sold_lag_2 sold_mean_2 sold_count_2", string.Join(' ', found.Schema.Select(f => f.Name)));
        Assert.Equal([null, null, "20", "10", "7", null], DirtyTable.Shown(found, "sold_lag_1"));
        Assert.Equal([null, null, "10", null, null, null], DirtyTable.Shown(found, "sold_lag_2"));
        Assert.Equal([null, null, "15", "10", "7", null], DirtyTable.Shown(found, "sold_mean_2"));
        Assert.Equal(["0", "0", "2", "1", "1", null], DirtyTable.Shown(found, "sold_count_2"));
    }

    [Fact]
    public void Rows_of_one_moment_do_not_see_each_other_and_are_the_past_of_the_next_by_their_values()
    {
        var rows = FeatureTable.Join(DirtyTable.Numbers("t", 2, 1, 1, 1, 2), DirtyTable.Numbers("x", 100, 5, null, 3, 200));

        var found = StepRunner.Run(new WindowFeatures(new() { OrderBy = "t", Columns = ["x"], Lags = [1, 2, 3], Windows = [3], Figures = [GroupFigure.Sum] }), rows).All;

        Assert.Equal(["5", null, null, null, "5"], DirtyTable.Shown(found, "x_lag_1"));
        Assert.Equal(["3", null, null, null, "3"], DirtyTable.Shown(found, "x_lag_2"));
        Assert.Equal([null, null, null, null, null], DirtyTable.Shown(found, "x_lag_3"));
        Assert.Equal(["8", null, null, null, "8"], DirtyTable.Shown(found, "x_sum_3"));
    }

    [Fact]
    public void Sums_are_exact()
    {
        var rows = FeatureTable.Join(DirtyTable.Numbers("t", 1, 2, 3, 4), DirtyTable.Numbers("x", 1e300, 1, -1e300, 0));

        var found = StepRunner.Run(new WindowFeatures(new() { OrderBy = "t", Columns = ["x"], Windows = [3], Figures = [GroupFigure.Sum] }), rows).All;

        Assert.Equal("1", DirtyTable.Shown(found, "x_sum_3").Last());
    }

    [Fact]
    public void Gives_what_a_plain_walk_over_the_earlier_rows_gives() => Prop.ForAll(Tables.ToArbitrary(), rows =>
    {
        var found = StepRunner.Run(Step, rows).All;

        for (var row = 0; row < rows.Rows; row++)
        {
            var past = Past(rows, row);
            double?[] expected = [Back(past, 1), Back(past, 4), past is null ? null : Window(past).Length == 0 ? null : Window(past).Max()];
            Assert.Equal(expected, new[] { "x_lag_1", "x_lag_4", "x_max_3" }.Select(name => found[name].IsNull(row) ? (double?)null : found.Float64(name)[row]));
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_later_row_changes_what_a_row_sees() => Prop.ForAll(Tables.ToArbitrary(), Gen.Choose(0, 4).ToArbitrary(), (rows, moment) =>
    {
        var kept = Enumerable.Range(0, rows.Rows).Where(row => !rows["t"].IsNull(row) && rows.Float64("t")[row] <= moment).ToArray();

        var whole = StepRunner.Run(Step, rows).All.Take(kept);
        var without = StepRunner.Run(Step, rows.Take(kept)).All;

        Assert.Equal(HostileTables.Rows(whole), HostileTables.Rows(without));
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(new int[0], new int[0], "lags: Neither lags nor windows are given. Say how many rows to look back: lags: [1, 7], windows: [28].")]
    [InlineData(new[] { 0 }, new int[0], "lags[0]: Found 0; expected a number of rows, 1 to 1,000.")]
    [InlineData(new int[0], new[] { 7, 1_001 }, "windows[1]: Found 1001; expected a number of rows, 1 to 1,000.")]
    [InlineData(new[] { 1, 1 }, new int[0], "lags[1]: 1 is given twice. Give it once.")]
    public void Refuses(int[] lags, int[] windows, string message) => Assert.Equal(
        [message], StepRunner.Problems(new WindowFeatures(new() { OrderBy = "at", Columns = ["price"], Lags = lags, Windows = windows }), DirtyTable.Schema));

    [Fact]
    public void Refuses_an_order_that_is_none_and_columns_that_are_no_numbers() => Assert.Equal(
        [
            "columns[0]: Column 'name' is text; expected int64, float64 or boolean. Leave it out, or convert it first with fix_types.",
            "order_by: Column 'code' is text, which does not sort as time does; expected a date, a timestamp or a number. Convert it before the split with data_cleaning, operation fix_types.",
        ],
        StepRunner.Problems(new WindowFeatures(new() { OrderBy = "code", Columns = ["name"], Lags = [1] }), DirtyTable.Schema));

    static WindowFeatures Step => new(new() { OrderBy = "t", GroupBy = ["g"], Columns = ["x"], Lags = [1, 4], Windows = [3], Figures = [GroupFigure.Max] });

    static Gen<Batch> Tables =>
        from rows in Gen.Choose(0, 40)
        from groups in Gen.Elements<string?>("a", "b", null).ArrayOf(rows)
        from times in Gen.Elements<double?>(0, 1, 2, 3, 4, 5, -0.0, null).ArrayOf(rows)
        from values in Gen.Elements<double?>(1, 2, 2, -3, 1e9, null, double.NaN).ArrayOf(rows)
        select FeatureTable.Join(DirtyTable.Text(("g", groups)), DirtyTable.Numbers("t", times), DirtyTable.Numbers("x", values));

    /// <summary>Values of the earlier rows of its group, the oldest first; null for a row without a moment.</summary>
    static double[]? Past(Batch rows, int row)
    {
        var (groups, values) = ((TextColumn)rows["g"], FeatureTable.Numbers(rows, "x"));
        string? Group(int at) => groups.IsNull(at) ? null : groups.Display(at);
        return rows["t"].IsNull(row)
            ? null
            : [.. Enumerable.Range(0, rows.Rows).Where(r => !rows["t"].IsNull(r) && Group(r) == Group(row) && rows.Float64("t")[r] < rows.Float64("t")[row])
                .OrderBy(r => rows.Float64("t")[r]).ThenBy(r => values[r]).Select(r => values[r])];
    }

    static double? Back(double[]? past, int rows) => past is null || past.Length < rows || double.IsNaN(past[^rows]) ? null : past[^rows];

    static double[] Window(double[] past) => [.. past.TakeLast(3).Where(double.IsFinite)];
}
