using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Joins;
using Sluice.Labels;
using Sluice.Selection;
using Sluice.Steps;
using Sluice.Tests.Runs;
using Sluice.VectorSpace;

namespace Sluice.Core.Tests.Selection;

public sealed class SelectForReviewContractTests : StepContract
{
    protected override Step Create() => SelectForReviewTests.Step(SelectForReviewTests.All with { Action = SelectAction.Keep, Mix = new() { Uncertainty = 1, Coverage = 1 } });

    protected override Batch Sample() => SelectForReviewTests.Today(120);

    protected override (Step Step, string Path)? WithUnknownColumn =>
        (new SelectForReview(new() { Mix = new() { Uncertainty = 1 }, DoubtColumn = "nowhere", Count = 1 }), "doubt_column");

    protected override bool AcceptsNoValues => false;
}

/// <summary>Rows that people should look at to find where a deployed model is weak.</summary>
public sealed class SelectForReviewTests
{
    const int Seed = 20_261_122;

    internal static readonly SelectForReview.Options All = new()
    {
        Mix = new() { Uncertainty = 2, Drift = 1, Coverage = 1 },
        Count = 20,
        DoubtColumn = "doubt",
        Features = new VectorSource { Columns = ["x", "y"] },
        Since = new EarlierRows { File = "earlier.csv" },
        ReviewedColumn = "reviewed",
    };

    [Fact]
    public void The_budget_is_spent_by_the_mix_and_every_row_says_why()
    {
        var run = StepRunner.Run(Step(All), StepRunner.Cut(Today(120), 50));

        var all = run.All;
        var chosen = Chosen(all);
        Assert.Equal(Enumerable.Range(1, 20), chosen.Select(row => (int)all.Int64("review_rank")[row]).Order());
        Assert.Equal([("coverage_gap", 5), ("drifted", 5), ("uncertain", 10)], chosen.CountBy(row => all["review_reason"].Display(row)).OrderBy(c => c.Key).Select(c => (c.Key, c.Value)));
        Assert.All(chosen, row => Assert.Equal("false", all["reviewed"].Display(row)));
        var report = new Fitted(run.Json).As<ReviewChoiceReport>();
        Assert.True(report.IsDrift);
        Assert.Equal(["energy", "mmd", "classifier"], report.DriftTests!.Select(t => t.Name));
        Assert.Equal((120, Enumerable.Range(0, 120).Count(row => all["reviewed"].Display(row) == "true"), 20), (report.Rows, report.Reviewed, report.Chosen));
        Assert.Equal(chosen.Length, run.Verdicts.Sum(v => Enumerable.Range(0, v.Rules.Count).Sum(rule => v.Failing(rule).Count)));
    }

    [Fact]
    public void The_criteria_take_turns_so_that_half_of_the_list_is_half_of_each()
    {
        var all = StepRunner.Run(Step(All), Today(120)).All;

        var half = Chosen(all).Where(row => all.Int64("review_rank")[row] <= 10).CountBy(row => all["review_reason"].Display(row)).ToDictionary();
        Assert.Equal(5, half["uncertain"]);
        Assert.InRange(half["drifted"], 2, 3);
    }

    [Fact]
    public void Uncertain_rows_are_those_of_most_doubt_that_nobody_has_seen()
    {
        var table = Today(120);

        var all = StepRunner.Run(Step(All with { Mix = new() { Uncertainty = 1 }, Features = null, Count = 7 }), table).All;

        var expected = Enumerable.Range(0, 120).Where(row => table["reviewed"].Display(row) == "false").OrderByDescending(row => table.Float64("doubt")[row]).Take(7);
        Assert.Equal(expected.Order(), Chosen(all));
        Assert.All(Chosen(all), row => Assert.Equal((float)table.Float64("doubt")[row], all.Float64("review_score")[row]));
    }

    [Theory]
    [InlineData(Uncertainty.LeastConfidence, 2)]
    [InlineData(Uncertainty.Margin, 1)]
    [InlineData(Uncertainty.Entropy, 2)]
    public void Doubt_is_made_of_chances_by_entropy_margin_or_least_confidence(Uncertainty by, int expected)
    {
        // The second row has the least margin, the third the least sure label and the most entropy; in the fourth a chance is missing.
        double[][] chances = [[0.9, 0.51, 0.4, double.NaN], [0.1, 0.48, 0.35, 0.5], [0, 0.01, 0.25, 0.5]];
        var schema = new Schema(Enumerable.Range(0, 3).Select(i => new Field($"p{i}", ColumnType.Float64)));
        var table = new Batch(schema, chances.Select(c => new ValueColumn<double>(ColumnType.Float64, c)), 4);

        var all = StepRunner.Run(new SelectForReview(new() { Mix = new() { Uncertainty = 1 }, ProbabilityColumns = ["p0", "p1", "p2"], Uncertainty = by, Count = 1 }), table).All;

        Assert.Equal([expected], Chosen(all));
        Assert.Equal(AutoLabel.Doubt([.. chances.Select(c => c[expected])], by), all.Float64("review_score")[expected], 6);
    }

    [Fact]
    public void Drifted_rows_are_of_the_region_that_the_earlier_version_did_not_have()
    {
        var all = StepRunner.Run(Step(All with { Mix = new() { Drift = 1 }, Count = 15 }), Today(120)).All;

        Assert.Equal(15, Chosen(all).Length);
        Assert.All(Chosen(all), row => Assert.InRange(all.Float64("x")[row], 4, 12));
    }

    [Fact]
    public void Where_nothing_drifted_the_budget_goes_to_the_next_criterion()
    {
        var run = StepRunner.Run(Step(All with { Mix = new() { Drift = 1, Coverage = 1 }, Count = 10 }, Cloud(new Random(3), 120, 0)), Today(120, drifted: 0));

        var report = new Fitted(run.Json).As<ReviewChoiceReport>();
        Assert.False(report.IsDrift);
        Assert.Equal([new(ReviewReason.Drifted, 5, 0), new CriterionReport(ReviewReason.CoverageGap, 10, 10)], report.Criteria);
        Assert.All(Chosen(run.All), row => Assert.Equal("coverage_gap", run.All["review_reason"].Display(row)));
    }

    [Fact]
    public void Rows_that_the_earlier_version_has_are_no_drift()
    {
        var table = Today(120);

        var run = StepRunner.Run(Step(All with { Mix = new() { Drift = 1 } }, table), table);

        Assert.Empty(Chosen(run.All));
        Assert.Empty(new Fitted(run.Json).As<ReviewChoiceReport>().DriftTests!);
    }

    [Fact]
    public void A_coverage_gap_is_where_nothing_reviewed_is_near()
    {
        var table = Today(120);

        var all = StepRunner.Run(Step(All with { Mix = new() { Coverage = 1 }, Count = 12 }), table).All;

        var k = StepRunner.Run(new SelectRows(new() { Features = All.Features!, Count = 12, SelectedColumn = "reviewed", Action = SelectAction.Flag, RankColumn = "rank" }), table).All;
        Assert.Equal(Enumerable.Range(0, 120).Where(row => !k["rank"].IsNull(row)), Chosen(all));
        Assert.All(Chosen(all), row => Assert.Equal(k.Int64("rank")[row], all.Int64("review_rank")[row]));
    }

    [Fact]
    public void The_choice_depends_on_neither_order_nor_batches_and_never_asks_twice()
    {
        var table = Today(120);
        var twice = Batch.Concat([table, table]);
        var expected = Lines(StepRunner.Run(Step(All), twice).All);
        var random = new Random(Seed);
        for (var round = 0; round < 2; round++)
        {
            var order = Enumerable.Range(0, twice.Rows).ToArray();
            random.Shuffle(order);

            Assert.Equal(expected, Lines(StepRunner.Run(Step(All), StepRunner.Cut(twice.Take(order), random.Next(20, 200))).All));
        }

        Assert.Equal(20, expected.Select(line => line[..line.IndexOf('|')]).Distinct().Count());
    }

    [Fact]
    public void Says_what_is_wrong_before_the_run()
    {
        string[] Invalid(SelectForReview.Options options) => [.. options.Validate(new(options)).Select(r => r.ErrorMessage!)];

        Assert.Equal(["'mix' gives no criterion a part. Give uncertainty, drift or coverage more than 0."], Invalid(new() { Count = 1 }));
        Assert.Equal(["The budget is given once: as 'count' or as 'share'."], Invalid(All with { Share = 0.5 }));
        Assert.StartsWith("Uncertainty is read from one place", Assert.Single(Invalid(All with { ProbabilityColumns = ["x", "y"] })));
        Assert.StartsWith("Drift and coverage compare rows", Assert.Single(Invalid(All with { Features = null })));
        Assert.StartsWith("Drift is measured from earlier rows", Assert.Single(Invalid(All with { Since = new() { Dataset = "d" } })));
        Assert.StartsWith("since: The earlier rows cannot be compared with. Column 'y' does not exist here.", Assert.Single(StepRunner.Problems(Step(All, Today(9).Select(new HashSet<string> { "x" })), Today(9).Schema)));
        Assert.StartsWith("reviewed_column: Column 'x' is Float64; expected Boolean", Assert.Single(StepRunner.Problems(Step(All with { ReviewedColumn = "x" }), Today(9).Schema)));
        Assert.StartsWith("rank_column: Column 'x' is already there.", Assert.Single(StepRunner.Problems(Step(All with { RankColumn = "x" }), Today(9).Schema)));
    }

    [Fact]
    public async Task In_a_run_the_version_is_the_same_for_every_batch_size()
    {
        const string yaml = TestRuns.Source + """
              - id: ask
                type: select_for_review
                config: { mix: { drift: 1, coverage: 1 }, count: 12, features: { text: name, model: hashing-64 }, since: { file: earlier.csv } }

            """;
        var found = new HashSet<string>();
        foreach (var batchBytes in new long[] { 400, 1 << 20 })
        {
            await using var runs = new TestRuns();
            runs.Write("data.csv", Csv(i => i % 2 == 0 ? $"soup number {i % 30} and bread" : $"invoice {i % 30} for rent"));
            runs.Write("earlier.csv", Csv(i => $"soup number {100 + i} and bread"));

            var run = await runs.RunAsync(yaml, batchBytes: batchBytes);

            found.Add(run.Version);
            var rows = await runs.RowsAsync(run.Version);
            Assert.Equal(12, rows.Count(row => row.Contains("drifted", StringComparison.Ordinal) || row.Contains("coverage_gap", StringComparison.Ordinal)));
            Assert.All(rows.Where(row => row.Contains("drifted", StringComparison.Ordinal)), row => Assert.Contains("invoice", row));
        }

        Assert.Single(found);

        static string Csv(Func<int, string> name) => "id,amount,name\n" + string.Concat(Enumerable.Range(0, 90).Select(i => $"{i},{i * 37 % 100},{name(i)}\n"));
    }

    internal static SelectForReview Step(SelectForReview.Options options, Batch? earlier = null) => new SelectForReview(options) is { Reference: not null } step
        ? (SelectForReview)step.On(new SideTable(earlier ?? Cloud(new Random(Seed + 1), 90, 0), "earlier", []))
        : new SelectForReview(options);

    /// <summary>Rows around 0, and a fifth of them around 8; of those around 0 some were reviewed.</summary>
    internal static Batch Today(int rows, int drifted = 5)
    {
        var table = Cloud(new Random(Seed), rows, drifted);
        var random = new Random(Seed + 2);
        return table.With(new Field("doubt", ColumnType.Float64), new ValueColumn<double>(ColumnType.Float64, [.. Enumerable.Range(0, rows).Select(_ => random.NextDouble())]))
            .With(new Field("reviewed", ColumnType.Boolean), new ValueColumn<bool>(ColumnType.Boolean, [.. Enumerable.Range(0, rows).Select(i => i % 6 == 1 && (drifted == 0 || i % drifted != 0))]));
    }

    static Batch Cloud(Random random, int rows, int drifted)
    {
        double Gauss() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        double[] x = [.. Enumerable.Range(0, rows).Select(i => Gauss() + (drifted > 0 && i % drifted == 0 ? 8 : 0))];
        return new Batch(
            new Schema([new("x", ColumnType.Float64), new("y", ColumnType.Float64)]),
            [new ValueColumn<double>(ColumnType.Float64, x), new ValueColumn<double>(ColumnType.Float64, [.. x.Select(_ => Gauss())])], rows);
    }

    static int[] Chosen(Batch all) => [.. Enumerable.Range(0, all.Rows).Where(row => !all["review_rank"].IsNull(row))];

    static List<string> Lines(Batch all) => [.. Chosen(all).Select(row => $"{all["x"].Display(row)}|{all["review_rank"].Display(row)}|{all["review_reason"].Display(row)}|{all["review_score"].Display(row)}").Order()];
}
