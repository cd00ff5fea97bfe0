using Sluice.Quality;

namespace Sluice.Profiles;

/// <summary>What a table holds. Canonical: equal rows give equal bytes, whatever their order.</summary>
public sealed record TableProfile
{
    public required long Rows { get; init; }

    public required IReadOnlyList<ColumnReport> Columns { get; init; }

    /// <summary>How columns depend on each other, the strongest first.</summary>
    public required IReadOnlyList<Association> Associations { get; init; }

    /// <summary>What was left out, and why.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>A number of a column as people write it: dates and times as such.</summary>
    public static string Show(ColumnType type, double value) => Profiler.Show(type, value);
}

/// <summary>One column.</summary>
public sealed record ColumnReport
{
    public required string Name { get; init; }

    public required ColumnType Type { get; init; }

    public string? Format { get; init; }

    /// <summary>Null, NaN, empty or blank cells.</summary>
    public required long Missing { get; init; }

    public required double MissingShare { get; init; }

    /// <summary>Different values.</summary>
    public required long Distinct { get; init; }

    /// <summary>Standard error of <see cref="Distinct"/> as a share of it; 0 when it was counted.</summary>
    public required double DistinctError { get; init; }

    /// <summary>Numbers, dates as days and timestamps as microseconds since 1970; null for text and booleans.</summary>
    public NumberReport? Numbers { get; init; }

    /// <summary>Text; null for others.</summary>
    public TextReport? Text { get; init; }

    /// <summary>Most frequent values, counted; null where there are too many different ones to count.</summary>
    public IReadOnlyList<ValueCount>? Top { get; init; }

    /// <summary>What a reader should look at, as one sentence each.</summary>
    public required IReadOnlyList<string> Remarks { get; init; }
}

/// <param name="Min">Smallest, exact.</param>
/// <param name="Max">Largest, exact.</param>
/// <param name="Mean">From an exact sum.</param>
/// <param name="Deviation">Population standard deviation, from exact sums.</param>
/// <param name="Quantiles">At 1, 5, 25, 50, 75, 95 and 99 %.</param>
/// <param name="QuantileError">Greatest relative error of a quantile; 0 when exact.</param>
/// <param name="Zeros">Zeros.</param>
/// <param name="Outliers">Values beyond Tukey's fences, 1.5 quartile ranges outside the quartiles.</param>
/// <param name="Histogram">Counts in bins of equal width from smallest to largest finite value.</param>
public sealed record NumberReport(
    double Min, double Max, double Mean, double Deviation, IReadOnlyList<double> Quantiles, double QuantileError, long Zeros, long Outliers, IReadOnlyList<long> Histogram)
{
    public static IReadOnlyList<double> Shares { get; } = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

    public double Median => Quantiles[3];
}

/// <param name="Shortest">Bytes.</param>
/// <param name="Longest">Bytes.</param>
/// <param name="MeanLength">Bytes.</param>
/// <param name="Shapes">Most frequent shapes: a for letters, A for capitals, 9 for digits, a run as one; null where there are more than 200.</param>
public sealed record TextReport(double Shortest, double Longest, double MeanLength, IReadOnlyList<ValueCount>? Shapes);

/// <summary>How two columns depend on each other.</summary>
/// <param name="Left">Column; the category of a correlation ratio.</param>
/// <param name="Right">Column.</param>
/// <param name="Measure"><c>pearson</c>, <c>spearman</c> (−1 to 1), <c>cramers_v</c> or <c>correlation_ratio</c> (0 to 1).</param>
/// <param name="Value">Its value.</param>
/// <param name="Error">Standard error; 0 where all rows were used.</param>
/// <param name="Rows">Rows it is from.</param>
public sealed record Association(string Left, string Right, string Measure, double Value, double Error, long Rows);
