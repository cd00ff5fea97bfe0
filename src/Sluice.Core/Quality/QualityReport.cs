using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Cleaning;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>What the checks found in all rows. Canonical: equal rows give equal bytes.</summary>
public sealed record QualityReport
{
    /// <summary>
    /// 0 to 100: <c>100 · (1 − Σ w·issues/denominator ⁄ Σ w)</c> over the checks that ran, w = 1.0, 0.7, 0.4, 0.1 for critical, high, medium, low.
    /// Each check has its own denominator, so that a few bad cells in a wide table are not diluted by the good ones of other checks.
    /// </summary>
    public required double Score { get; init; }

    public required long Rows { get; init; }

    public required IReadOnlyList<CheckResult> Checks { get; init; }

    public required IReadOnlyList<ColumnProfile> Columns { get; init; }

    /// <summary>Types that text columns should have; what the check of types compares with.</summary>
    public required IReadOnlyList<ColumnKind> Types { get; init; }

    /// <summary>Why the gate refuses; empty when it does not.</summary>
    public required IReadOnlyList<string> GateFailures { get; init; }

    /// <summary>What a reader should know: checks that were asked for and could not run.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Columns that are missing together, most frequent first; only with the check <c>missing_patterns</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<MissingPattern>? MissingPatterns { get; init; }

    /// <summary>How values are distributed, for the check <c>drift</c> of a later table; only with that check.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Distributions? Distributions { get; init; }

    /// <summary>What checks learned and judge each row by, by check: limits of numbers, formats of columns.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, JsonElement>? Learned { get; init; }

    /// <summary>What one check learned; null when nothing.</summary>
    public T? LearnedBy<T>(string check)
        where T : class => Learned?.TryGetValue(check, out var json) == true ? json.Deserialize<T>(StepJson.Options) : null;
}

/// <summary>Columns that are missing together.</summary>
/// <param name="Columns">All columns that these rows lack.</param>
/// <param name="Rows">Rows that lack exactly them.</param>
public sealed record MissingPattern(IReadOnlyList<string> Columns, long Rows);

/// <summary>One check.</summary>
/// <param name="Name">Reason of its evidence: <c>missing_value</c>, <c>duplicate_row</c>, <c>wrong_type</c>, <c>out_of_range</c>…</param>
/// <param name="Column">Column of a business rule; null for a check over the whole table.</param>
/// <param name="Severity">Its weight.</param>
/// <param name="Issues">Failures: cells, rows, pairs of rows, columns or tables.</param>
/// <param name="Denominator">How many there could be.</param>
/// <param name="Unit">What is counted: cells, rows, pairs, columns or tables.</param>
public sealed record CheckResult(string Name, string? Column, Steps.Severity Severity, long Issues, long Denominator, string Unit)
{
    public double Rate => Denominator == 0 ? 0 : (double)Issues / Denominator;
}

/// <summary>One column of the rows that were checked.</summary>
public sealed record ColumnProfile
{
    public required string Name { get; init; }

    public required ColumnType Type { get; init; }

    public string? Format { get; init; }

    /// <summary>Missing cells: null, NaN, empty or blank text.</summary>
    public required long Missing { get; init; }

    /// <summary>Cells that are not of the column's own type.</summary>
    public long WrongType { get; init; }

    /// <summary>Different values; exact up to 200, else an estimate with a standard error of 1.6 %.</summary>
    public required long Distinct { get; init; }

    public required bool DistinctIsExact { get; init; }

    /// <summary>Numbers, dates as days and timestamps as microseconds since 1970; null for text and booleans.</summary>
    public NumberProfile? Numbers { get; init; }

    /// <summary>Bytes of text values; null for others.</summary>
    public LengthProfile? Lengths { get; init; }

    /// <summary>Most frequent values, where there are at most 200 different ones.</summary>
    public IReadOnlyList<ValueCount>? Top { get; init; }
}

/// <param name="Min">Smallest.</param>
/// <param name="Max">Largest.</param>
/// <param name="Mean">Mean, from an exact sum.</param>
/// <param name="Deviation">Population standard deviation, from exact sums.</param>
/// <param name="Quantiles">At 5, 25, 50, 75 and 95 %.</param>
/// <param name="QuantileError">Greatest relative error of the quantiles; 0 when exact.</param>
/// <param name="Histogram">Counts in bins of equal width from smallest to largest.</param>
public sealed record NumberProfile(
    double Min, double Max, double Mean, double Deviation, IReadOnlyList<double> Quantiles, double QuantileError, IReadOnlyList<long> Histogram);

/// <summary>Lengths in bytes.</summary>
public sealed record LengthProfile(long Shortest, long Longest, double Mean);

public sealed record ValueCount(string Value, long Count);
