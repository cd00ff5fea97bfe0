using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Quality;
using Sluice.Steps;

namespace Sluice.Core.Tests.Quality;

public sealed class QualityValidationTests : StepContract
{
    /// <summary>As seed 003 has it, in JSON.</summary>
    const string Seed003 =
        """
        {
          "schema": { "required_columns": ["id", "name", "email"] },
          "business_rules": [
            { "type": "range", "column": "age", "min": 0, "max": 150 },
            { "type": "regex", "column": "email", "pattern": "^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\\.[a-zA-Z]{2,}$" }
          ],
          "deep_analysis": true,
          "min_quality_score": 85.0
        }
        """;

    static readonly Batch People = DirtyTable.Text(
        ("id", ["1", "2", "3", "3", "5"]),
        ("name", ["Ann", "Bob", "Cy", "Cy", ""]),
        ("email", ["a@b.org", "b.org", "c@d.com", "c@d.com", null]),
        ("age", ["30", "151", "-1", "-1", "abc"]));

    protected override Step Create() => new QualityValidation(new()
    {
        BusinessRules =
        [
            new() { Type = RuleType.Range, Column = "count", Max = 50 },
            new() { Type = RuleType.Regex, Column = "name", Pattern = "^[A-Z]" },
            new() { Type = RuleType.Enum, Column = "genre", Values = ["Drama", "Comedy"] },
            new() { Type = RuleType.NotNull, Column = "price" },
        ],
    });

    protected override (Step Step, string Path)? WithUnknownColumn => (new QualityValidation(new() { KeyColumns = ["nowhere"] }), "key_columns[0]");

    [Fact]
    public void Scores_the_seed_as_the_formula_says()
    {
        var report = Report(Configured(Seed003), People);

        Assert.Equal(
            [
                ("missing_column", null, Severity.Critical, 0L, 3L), ("missing_value", null, Severity.Medium, 2L, 20L), ("duplicate_row", null, Severity.High, 1L, 5L),
                ("wrong_type", null, Severity.High, 1L, 18L), ("out_of_range", "age", Severity.High, 3L, 4L), ("pattern_mismatch", "email", Severity.Medium, 1L, 4L),
            ],
            report.Checks.Select(c => (c.Name, c.Column, c.Severity, c.Issues, c.Denominator)));
        var bad = (0.4 * 2 / 20) + (0.7 / 5) + (0.7 / 18) + (0.7 * 3 / 4) + (0.4 / 4);
        Assert.Equal(100 * (1 - (bad / (1.0 + 0.4 + 0.7 + 0.7 + 0.7 + 0.4))), report.Score, 6);
        Assert.Equal(
            ["The quality score is 78.36; the gate asks for at least 85. Largest causes: out_of_range in 'age' 75.0 %, duplicate_row 20.0 %, pattern_mismatch in 'email' 25.0 %."],
            report.GateFailures.Select(f => f.Replace("%", " %").Replace("  ", " ")));
        Assert.StartsWith("deep_analysis was asked for and did not run: no language model is configured", Assert.Single(report.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_issue_that_is_counted_in_cells_or_rows_has_its_evidence()
    {
        var step = (QualityValidation)Create();
        var whole = Sample();

        var run = StepRunner.Run(step, StepRunner.Cut(whole, 17, 60));

        var flagged = run.Verdicts.SelectMany(v => v.Rules.Select((r, i) => (Key: (r.Reason, IsRule: IsRule(r.Reason) ? r.Column : null), v.Failing(i).Count)))
            .GroupBy(v => v.Key).ToDictionary(g => g.Key, g => (long)g.Sum(v => v.Count));
        var report = new Fitted(run.Json).As<QualityReport>();
        Assert.All(report.Checks, check => Assert.Equal(check.Issues, flagged.GetValueOrDefault((check.Name, check.Column))));
        Assert.All(report.Checks, check => Assert.True(check.Issues > 0, check.Name));
        Assert.Equal(whole.Rows, run.All.Rows);

        static bool IsRule(string reason) => reason is "out_of_range" or "pattern_mismatch" or "not_allowed" or "missing_required";
    }

    [Fact]
    public void The_score_never_rises_with_an_issue_more_and_stays_between_0_and_100()
    {
        const int seed = 12;
        var random = new Random(seed);
        for (var round = 0; round < 500; round++)
        {
            var checks = Enumerable.Range(0, random.Next(1, 8)).Select(i =>
            {
                var denominator = random.Next(0, 50);
                return new CheckResult($"c{i}", null, (Severity)random.Next(4), random.Next(0, denominator + 1), denominator, "rows");
            }).ToList();
            var score = QualityValidation.Score(checks);
            Assert.InRange(score, 0, 100);
            for (var i = 0; i < checks.Count; i++)
            {
                if (checks[i].Issues < checks[i].Denominator)
                {
                    var worse = checks.ToList();
                    worse[i] = worse[i] with { Issues = worse[i].Issues + 1 };
                    Assert.True(QualityValidation.Score(worse) < score, $"seed {seed}, round {round}, check {i}");
                }
            }
        }
    }

    [Fact]
    public void A_few_critical_failures_can_stop_a_run_whose_score_is_high()
    {
        var step = new QualityValidation(new() { Schema = new() { RequiredColumns = ["id", "ssn"] }, FailOnCritical = true });

        var report = Report(step, People);

        Assert.Equal(["1 critical issue found; fail_on_critical allows none."], report.GateFailures);
        Assert.Equal("1 critical issue found; fail_on_critical allows none.", step.GateFailure(new Fitted(Fitted.Of(report))));
        Assert.Null(step.WithoutGate().GateFailure(new Fitted(StepRunner.Run(step.WithoutGate(), People).Json)));
    }

    [Fact]
    public void A_single_check_can_have_a_gate()
    {
        var report = Report(new QualityValidation(new() { MaxIssueRate = new Dictionary<string, double> { ["missing_value"] = 0.05, ["duplicate_row"] = 0.2 } }), People);

        Assert.Single(report.GateFailures);
        Assert.StartsWith("missing_value: 2 of 20 cells (10.00", report.GateFailures[0]);
    }

    [Fact]
    public void Rejects_on_request_the_rows_that_fail_a_rule()
    {
        var step = new QualityValidation(new() { Mode = ValidationMode.Reject, BusinessRules = [new() { Type = RuleType.Range, Column = "age", Min = 0, Max = 150 }] });

        var run = StepRunner.Run(step, People);

        Assert.Equal(["1", "5"], DirtyTable.Shown(run.All, "id"));
        Assert.False(step.IsPassive);
    }

    [Fact]
    public void By_keys_the_first_row_is_no_duplicate_and_a_missing_key_equals_nothing()
    {
        var report = Report(new QualityValidation(new() { KeyColumns = ["name"] }), DirtyTable.Text(("name", ["a", "b", "a", "", "", null, null, "a"]), ("x", ["1", "1", "2", "3", "3", "3", "3", "1"])));

        Assert.Equal(2, report.Checks.Single(c => c.Name == "duplicate_key").Issues);
    }

    [Fact]
    public void Reports_every_problem_of_the_options_by_path()
    {
        var step = new QualityValidation(new()
        {
            BusinessRules =
            [
                new() { Type = RuleType.Regex, Column = "email", Pattern = "(" },
                new() { Type = RuleType.Range, Column = "aeg", Min = 1 },
                new() { Type = RuleType.Range, Column = "age" },
                new() { Type = RuleType.Range, Column = "age", Min = 5, Max = 2 },
                new() { Type = RuleType.Enum, Column = "id" },
            ],
            MaxIssueRate = new Dictionary<string, double> { ["missing"] = 2 },
        });

        var problems = StepRunner.Problems(step, People.Schema);

        Assert.Equal(7, problems.Count);
        Assert.StartsWith("business_rules[0].pattern: '(' is no regular expression: ", problems[0]);
        Assert.StartsWith("business_rules[1].column: Column 'aeg' does not exist here. Did you mean 'age'?", problems[1]);
        Assert.Equal("business_rules[2]: A range rule needs min, max or both.", problems[2]);
        Assert.Equal("business_rules[3].min: min is 5, above max 2: no number would pass.", problems[3]);
        Assert.Equal("business_rules[4]: An enum rule needs values.", problems[4]);
        Assert.Equal("max_issue_rate.missing: 2 is no share. Expected a number from 0 to 1.", problems[5]);
        Assert.StartsWith("max_issue_rate.missing: 'missing' is no check of this step. It has: ", problems[6]);
    }

    [Fact]
    public void Without_rows_nothing_is_wrong() => Assert.Equal(100, Report(QualityValidation.Default, People.Slice(0, 0)).Score);

    [Fact]
    public void Profiles_columns_exactly()
    {
        var report = Report(QualityValidation.Default, DirtyTable.Numbers("x", 2, 4, 4, null, 4, 5, 5, 7, double.NaN, 9));

        var profile = Assert.Single(report.Columns);
        Assert.Equal((2, 5, true), (profile.Missing, profile.Distinct, profile.DistinctIsExact));
        Assert.Equal((2, 9, 5, 2, 0), (profile.Numbers!.Min, profile.Numbers.Max, profile.Numbers.Mean, profile.Numbers.Deviation, profile.Numbers.QuantileError));
        Assert.Equal(4.5, profile.Numbers.Quantiles[2]);
        Assert.Equal(8, profile.Numbers.Histogram.Sum());
        Assert.Equal(new ValueCount("4", 3), profile.Top![0]);
    }

    [Fact]
    public void A_report_on_200_columns_stays_small()
    {
        var batch = new Batch(
            new Schema(Enumerable.Range(0, 200).Select(i => new Field($"column number {i}", i % 2 == 0 ? ColumnType.Float64 : ColumnType.Text))),
            Enumerable.Range(0, 200).Select(i => i % 2 == 0
                ? DirtyTable.Numbers("x", [.. Enumerable.Range(0, 60).Select(row => (double?)Math.Sin(row + i))])["x"]
                : TextColumn.Of([.. Enumerable.Range(0, 60).Select(row => $"value {row % 15} of a column with rather long values of about a hundred bytes or so {i}")])),
            60);

        Assert.InRange(StepRunner.Run(QualityValidation.Default, batch).Json.Length, 1_000, 200_000);
    }

    [Fact]
    public void The_report_survives_its_JSON()
    {
        var run = StepRunner.Run(Create(), Sample());

        Assert.Equal(run.Json, Fitted.Of(new Fitted(run.Json).As<QualityReport>()));
    }

    static QualityReport Report(QualityValidation step, Batch batch) => CheckedTable.Report(step, StepRunner.Cut(batch, 2) is { Length: > 0 } parts ? parts : [batch]);

    static QualityValidation Configured(string json) =>
        (QualityValidation)Catalog.Of([typeof(QualityValidation)]).Configure(CapabilityKind.Step, "quality_validation", json);
}

public sealed class QualityValidationByRejectingTests : StepContract
{
    protected override Step Create() => new QualityValidation(new()
    {
        Mode = ValidationMode.Reject,
        BusinessRules = [new() { Type = RuleType.Range, Column = "count", Max = 50 }, new() { Type = RuleType.NotNull, Column = "name" }],
    });

    protected override (Step Step, string Path)? WithUnknownColumn =>
        (new QualityValidation(new() { BusinessRules = [new() { Type = RuleType.NotNull, Column = "nowhere" }] }), "business_rules[0].column");
}
