using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Quality;
using Sluice.Steps;

namespace Sluice.Core.Tests.Quality;

/// <summary>Rules across columns, across rows and on the table.</summary>
public sealed class BusinessRuleTests
{
    static readonly Batch Places = DirtyTable.Text(
        ("zip", ["10115", "10115", "10115", "80331", "80331", "20095", null, "10115"]),
        ("city", ["Berlin", "Berlin", "Bonn", "Munich", "München", "Hamburg", "Rome", null]));

    [Fact]
    public void An_expression_judges_rows_where_it_is_known()
    {
        var table = new Batch(
            new Schema([new("from", ColumnType.Int64), new("to", ColumnType.Int64)]), [Whole(1, 5, null, 7), Whole(2, 4, 3, 7)], 4);

        var (result, rows) = Judged(new() { Type = RuleType.Expression, Expression = "\"to\" >= \"from\"", Reason = "ends_before_it_starts", Severity = Severity.Critical }, table);

        Assert.Equal(new CheckResult("ends_before_it_starts", null, Severity.Critical, 1, 3, "rows"), result);
        Assert.Equal([1], rows);
    }

    [Fact]
    public void A_row_for_which_an_expression_cannot_be_computed_fails_it()
    {
        var table = new Batch(new Schema([new("a", ColumnType.Int64)]), [Whole(1, 0, 2)], 3);

        var (result, rows) = Judged(new() { Type = RuleType.Expression, Expression = "10 / a > 1" }, table);

        Assert.Equal(("rule_violated", 1, 3), (result.Name, result.Issues, result.Denominator));
        Assert.Equal([1], rows);
    }

    [Fact]
    public void A_unique_key_may_be_of_several_columns_and_lacks_nothing()
    {
        var table = DirtyTable.Text(("a", ["1", "1", "1", null, null]), ("b", ["x", "y", "x", "x", "x"]));

        var (result, rows) = Judged(new() { Type = RuleType.Unique, Columns = ["a", "b"] }, table);

        Assert.Equal(new CheckResult("not_unique", null, Severity.High, 1, 3, "rows"), result);
        Assert.Equal([2], rows);
    }

    [Fact]
    public void Rows_alike_in_one_column_must_be_alike_in_another()
    {
        var (result, rows) = Judged(new() { Type = RuleType.Denial, Columns = ["zip"], Column = "city" }, Places);

        // Pairs: three of 10115, of which two differ; one of 80331, which differs.
        Assert.Equal(new CheckResult("conflicting_value", "city", Severity.High, 3, 4, "pairs"), result);
        Assert.Equal([2, 3, 4], rows);
    }

    [Fact]
    public void Pairs_are_those_of_a_comparison_of_all_with_all()
    {
        var random = new Random(8);
        for (var round = 0; round < 20; round++)
        {
            var (keys, values) = (Texts(random, 40, 6), Texts(random, 40, 3));
            var (alike, different) = (0, 0);
            var conflicting = new SortedSet<int>();
            for (var i = 0; i < 40; i++)
            {
                for (var j = i + 1; j < 40; j++)
                {
                    if (keys[i] is not null && keys[i] == keys[j] && values[i] is not null && values[j] is not null)
                    {
                        alike++;
                        different += values[i] == values[j] ? 0 : 1;
                        if (values[i] != values[j])
                        {
                            conflicting.UnionWith([i, j]);
                        }
                    }
                }
            }

            var (result, rows) = Judged(new() { Type = RuleType.Denial, Columns = ["k"], Column = "v" }, DirtyTable.Text(("k", keys), ("v", values)));

            Assert.Equal((different, alike), (result.Issues, result.Denominator));
            Assert.All(rows, row => Assert.Contains(row, conflicting));
            Assert.Equal(conflicting.Count == 0, rows.Count == 0);
        }
    }

    [Theory]
    [InlineData(3.0, null, 0)]
    [InlineData(8.0, 8.0, 0)]
    [InlineData(9.0, null, 1)]
    [InlineData(null, 7.0, 1)]
    public void The_number_of_rows_has_limits(double? min, double? max, long issues)
    {
        var (result, rows) = Judged(new() { Type = RuleType.RowCount, Min = min, Max = max }, Places);

        Assert.Equal(new CheckResult("row_count", null, Severity.High, issues, 1, "tables"), result);
        Assert.Empty(rows);
    }

    [Theory]
    [InlineData(10, 0)]
    [InlineData(9, 1)]
    public void The_newest_day_may_not_be_too_old(int days, long issues)
    {
        var builder = new ValueBuilder<int>(ColumnType.Date);
        builder.Append(new DateOnly(2024, 1, 1).DayNumber - new DateOnly(1970, 1, 1).DayNumber);
        builder.Append(new DateOnly(2023, 1, 1).DayNumber - new DateOnly(1970, 1, 1).DayNumber);
        var table = new Batch(new Schema([new("day", ColumnType.Date)]), [builder.Build()], 2);

        var (result, _) = Judged(new() { Type = RuleType.Freshness, Column = "day", AsOf = new DateOnly(2024, 1, 11), MaxAgeDays = days }, table);

        Assert.Equal(new CheckResult("stale", "day", Severity.High, issues, 1, "tables"), result);
    }

    [Fact]
    public void Rules_over_rows_reject_what_they_mark()
    {
        var step = new QualityValidation(new()
        {
            Mode = ValidationMode.Reject,
            Checks = ["duplicates"],
            BusinessRules = [new() { Type = RuleType.Unique, Column = "city" }, new() { Type = RuleType.Denial, Columns = ["zip"], Column = "city" }],
        });

        var run = StepRunner.Run(step, StepRunner.Cut(Places, 3));

        Assert.Equal(["Berlin", "Hamburg", "Rome", null], DirtyTable.Shown(run.All, "city"));
    }

    [Fact]
    public void Says_what_each_rule_needs()
    {
        BusinessRule[] rules =
        [
            new() { Type = RuleType.Range, Min = 1 }, new() { Type = RuleType.Expression }, new() { Type = RuleType.Expression, Expression = "nope = 1" },
            new() { Type = RuleType.Unique }, new() { Type = RuleType.Denial, Column = "city" }, new() { Type = RuleType.Denial, Columns = ["zip"] },
            new() { Type = RuleType.RowCount }, new() { Type = RuleType.Freshness, Column = "city" },
            new() { Type = RuleType.Freshness, Column = "city", AsOf = new DateOnly(2024, 1, 1), MaxAgeDays = 1 },
        ];

        var problems = StepRunner.Problems(new QualityValidation(new() { BusinessRules = rules }), Places.Schema);

        Assert.Equal(9, problems.Count);
        Assert.Equal("business_rules[0]: A range rule needs a column.", problems[0]);
        Assert.StartsWith("business_rules[1].expression: ", problems[1]);
        Assert.StartsWith("business_rules[2].expression: ", problems[2]);
        Assert.Contains("nope", problems[2]);
        Assert.Equal("business_rules[3]: A unique rule needs column, or columns for a key of several; one of the two.", problems[3]);
        Assert.StartsWith("business_rules[4]: A denial rule needs columns (in which rows are alike)", problems[4]);
        Assert.Equal("business_rules[5]: A denial rule needs a column.", problems[5]);
        Assert.Equal("business_rules[6]: A row_count rule needs min, max or both.", problems[6]);
        Assert.Equal("business_rules[7]: A freshness rule needs as_of and max_age_days.", problems[7]);
        Assert.Equal("business_rules[8].column: 'city' is text; freshness needs a date or a timestamp. Put fix_types before this step.", problems[8]);
    }

    [Fact]
    public void A_step_has_at_most_eight_checks_over_keys()
    {
        var rules = Enumerable.Repeat(new BusinessRule { Type = RuleType.Unique, Column = "zip" }, 8).ToArray();

        var problem = Assert.Single(StepRunner.Problems(new QualityValidation(new() { BusinessRules = rules }), Places.Schema));

        Assert.StartsWith("business_rules: duplicates and the rules unique, denial and time_series are 9 together; a step can have 8.", problem);
    }

    static (CheckResult Result, List<int> Rows) Judged(BusinessRule rule, Batch table)
    {
        var options = new QualityValidation.Options { Checks = [], BusinessRules = [rule] };
        var (report, rows) = CheckedTable.Failing(options, table);
        Assert.Equal(Fitted.Of(report), Fitted.Of(CheckedTable.Report(new QualityValidation(options), StepRunner.Cut(table, 2, 1))));
        return (Assert.Single(report.Checks), rows);
    }

    static string?[] Texts(Random random, int rows, int different) =>
        [.. Enumerable.Range(0, rows).Select(_ => random.Next(8) == 0 ? null : $"v{random.Next(different)}")];

    static ValueColumn<long> Whole(params long?[] values)
    {
        var builder = new ValueBuilder<long>(ColumnType.Int64);
        foreach (var value in values)
        {
            if (value is null)
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(value.Value);
            }
        }

        return builder.Build();
    }
}
