using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Features;
using Sluice.Steps;

namespace Sluice.Core.Tests.Features;

public sealed class DeriveColumnsContractTests : StepContract
{
    protected override Step Create() => new DeriveColumns(new()
    {
        Columns = new Dictionary<string, string> { ["ratio"] = "price / count", ["label"] = "CASE WHEN flag THEN upper(name) ELSE genre END", ["price"] = "price * 2", ["next"] = "year(day) + 1" },
        OnError = ExpressionErrorAction.Reject,
    });

    protected override (Step Step, string Path)? WithUnknownColumn => null;
}

public sealed class DeriveColumnsTests
{
    [Fact]
    public void Computes_new_columns_from_those_that_come_in()
    {
        var batch = FeatureTable.Join(DirtyTable.Numbers("x", 1, 4, null, -1), DirtyTable.Text(("mail", ["A@B.C", "d@e.f", null, "G"])));
        var step = new DeriveColumns(new()
        {
            Columns = new Dictionary<string, string>
            {
                ["x"] = "x + 1",
                ["root"] = "sqrt(x)",
                ["log"] = "ln(x)",
                ["log10"] = "log10(x * 100)",
                ["e"] = "exp(x - x)",
                ["mail"] = "lower(mail)",
            },
        });

        var run = StepRunner.Run(step, batch);

        Assert.Equal(["x", "mail", "e", "log", "log10", "root"], run.All.Schema.Select(f => f.Name));
        FeatureTable.Near([2, 5, double.NaN, 0], FeatureTable.Numbers(run.All, "x"));
        FeatureTable.Near([1, 2, double.NaN, double.NaN], FeatureTable.Numbers(run.All, "root"));
        FeatureTable.Near([0, Math.Log(4), double.NaN, double.NaN], FeatureTable.Numbers(run.All, "log"));
        FeatureTable.Near([2, Math.Log10(400), double.NaN, double.NaN], FeatureTable.Numbers(run.All, "log10"));
        FeatureTable.Near([1, 1, double.NaN, 1], FeatureTable.Numbers(run.All, "e"));
        Assert.Equal(["a@b.c", "d@e.f", null, "g"], DirtyTable.Shown(run.All, "mail"));
        Assert.Equal(["log", "log10", "root"], run.Verdicts[0].Rules.Select(r => r.Column));
        Assert.All(run.Verdicts[0].Rules, rule => Assert.Equal(("expression_error", false), (rule.Reason, rule.Rejects)));
        Assert.Equal(4, run.All.Rows);
    }

    [Fact]
    public void A_row_that_cannot_be_computed_can_be_rejected() => Assert.Equal(
        ["1", "0.5"],
        DirtyTable.Shown(
            StepRunner.Run(new DeriveColumns(new() { Columns = new Dictionary<string, string> { ["x"] = "1 / x" }, OnError = ExpressionErrorAction.Reject }), DirtyTable.Numbers("x", 1, 0, 2)).All,
            "x"));

    [Fact]
    public void A_column_without_any_value_counts_as_missing_whatever_its_type()
    {
        var batch = new Batch(new Schema([new("e", ColumnType.Text, true, "empty"), new("n", ColumnType.Int64)]), [TextColumn.Of(null, null), new ValueColumn<long>(ColumnType.Int64, [1, 2])], 2);

        var run = StepRunner.Run(new DeriveColumns(new() { Columns = new Dictionary<string, string> { ["s"] = "coalesce(e, n) + 1", ["t"] = "e" } }), batch);

        Assert.Equal(["2", "3"], DirtyTable.Shown(run.All, "s"));
        Assert.Equal([null, null], DirtyTable.Shown(run.All, "t"));
    }

    [Fact]
    public void What_is_wrong_with_an_expression_is_shown_at_its_place() => Assert.StartsWith(
        "columns.y: ",
        Assert.Single(StepRunner.Problems(new DeriveColumns(new() { Columns = new Dictionary<string, string> { ["y"] = "nowhere + 1" } }), DirtyTable.Numbers("x", 1).Schema)),
        StringComparison.Ordinal);
}

public sealed class DatePartsContractTests : StepContract
{
    protected override Step Create() => new DateParts(new() { Columns = ["at"], Parts = Enum.GetValues<DatePart>(), Cyclic = [DatePart.Month, DatePart.Hour], KeepColumns = false });

    protected override (Step Step, string Path)? WithUnknownColumn => (new DateParts(new() { Columns = ["nowhere"] }), "columns[0]");
}

public sealed class DatePartsTests
{
    [Fact]
    public void Takes_a_time_apart()
    {
        // 2024-12-29 is a Sunday in a leap year; 1969-12-31 is before the epoch.
        var times = new[] { new DateTime(2024, 12, 29, 23, 59, 58), new DateTime(1969, 12, 31, 1, 2, 3), new DateTime(2023, 4, 3) }
            .Select(t => (t - DateTime.UnixEpoch).Ticks / 10).ToArray();
        var batch = new Batch(new Schema([new("at", ColumnType.Timestamp)]), [new ValueColumn<long>(ColumnType.Timestamp, times)], 3);

        var run = StepRunner.Run(new DateParts(new() { Columns = ["at"], Parts = Enum.GetValues<DatePart>() }), batch);

        Assert.Equal(
            ["2024 4 12 29 7 364 1 23 59", "1969 4 12 31 3 365 0 1 2", "2023 2 4 3 1 93 0 0 0"],
            Enumerable.Range(0, 3).Select(row => string.Join(' ', run.All.Columns.Skip(1).Select(c => c.Display(row)))));
        Assert.Equal("at_year at_quarter at_month at_day at_weekday at_day_of_year at_is_weekend at_hour at_minute", string.Join(' ', run.All.Schema.Skip(1).Select(f => f.Name)));
    }

    [Fact]
    public void Puts_months_on_a_circle()
    {
        int[] days = [new DateOnly(2024, 1, 5).DayNumber, new DateOnly(2024, 4, 5).DayNumber, new DateOnly(2024, 7, 5).DayNumber];
        var epoch = new DateOnly(1970, 1, 1).DayNumber;
        var batch = new Batch(new Schema([new("d", ColumnType.Date)]), [new ValueColumn<int>(ColumnType.Date, [.. days.Select(d => d - epoch)])], 3);

        var run = StepRunner.Run(new DateParts(new() { Columns = ["d"], Parts = [], Cyclic = [DatePart.Month] }), batch);

        FeatureTable.Near([0, 1, Math.Sin(Math.PI)], FeatureTable.Numbers(run.All, "d_month_sin"));
        FeatureTable.Near([1, Math.Cos(Math.PI / 2), -1], FeatureTable.Numbers(run.All, "d_month_cos"));
    }

    [Fact]
    public void Says_what_is_wrong_with_its_options()
    {
        var schema = new Schema([new("d", ColumnType.Date), new("t", ColumnType.Text)]);

        Assert.Equal(
            ["columns[0]: Column 't' is text; expected a date or a timestamp. Leave it out, or convert it first with fix_types."], StepRunner.Problems(new DateParts(new() { Columns = ["t"] }), schema));
        Assert.Equal(
            ["parts: Column 'd' is a date and has no hour. Leave that part out, or give dates a step of their own."],
            StepRunner.Problems(new DateParts(new() { Columns = ["d"], Parts = [DatePart.Hour] }), schema));
        Assert.Equal(
            ["cyclic[0]: 'year' does not come round again; expected one of: quarter, month, day, weekday, day_of_year, hour, minute. Put it into parts."],
            StepRunner.Problems(new DateParts(new() { Columns = ["d"], Cyclic = [DatePart.Year] }), schema));
        Assert.Equal(["parts: No part is named. Name some in parts or cyclic."], StepRunner.Problems(new DateParts(new() { Columns = ["d"], Parts = [] }), schema));
    }
}

public sealed class PolynomialContractTests : StepContract
{
    protected override Step Create() => new PolynomialFeatures(new() { Columns = ["count", "price"], Degree = 3, Ratios = true });

    protected override (Step Step, string Path)? WithUnknownColumn => (new PolynomialFeatures(new() { Columns = ["nowhere"] }), "columns[0]");
}

public sealed class PolynomialFeaturesTests
{
    static readonly Batch rows = FeatureTable.Join(DirtyTable.Numbers("a", 2, 3, null), DirtyTable.Numbers("b", 5, 0, 1));

    [Fact]
    public void Multiplies_and_divides()
    {
        var run = StepRunner.Run(new PolynomialFeatures(new() { Columns = ["a", "b"], Ratios = true }), rows);

        Assert.Equal(["a", "b", "a_x_a", "a_x_b", "b_x_b", "a_per_b", "b_per_a"], run.All.Schema.Select(f => f.Name));
        Assert.Equal(["4 10 25 0.4 2.5", "9 0 0  0", "  1  "], Enumerable.Range(0, 3).Select(row => string.Join(' ', run.All.Columns.Skip(2).Select(c => c.Display(row)))));
    }

    [Fact]
    public void Leaves_out_powers() =>
        Assert.Equal(["a", "b", "a_x_b"], StepRunner.Run(new PolynomialFeatures(new() { Columns = ["a", "b"], InteractionOnly = true, Degree = 4 }), rows).All.Schema.Select(f => f.Name));

    [Fact]
    public void Too_many_and_no_features_are_refused()
    {
        var wide = new Schema(Enumerable.Range(0, 70).Select(i => new Field($"x{i}", ColumnType.Float64)));

        Assert.Equal(
            ["columns: 70 columns of degree 2 make more than 2,000 features; that is the most. Name fewer columns, or lower degree."],
            StepRunner.Problems(new PolynomialFeatures(new() { Columns = [.. wide.Select(f => f.Name)] }), wide));
        Assert.Equal(
            ["columns: Nothing comes out of these options. Name more columns, raise degree, or set ratios."], StepRunner.Problems(new PolynomialFeatures(new() { Columns = ["x0"], Degree = 1 }), wide));
    }
}
