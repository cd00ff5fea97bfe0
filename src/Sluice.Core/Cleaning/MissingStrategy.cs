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

    /// <summary>The last value before it in the order of <c>order_column</c>; what comes before the first value stays.</summary>
    Ffill,

    /// <summary>From the most similar rows, as the step <c>impute_missing</c> does.</summary>
    Knn,

    /// <summary>What a language model takes from the rest of the row; what it leaves, and all where there is no model, as by <c>auto</c>.</summary>
    SmartImpute,
}
