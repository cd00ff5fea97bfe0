namespace Sluice.Cleaning;

/// <summary>What happens to missing values: null, NaN, and text that is empty or only white space.</summary>
public enum MissingStrategy
{
    /// <summary>
    /// Median for numbers, dates and timestamps; the most frequent value for booleans and for text with at most 100 different values; other
    /// text stays.
    /// </summary>
    Auto,

    /// <summary>The mean of the column, rounded for integers, dates and timestamps. Only those types.</summary>
    Mean,

    /// <summary>The median of the column, rounded for integers, dates and timestamps. Only those types.</summary>
    Median,

    /// <summary>The most frequent value; of equally frequent ones the smallest.</summary>
    Mode,

    /// <summary>The value of <c>fill_value</c>.</summary>
    Constant,

    /// <summary>Rejects rows with a missing value, with the reason <c>missing_value</c>.</summary>
    Drop,

    /// <summary>Not available: it depends on the order of rows.</summary>
    Ffill,

    /// <summary>Not available: it needs a language model.</summary>
    SmartImpute,
}
