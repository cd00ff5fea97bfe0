using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Quality;
using Sluice.Steps;
using Sluice.Tests.Runs;

namespace Sluice.Core.Tests.Quality;

/// <summary>Check 8: what changed since a baseline or the version before, and series that do what they did not do before.</summary>
public sealed class DriftCheckTests
{
    static readonly string[] kinds = ["a", "b", "c"];

    [Fact]
    public void Without_a_baseline_says_so_and_keeps_what_the_next_table_is_compared_with()
    {
        var report = Report(Table(1, 500), null);

        Assert.Equal([("distribution_shift", 0L), ("correlation_break", 0L), ("unseen_value", 0L)], report.Checks.Select(c => (c.Name, c.Denominator)));
        Assert.Equal(["drift: nothing was compared: there is no baseline and no version before."], report.Notes);
        Assert.Equal(500, report.Distributions!.Rows);
        Assert.Equal(10, report.Distributions.Columns.Single(c => c.Name == "price").Counts.Count);
        Assert.Equal(kinds, report.Distributions.Columns.Single(c => c.Name == "kind").Values.Order());
        Assert.Empty(report.Distributions.Columns.Single(c => c.Name == "name").Values);
    }

    [Fact]
    public void A_shift_a_broken_correlation_and_unseen_values_are_found_and_nothing_else()
    {
        var before = Report(Table(1, 2_000), null).Distributions!;

        var (report, run) = Run(Table(2, 2_000, shift: 1.5, slope: -1, strange: true), before);

        Assert.Equal(
            [("distribution_shift", Severity.Medium, 1L, 4L), ("correlation_break", Severity.Medium, 1L, 3L), ("unseen_value", Severity.Low, 20L, 2_000L)],
            report.Checks.Select(c => (c.Name, c.Severity, c.Issues, c.Denominator)));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => i * 100), run.Verdicts[0].Failing(0));
        Assert.StartsWith("distribution_shift: 'price' since the baseline: ", report.Notes[0], StringComparison.Ordinal);
        Assert.Matches(@"^correlation_break: 'x' × 'y' since the baseline: rank correlation 0\.\d\d → -0\.\d\d\.$", report.Notes[1]);
    }

    [Fact]
    public void Tables_of_one_kind_rarely_differ()
    {
        const int Pairs = 60;

        var alarms = Enumerable.Range(0, Pairs).Count(i =>
            Report(Table((2 * i) + 2, 400), Report(Table((2 * i) + 1, 400), null).Distributions).Checks.Any(c => c.Issues > 0));

        // At most 5 % by design; 8 of 60 would happen by chance once in a hundred.
        Assert.InRange(alarms, 0, 8);
    }

    [Fact]
    public void Missing_cells_are_compared_and_so_are_columns_that_come_and_go()
    {
        var before = Report(new Batch(Table(1, 400).Schema, Table(1, 400).Columns, 400), null).Distributions!;
        var after = DirtyTable.Text(("kind", [.. Enumerable.Range(0, 400).Select(i => i % 4 == 0 ? null : kinds[i % 3])]), ("extra", new string?[400]), ("price", ["a", .. new string?[399]]));

        var report = Report(after, before);

        Assert.Equal(1, report.Checks[0].Issues);
        Assert.Equal("drift: columns that cannot be compared with the baseline: 'x' is gone, 'y' is gone, 'name' is gone, 'price' was float64 and is text, 'extra' is new.", report.Notes[0]);
        Assert.Equal("distribution_shift: 'kind' since the baseline: missing cells 0.0% → 25.0%.", report.Notes[1]);
    }

    [Fact]
    public async Task A_pipeline_compares_with_the_version_before()
    {
        const string Checked = TestRuns.Source + """
              - id: check
                type: quality_validation
                config: { checks: [drift], max_issue_rate: { distribution_shift: 0 } }

            """;
        await using var runs = new TestRuns();
        runs.Write("data.csv", "amount\n" + string.Concat(Enumerable.Range(0, 300).Select(i => $"{i % 50}.5\n")));
        var first = await runs.RunAsync(Checked);
        runs.Write("data.csv", "amount\n" + string.Concat(Enumerable.Range(0, 310).Select(i => $"{i % 50}.5\n")));
        var alike = await runs.RunAsync(Checked);
        runs.Write("data.csv", "amount\n" + string.Concat(Enumerable.Range(0, 300).Select(i => $"{40 + (i % 50)}.5\n")));
        var unlike = await runs.RunAsync(Checked);

        Assert.Null(first.Outcome.GateFailure);
        Assert.Null(alike.Outcome.GateFailure);
        Assert.Equal("Step 'check': distribution_shift: 1 of 1 columns (100.00 %); max_issue_rate allows 0.00 %.", unlike.Outcome.GateFailure?.Replace("%", " %").Replace("  ", " "));
        var notes = (await runs.RecordAsync(unlike.Outcome)).QualityBefore.GetProperty("notes").EnumerateArray().Select(n => n.GetString()!);
        Assert.StartsWith($"distribution_shift: 'amount' since {alike.Outcome.Version}: ", Assert.Single(notes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_series_fails_where_it_does_what_it_did_not_do_before()
    {
        var random = new Random(7);
        double?[] values = [.. Enumerable.Range(0, 1_000).Select(i => (double?)(i == 700 ? 90 : Math.Sin(i / 5.0) + (random.NextDouble() / 10)))];
        var table = new Batch(
            new Schema([new("t", ColumnType.Float64), new("v", ColumnType.Float64)]),
            [DirtyTable.Numbers("t", [.. Enumerable.Range(0, 1_000).Select(i => (double?)i)])[0], DirtyTable.Numbers("v", values)[0]], 1_000);
        var step = new QualityValidation(new() { Checks = [], BusinessRules = [new() { Type = RuleType.TimeSeries, TimeColumn = "t", Column = "v" }] });

        var run = StepRunner.Run(step, table);

        var check = Assert.Single(new Fitted(run.Json).As<QualityReport>().Checks);
        Assert.Equal(("time_series_anomaly", "v", Severity.Medium, 1_000L), (check.Name, check.Column, check.Severity, check.Denominator));
        Assert.Contains(700, run.Verdicts[0].Failing(0));
        Assert.Equal(check.Issues, run.Verdicts[0].Failing(0).Count);
    }

    [Fact]
    public void A_series_of_text_is_not_judged_and_the_report_says_why()
    {
        var step = new QualityValidation(new() { Checks = [], BusinessRules = [new() { Type = RuleType.TimeSeries, TimeColumn = "name", Column = "count" }] });

        var report = new Fitted(StepRunner.Run(step, DirtyTable.Of(50, 1)).Json).As<QualityReport>();

        Assert.Equal(["time_series_anomaly: nothing was judged: column 'name' is text; expected a date, a timestamp or a number."], report.Notes);
    }

    static QualityReport Report(Batch table, Distributions? baseline) => Run(table, baseline).Report;

    static (QualityReport Report, StepRun Run) Run(Batch table, Distributions? baseline)
    {
        var run = StepRunner.Run(new QualityValidation(new() { Checks = ["drift"], Baseline = baseline }), table);
        return (new Fitted(run.Json).As<QualityReport>(), run);
    }

    static Batch Table(int seed, int rows, double shift = 0, double slope = 1, bool strange = false)
    {
        var random = new Random(seed);
        var all = Enumerable.Range(0, rows).ToArray();
        double?[] x = [.. all.Select(_ => (double?)Normal(random))];
        return new Batch(
            new Schema([new("kind", ColumnType.Text), new("x", ColumnType.Float64), new("y", ColumnType.Float64), new("price", ColumnType.Float64), new("name", ColumnType.Text)]),
            [
                TextColumn.Of([.. all.Select(i => strange && i % 100 == 0 ? "new" : kinds[random.Next(3)])]), DirtyTable.Numbers("x", x)[0],
                DirtyTable.Numbers("y", [.. x.Select(v => (double?)((slope * v!.Value) + Normal(random)))])[0],
                DirtyTable.Numbers("price", [.. all.Select(_ => (double?)(Normal(random) + shift))])[0], TextColumn.Of([.. all.Select(i => $"{seed} {i}")]),
            ],
            rows);
    }

    static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
