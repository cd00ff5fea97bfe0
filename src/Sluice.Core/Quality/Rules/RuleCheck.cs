using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>A business rule as a check.</summary>
abstract class RuleCheck(BusinessRule rule) : Check
{
    protected BusinessRule Rule { get; } = rule;

    protected abstract string Reason { get; }

    protected virtual Severity Severity => Rule.Severity ?? Severity.High;

    public override IReadOnlyList<string> Reasons => [Reason];

    public override IEnumerable<string> Columns => (Rule.Columns ?? []).Concat(new[] { Rule.TimeColumn, Rule.Column }.OfType<string>());

    protected CheckFit Result(long issues, long denominator, string unit) => new([new CheckResult(Reason, Rule.Column, Severity, issues, denominator, unit)]);

    /// <summary>The rule ready to judge; only for one without a <see cref="Problem"/>.</summary>
    public static RuleCheck Of(BusinessRule rule) => rule.Type switch
    {
        RuleType.Range => new RangeRule(rule),
        RuleType.Regex => new RegexRule(rule),
        RuleType.Enum => new EnumRule(rule),
        RuleType.NotNull => new NotNullRule(rule),
        RuleType.Expression => new ExpressionRule(rule),
        RuleType.Unique => new UniqueRule(rule),
        RuleType.Denial => new DenialRule(rule),
        RuleType.RowCount => new RowCountRule(rule),
        RuleType.Freshness => new FreshnessRule(rule),
        RuleType.Historical => new HistoricalRule(rule),
        RuleType.TimeSeries => new TimeSeriesRule(rule),
        RuleType.OfType => new TypeRule(rule),
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule.Type, null),
    };

    /// <summary>What is wrong with the rule itself, with the option it concerns; null when nothing is.</summary>
    public static (string Option, string Message)? Problem(BusinessRule rule) => rule.Type switch
    {
        RuleType.Range => Limits(rule, "range", "number"),
        RuleType.Regex when string.IsNullOrEmpty(rule.Pattern) => ("", "A regex rule needs a pattern."),
        RuleType.Regex => RegexRule.ProblemOf(rule.Pattern),
        RuleType.Enum when rule.Values.Count == 0 => ("", "An enum rule needs values."),
        RuleType.Expression => ExpressionRule.ProblemOf(rule.Expression),
        RuleType.Unique when rule.Column is null == rule.Columns is not { Count: > 0 } => ("", "A unique rule needs column, or columns for a key of several; one of the two."),
        RuleType.Denial when rule.Columns is not { Count: > 0 } => ("", "A denial rule needs columns (in which rows are alike) and column (in which they may then not differ)."),
        RuleType.RowCount => Limits(rule, "row_count", "number of rows"),
        RuleType.Freshness when rule.AsOf is null || rule.MaxAgeDays is null => ("", "A freshness rule needs as_of and max_age_days."),
        RuleType.OfType when rule.ValueType is null => ("", "An of_type rule needs value_type: string, integer, decimal, float, boolean, date or datetime."),
        RuleType.TimeSeries when rule.TimeColumn is null => ("", "A time_series rule needs time_column (the order of the rows) and column (the numbers)."),
        _ => null,
    }
    ?? (rule.Column is null && rule.Type is not (RuleType.Expression or RuleType.Unique or RuleType.RowCount or RuleType.Historical)
        ? ("", $"{(rule.Type == RuleType.Enum ? "An" : "A")} {StepJson.Options.PropertyNamingPolicy!.ConvertName($"{rule.Type}")} rule needs a column.") : null);

    static (string Option, string Message)? Limits(BusinessRule rule, string type, string what) =>
        rule.Min is null && rule.Max is null ? ("", $"A {type} rule needs min, max or both.")
        : rule.Min > rule.Max ? ("min", $"min is {rule.Min}, above max {rule.Max}: no {what} would pass.")
        : null;
}

/// <summary>A rule that judges rows one by one: it counts the rows that it judged and those that failed.</summary>
abstract class RowRule(BusinessRule rule) : RuleCheck(rule)
{
    /// <summary>Calls <paramref name="fails"/> for each failing row; gives the number of rows that were judged.</summary>
    protected abstract long Judge(Batch batch, Action<int> fails);

    public override State NewState(Schema schema) => new Counters(2);

    public override void Observe(Batch batch, State state)
    {
        if (Columns.All(batch.Schema.Has))
        {
            var counts = (Counters)state;
            counts[1] += Judge(batch, _ => counts[0]++);
        }
    }

    public override CheckFit Fit(Seen seen) => Result(((Counters)seen.State!)[0], ((Counters)seen.State!)[1], "rows");

    public override void Apply(Judged judged)
    {
        if (Columns.All(judged.Batch.Schema.Has))
        {
            var verdicts = judged.Verdicts;
            var id = verdicts.Rule(Reason, Rule.Column, Severity, judged.Rejects);
            Judge(judged.Batch, row => verdicts.Fail(id, row));
        }
    }
}
