using System.Text.Json.Serialization;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>What a business rule demands.</summary>
public enum RuleType
{
    /// <summary>A number between <c>min</c> and <c>max</c>, both included.</summary>
    Range,

    /// <summary>Text that matches <c>pattern</c>.</summary>
    Regex,

    /// <summary>One of <c>values</c>.</summary>
    Enum,

    /// <summary>A value.</summary>
    NotNull,

    /// <summary>An SQL-like <c>expression</c> over the columns of a row that is not false.</summary>
    Expression,

    /// <summary>No two rows with the same value of <c>column</c>, or of <c>columns</c> together.</summary>
    Unique,

    /// <summary>No two rows that are alike in <c>columns</c> and differ in <c>column</c>: the same zip has the same city.</summary>
    Denial,

    /// <summary>Between <c>min</c> and <c>max</c> rows.</summary>
    RowCount,

    /// <summary>A newest date or time in <c>column</c> that is at most <c>max_age_days</c> before <c>as_of</c>.</summary>
    Freshness,

    /// <summary>Rows, shares of missing values and means like those of the dataset's version before, within <c>tolerance</c>.</summary>
    Historical,

    /// <summary>A series in <c>column</c>, in the order of <c>time_column</c>, that does nothing it did not do before: no new value, jump, level, spread or break of its rhythm.</summary>
    TimeSeries,

    /// <summary>Values that are of <c>value_type</c>, whatever type the column was read as.</summary>
    OfType,
}

/// <summary>A rule of the business, as data. Missing values are the business of <c>not_null</c> only.</summary>
public sealed record BusinessRule
{
    /// <summary>range, regex, enum, not_null, expression, unique, denial, row_count, freshness, historical, time_series or of_type.</summary>
    public required RuleType Type { get; init; }

    /// <summary>Column to judge. Not for expression and row_count; historical without one looks at all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Column { get; init; }

    /// <summary>Columns that together are the key (unique), or in which two rows are alike (denial).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>Smallest number allowed (range), fewest rows (row_count). Default: no limit.</summary>
    public double? Min { get; init; }

    /// <summary>Largest number allowed (range), most rows (row_count). Default: no limit.</summary>
    public double? Max { get; init; }

    /// <summary>.NET regular expression (regex). In YAML, write it in single quotes: a double-quoted backslash is an escape.</summary>
    public string? Pattern { get; init; }

    /// <summary>Values allowed (enum), compared as text, with case.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>Condition on the columns of a row (expression), as in the step filter: <c>end_date &gt;= start_date</c>. Unknown, because a value is missing, is no failure.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Expression { get; init; }

    /// <summary>Reason that failures of an expression get, so that several can be told apart: <c>end_before_start</c>. Default: rule_violated.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [System.ComponentModel.DataAnnotations.RegularExpression("^[a-z][a-z0-9_]{0,63}$")]
    public string? Reason { get; init; }

    /// <summary>Day that age is measured from (freshness). It is named, not read from the clock: the same input and pipeline give the same version.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateOnly? AsOf { get; init; }

    /// <summary>Greatest age in days of the newest value (freshness).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [System.ComponentModel.DataAnnotations.Range(0.0, double.MaxValue)]
    public double? MaxAgeDays { get; init; }

    /// <summary>
    /// How far figures may be from those of the version before (historical): rows by this share of them, a share of missing values by so much, a mean by so many standard
    /// deviations. Default: 0.2.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [System.ComponentModel.DataAnnotations.Range(0.0, double.MaxValue)]
    public double? Tolerance { get; init; }

    /// <summary>Column with the time of each row (time_series): a date, a timestamp or a number.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TimeColumn { get; init; }

    /// <summary>Rarity from which a row fails (time_series): 3 is what about one row in 1,000 of an undisturbed series reaches. Default: 3.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [System.ComponentModel.DataAnnotations.Range(1.0, 100.0)]
    public double? Threshold { get; init; }

    /// <summary>What the values must be (of_type): string, integer, decimal, float, boolean, date or datetime.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ValueType? ValueType { get; init; }

    /// <summary>Weight of a failure. Default: medium for regex, enum and time_series, high for all others.</summary>
    public Severity? Severity { get; init; }
}
