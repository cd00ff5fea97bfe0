using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Shaping;
using Sluice.Tests.Runs;

namespace Sluice.Core.Tests.Shaping;

public sealed class AggregateTests : StepContract
{
    static readonly Batch Sales = new(
        new Schema([new Field("city", ColumnType.Text), new Field("amount", ColumnType.Float64), new Field("customer", ColumnType.Int64)]),
        [
            TextColumn.Of("Ulm", "Bonn", "Ulm", null, "Bonn", "Ulm"),
            new ValueColumn<double>(ColumnType.Float64, [1, 10, 2, 5, double.NaN, 0.1], null),
            new ValueColumn<long>(ColumnType.Int64, [7, 8, 7, 9, 8, 6], [0b101111]),
        ],
        6);

    static Aggregate.Figure Of(AggregateFunction function, string? column = null, string? name = null) => new() { Function = function, Column = column, Name = name };

    protected override Sluice.Steps.Step Create()
    {
        var schema = Sample().Schema;
        return new Aggregate(new()
        {
            GroupBy = [schema.First(f => f.Type == ColumnType.Text).Name],
            Figures = [Of(AggregateFunction.Count), Of(AggregateFunction.Std, schema.First(f => f.Type == ColumnType.Float64).Name), Of(AggregateFunction.Distinct, schema[0].Name)],
        });
    }

    protected override (Sluice.Steps.Step Step, string Path)? WithUnknownColumn => (new Aggregate(new() { GroupBy = ["nowhere"], Figures = [Of(AggregateFunction.Count)] }), "group_by[0]");

    [Fact]
    public void Gives_a_row_of_each_group_in_the_order_of_its_first_row()
    {
        var step = new Aggregate(new()
        {
            GroupBy = ["city"],
            Figures =
            [
                Of(AggregateFunction.Count), Of(AggregateFunction.Sum, "amount"), Of(AggregateFunction.Mean, "amount", "average"), Of(AggregateFunction.Min, "amount"),
                Of(AggregateFunction.Max, "amount"), Of(AggregateFunction.Std, "customer"), Of(AggregateFunction.Distinct, "customer"), Of(AggregateFunction.Count, "customer"),
            ],
        });

        var run = StepRunner.Run(step, StepRunner.Cut(Sales, 2));

        Assert.Equal(["city", "count", "amount_sum", "average", "amount_min", "amount_max", "customer_std", "customer_distinct", "customer_count"], run.Schema.Select(f => f.Name));
        Assert.Equal(
            ["Ulm|3|3.1|1.0333333333333334|0.1|2|0.47140452079103173|2|3", "Bonn|2|10|10|10|10|0|1|1", "-|1|5|5|5|5|0|1|1"],
            Enumerable.Range(0, run.All.Rows).Select(row => string.Join('|', run.All.Columns.Select(c => c.IsNull(row) ? "-" : c.Display(row)))));
        Assert.Equal(3, run.Verdicts.Sum(v => v.Rejected));
    }

    [Fact]
    public void Refuses_what_has_no_figure()
    {
        string Problem(params Aggregate.Figure[] figures) => Assert.Single(StepRunner.Problems(new Aggregate(new() { GroupBy = ["city"], Figures = figures }), Sales.Schema));

        Assert.Contains("sum needs a column", Problem(Of(AggregateFunction.Sum)));
        Assert.Contains("Column 'city' is text; expected int64, float64 or boolean", Problem(Of(AggregateFunction.Mean, "city")));
        Assert.Contains("Two columns would be called 'count'", Problem(Of(AggregateFunction.Count), Of(AggregateFunction.Count, "amount", "count")));
    }

    [Fact]
    public void Too_many_groups_or_values_are_an_error_that_says_which_limit()
    {
        var groups = new Aggregate(new() { GroupBy = ["amount"], Figures = [Of(AggregateFunction.Count)], MaxGroups = 2 });
        var values = new Aggregate(new() { GroupBy = ["city"], Figures = [Of(AggregateFunction.Distinct, "amount")], MaxDistinct = 2 });

        Assert.Contains("that is max_groups", Assert.Throws<DataException>(() => StepRunner.Run(groups, Sales)).Message, StringComparison.Ordinal);
        Assert.Contains("that is max_distinct", Assert.Throws<DataException>(() => StepRunner.Run(values, Sales)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_of_groups_is_the_same_for_any_cut()
    {
        const string Yaml = TestRuns.Source + """
              - id: totals
                type: aggregate
                config: { group_by: [id], figures: [{ function: count }, { function: sum, column: amount }, { function: distinct, column: name }] }

            """;
        var versions = new HashSet<string>();
        foreach (var bytes in new[] { 200L, 3_000, 100_000 })
        {
            await using var runs = new TestRuns();
            runs.Write("data.csv", TestRuns.Csv(400, 3));
            versions.Add((await runs.RunAsync(Yaml, batchBytes: bytes)).Version);
        }

        Assert.Single(versions);
    }
}
