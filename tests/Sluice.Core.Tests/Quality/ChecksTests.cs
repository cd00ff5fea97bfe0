using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Quality;
using Sluice.Steps;

namespace Sluice.Core.Tests.Quality;

/// <summary>All checks and every kind of rule at once: what is counted is what is marked, however the rows are cut, and on tables that nobody expects.</summary>
public sealed class AllChecksTests : StepContract
{
    protected override Step Create() => new QualityValidation(Everything);

    static QualityValidation.Options Everything => new()
    {
        Checks = ["all"],
        BusinessRules =
        [
            new() { Type = RuleType.Expression, Expression = "price < count OR flag", Reason = "price_above_count" },
            new() { Type = RuleType.Unique, Column = "code" },
            new() { Type = RuleType.Unique, Columns = ["name", "genre"] },
            new() { Type = RuleType.Denial, Columns = ["code"], Column = "genre" },
            new() { Type = RuleType.RowCount, Min = 1_000 },
            new() { Type = RuleType.Freshness, Column = "day", AsOf = new DateOnly(2030, 1, 1), MaxAgeDays = 7 },
            new() { Type = RuleType.TimeSeries, TimeColumn = "at", Column = "count" },
        ],
    };

    protected override (Step Step, string Path)? WithUnknownColumn =>
        (new QualityValidation(new() { BusinessRules = [new() { Type = RuleType.Unique, Columns = ["name", "nowhere"] }] }), "business_rules[0].columns[1]");

    [Fact]
    public void Every_issue_counted_in_cells_or_rows_has_its_evidence()
    {
        var whole = Sample();

        var run = StepRunner.Run(Create(), StepRunner.Cut(whole, 17, 60));

        var report = new Fitted(run.Json).As<QualityReport>();
        Agrees(report, run);
        string[] found = ["missing_value", "duplicate_row", "wrong_type", "outlier", "inconsistent_format", "price_above_count", "not_unique", "conflicting_value", "row_count", "stale"];
        Assert.All(found, name => Assert.Contains(report.Checks, c => c.Name == name && c.Issues > 0));
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Stands_tables_that_nobody_expects(string what)
    {
        var table = HostileTables.Always().Single(t => t.What == what).Table;
        var step = new QualityValidation(new() { Checks = ["all"], BusinessRules = [new() { Type = RuleType.RowCount, Min = 0 }] });

        var run = StepRunner.Run(step, table);
        var cut = StepRunner.Run(step, table.Rows < 2 ? [table] : StepRunner.Cut(table, 1, 3));

        Assert.Equal(run.Json, cut.Json);
        var report = new Fitted(run.Json).As<QualityReport>();
        Assert.True(report.Score is >= 0 and <= 100, what);
        Assert.Equal(run.Json, Fitted.Of(report));
        Agrees(report, run);
        Assert.All(report.Checks, check => Assert.InRange(check.Issues, 0, check.Denominator));
        Assert.All(QualityValidation.Suggest(report), suggestion => Assert.NotEmpty(suggestion.Text));
    }

    public static TheoryData<string> Hostile => [.. HostileTables.Always().Select(t => t.What)];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_score_does_not_depend_on_the_order_of_rows(int seed)
    {
        var whole = DirtyTable.Of(200, seed);
        var order = Enumerable.Range(0, whole.Rows).ToArray();
        new Random(seed).Shuffle(order);
        var shuffled = new Batch(whole.Schema, whole.Columns.Select(c => c.Take(order)), whole.Rows);

        Assert.Equal(StepRunner.Run(Create(), whole).Json, StepRunner.Run(Create(), shuffled).Json);
    }

    static void Agrees(QualityReport report, StepRun run)
    {
        var flagged = run.Verdicts.SelectMany(v => v.Rules.Select((r, i) => (r.Reason, v.Failing(i).Count))).GroupBy(v => v.Reason).ToDictionary(g => g.Key, g => g.Sum(v => (long)v.Count));
        var counted = report.Checks.Where(c => c.Unit is "cells" or "rows").GroupBy(c => c.Name).Select(g => (g.Key, Issues: g.Sum(c => c.Issues)));
        Assert.All(counted, check => Assert.Equal((check.Key, check.Issues), (check.Key, flagged.GetValueOrDefault(check.Key))));
    }
}

public sealed class ChecksTests
{
    [Fact]
    public void Personal_data_in_the_open_is_critical_whatever_the_column_and_names_alone_are_not()
    {
        string?[] notes = ["call +44 20 7946 0958", "card 4111 1111 1111 1111", "card 4111 1111 1111 1112", "ann@example.org wrote", null, "Ann Miller of Berlin"];

        var (report, rows) = Failing(new() { Checks = ["pii"] }, DirtyTable.Text(("note", notes)), "pii_exposed");

        Assert.Equal([0, 1, 3], rows);
        Assert.Equal(("pii_exposed", Severity.Critical, 3L, 5L), report.Checks.Select(c => (c.Name, c.Severity, c.Issues, c.Denominator)).Single());
    }

    [Fact]
    public void Columns_missing_together_are_named_most_frequent_first()
    {
        var report = Report(["missing_patterns"], DirtyTable.Text(("a", ["1", "", null, "4", ""]), ("b", ["x", " ", "", "y", ""]), ("c", ["1", "2", "3", null, "5"])));

        Assert.Equal([("a, b", 3L), ("c", 1L)], report.MissingPatterns!.Select(p => (string.Join(", ", p.Columns), p.Rows)));
        Assert.Empty(report.Checks);
    }

    [Fact]
    public void Suggests_how_to_fill_what_is_missing_but_not_where_most_is()
    {
        var rows = Enumerable.Range(0, 10).ToArray();
        var report = Report(
            ["missing"],
            new Batch(
                new Schema([new("n", ColumnType.Float64), new("kind", ColumnType.Text), new("rare", ColumnType.Text)]),
                [
                    DirtyTable.Numbers("n", [.. rows.Select(i => i == 0 ? (double?)null : i)])["n"], TextColumn.Of([.. rows.Select(i => i == 0 ? null : $"k{i % 2}")]),
                    TextColumn.Of([.. rows.Select(i => i < 6 ? null : "x")]),
                ],
                10));

        var steps = QualityValidation.Suggest(report).ToDictionary(s => s.Column!, s => s.Step?["config"]!["missing_strategy"]!.GetValue<string>());
        Assert.Equal(("median", "mode", null), (steps["n"], steps["kind"], steps["rare"]));
    }

    [Theory]
    [InlineData(FarMethod.Iqr)]
    [InlineData(FarMethod.ZScore)]
    [InlineData(FarMethod.RobustZ)]
    public void Far_numbers_are_outliers_by_any_method(FarMethod method)
    {
        double?[] values = [.. Enumerable.Range(0, 99).Select(i => (double?)(i % 10)), 1_000, null];

        var (report, rows) = Failing(new() { Checks = ["outliers"], Outliers = new() { Method = method } }, DirtyTable.Numbers("x", values), "outlier");

        Assert.Equal(new CheckResult("outlier", null, Severity.Low, 1, 100, "cells"), Assert.Single(report.Checks));
        Assert.Equal([99], rows);
    }

    [Fact]
    public void The_z_score_is_the_textbook_one_up_to_its_limit()
    {
        double?[] values = [2, 4, 4, 4, 5, 5, 7, 9];

        // Mean 5, population deviation 2: 9 is 2 deviations away.
        Assert.Empty(Failing(new() { Checks = ["outliers"], Outliers = new() { Method = FarMethod.ZScore, Threshold = 2 } }, DirtyTable.Numbers("x", values), "outlier").Rows);
        Assert.Equal([7], Failing(new() { Checks = ["outliers"], Outliers = new() { Method = FarMethod.ZScore, Threshold = 1.9 } }, DirtyTable.Numbers("x", values), "outlier").Rows);
    }

    [Fact]
    public void Outliers_are_counted_exactly_also_where_the_histogram_is_not()
    {
        var random = new Random(5);
        double?[] values = [.. Enumerable.Range(0, 30_000).Select(_ => (double?)Math.Exp(random.NextDouble() * 6))];

        var (report, rows) = Failing(new() { Checks = ["outliers"], Outliers = new() { Threshold = 0.5 } }, DirtyTable.Numbers("x", values), "outlier");

        Assert.InRange(rows.Count, 1, 29_999);
        Assert.Equal(rows.Count, report.Checks[0].Issues);
    }

    [Theory]
    [InlineData("2024-01-05,2024-02-06,2024-03-07,04/08/2024", 3)]
    [InlineData("555-123-4567,555-987-6543,555-222-3333,555-444-1111,(555) 111-2222", 4)]
    [InlineData("a@x.org,b.c@y.com,d_e@z.co.uk,f+g@x.org,not an address", 4)]
    [InlineData("AB-1234,CD-5678,EF-9012,GH-3456,ij-7890", 4)]
    [InlineData("Berlin,Paris,Rome,Berlin,berlin", 4)]
    [InlineData("New York,Paris,Rome,New York,New  York", 4)]
    [InlineData("12 Main Street,9 Elm St,7 Oak Avenue,12 Main Street,12 Main St.", 4)]
    [InlineData("Hauptstraße 5,Am Markt 3,Lindenstraße 9,Hauptstraße 5,Hauptstr. 5", 4)]
    [InlineData("12 rue de la Paix,3 avenue Foch,9 rue Royale,3 avenue Foch,3 av. Foch", 4)]
    [InlineData("Calle Mayor 1,Plaza Real 2,Paseo del Prado 8,Calle Mayor 1,C/ Mayor 1", 4)]
    [InlineData("Kerkstraat 12,Marktplein 4,Beeklaan 7,Kerkstraat 12,Kerkstr. 12", 4)]
    [InlineData("Corso Italia 3,Piazza Dante 1,Via Roma 7,Corso Italia 3,C.so Italia 3", 4)]
    public void The_value_that_is_written_otherwise_is_found(string values, int row)
    {
        var (report, rows) = Failing(new() { Checks = ["inconsistent_formats"] }, DirtyTable.Text(("x", values.Split(','))), "inconsistent_format");

        Assert.Equal([row], rows);
        Assert.Equal(1, report.Checks[0].Issues);
    }

    [Fact]
    public void Addresses_are_to_be_written_as_the_country_that_most_of_them_fit()
    {
        var (report, _) = Failing(
            new() { Checks = ["inconsistent_formats"] }, DirtyTable.Text(("home", ["Hauptstraße 5", "Lindenstraße 9", "Hauptstraße 5", "Hauptstr. 5"])), "inconsistent_format");

        Assert.Equal("""{"type":"standardize_formats","config":{"addresses":{"home":"DE"}}}""", Assert.Single(QualityValidation.Suggest(report)).Step!.ToJsonString());
    }

    [Theory]
    [InlineData("Ann Lee,Bob,Mary Ann Smith,J. R. Tolkien,O'Neil")]
    [InlineData("1,22,333,4444.5,-7")]
    [InlineData("12 Main St,PO Box 7,Elm Street 9b,1 A,Old Mill")]
    [InlineData("2024-01-05,2024-02-06,,n/a,2024-03-07")]
    [InlineData("1/5/2024,12/31/2024,7/14/2023")]
    public void Values_that_may_differ_are_left_alone(string values) =>
        Assert.Empty(Failing(new() { Checks = ["inconsistent_formats"] }, DirtyTable.Text(("x", values.Split(','))), "inconsistent_format").Rows);

    [Fact]
    public void Text_that_is_damaged_is_found_and_other_languages_are_not()
    {
        string[] values = ["café", "cafÃ©", "bad\u0001", "lost \uFFFD", "itâ€™s", "tab\tis fine", "Ärger über Öl", "São Tomé", "李雷", "10 °C ± 2", "\u0090", "«À bientôt»"];

        var (report, rows) = Failing(new() { Checks = ["invalid_values"] }, DirtyTable.Text(("x", values)), "corrupt_text");

        Assert.Equal([1, 2, 3, 4, 10], rows);
        Assert.Equal((5, 12, Severity.Critical), (report.Checks[0].Issues, report.Checks[0].Denominator, report.Checks[0].Severity));
    }

    [Fact]
    public void Days_of_no_calendar_are_found_in_columns_of_dates_only()
    {
        string[] values = ["2024-02-28", "2024-02-30", "31/12/2023", "32/12/2023", "2024-03-01", "2024-03-02", "2024-13-13"];
        var codes = Enumerable.Range(0, 7).Select(i => i == 0 ? "2024-13-13" : $"code {i}").ToArray();

        var (report, rows) = Failing(new() { Checks = ["invalid_values"] }, DirtyTable.Text(("when", values), ("code", codes)), "invalid_value");

        Assert.Equal([1, 3, 6], rows);
        Assert.Equal((3, 7), (report.Checks[1].Issues, report.Checks[1].Denominator));
    }

    [Fact]
    public void Infinities_are_invalid()
    {
        var (report, rows) = Failing(new() { Checks = ["invalid_values"] }, DirtyTable.Numbers("x", 1, double.PositiveInfinity, null, double.NaN, double.NegativeInfinity), "invalid_value");

        Assert.Equal([1, 4], rows);
        Assert.Equal((2, 3), (report.Checks[1].Issues, report.Checks[1].Denominator));
    }

    [Fact]
    public void An_unknown_check_is_a_problem_that_names_those_there_are()
    {
        var problem = Assert.Single(StepRunner.Problems(new QualityValidation(new() { Checks = ["missing", "pi"] }), DirtyTable.Schema));

        Assert.Equal(
            "checks[1]: 'pi' is no check. There are: missing, missing_patterns, duplicates, mixed_types, contextual_outliers, outliers, inconsistent_formats, invalid_values, pii, drift; or all.", problem);
    }

    static QualityReport Report(string[] checks, Batch table) => CheckedTable.Report(new QualityValidation(new() { Checks = checks }), table);

    static (QualityReport Report, List<int> Rows) Failing(QualityValidation.Options options, Batch table, string reason) => CheckedTable.Failing(options, table, reason);
}
