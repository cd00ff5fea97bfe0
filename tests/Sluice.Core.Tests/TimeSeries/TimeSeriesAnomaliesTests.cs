using Sluice.Batches;
using Sluice.Core.Tests.Profiles;
using Sluice.Core.Tests.Steps;
using Sluice.Steps;
using Sluice.TimeSeries;

namespace Sluice.Core.Tests.TimeSeries;

public sealed class TimeSeriesAnomaliesTests : StepContract
{
    protected override Step Create() => new TimeSeriesAnomalies(new() { TimeColumn = "at", ValueColumn = "price" });

    protected override (Step Step, string Path)? WithUnknownColumn => (new TimeSeriesAnomalies(new() { TimeColumn = "at", ValueColumn = "nowhere" }), "value_column");

    [Fact]
    public void The_order_of_rows_changes_nothing()
    {
        var random = new Random(41);
        double[] values = [.. Enumerable.Range(0, 1_500).Select(i => i == 1_200 ? 50 : Tables.Normal(random))];
        var order = Enumerable.Range(0, 1_500).OrderBy(_ => random.Next()).ToArray();

        var sorted = StepRunner.Run(Create("t", "x"), Series(values, Enumerable.Range(0, 1_500).ToArray()));
        var shuffled = StepRunner.Run(Create("t", "x"), Series(values, order));

        Assert.Contains(1_200, sorted.Verdicts[0].Failing(0));
        Assert.Equal(sorted.Verdicts[0].Failing(0), shuffled.Verdicts[0].Failing(0).Select(row => order[row]).Order());
        Assert.Equal(new Rule("time_series_anomaly", "x", Severity.Medium, false), sorted.Verdicts[0].Rules.Single());
    }

    [Fact]
    public void Refuses_columns_that_have_no_time_or_no_numbers() => Assert.Equal(
        [
            "time_column: Column 'name' is text; expected a date, a timestamp or a number. Convert it first with fix_types, or name another.",
            "value_column: Column 'flag' is boolean; expected numbers (int64, float64). Convert it first with fix_types, or name another.",
        ],
        StepRunner.Problems(Create("name", "flag"), DirtyTable.Schema));

    static TimeSeriesAnomalies Create(string time, string value) => new(new() { TimeColumn = time, ValueColumn = value });

    static Batch Series(double[] values, int[] order) => Tables.Of(
        ("t", new ValueColumn<long>(ColumnType.Timestamp, [.. order.Select(i => i * 60_000_000L)])), ("x", Tables.Numbers(values.Length, i => values[order[i]])));
}
