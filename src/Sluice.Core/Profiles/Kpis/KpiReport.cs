namespace Sluice.Profiles.Kpis;

/// <summary>Key figures of a set; a part that was not asked for is null or empty.</summary>
/// <param name="Rows">Rows they are of.</param>
/// <param name="Coverage">Expected values that are there.</param>
/// <param name="Accuracy">Rows that validations pass.</param>
/// <param name="Diversity">How evenly categories are represented.</param>
/// <param name="Vendi">How many kinds of text there are.</param>
/// <param name="Freshness">Ages.</param>
/// <param name="Notes">What could not be computed, and why.</param>
public sealed record KpiReport(
    long Rows, IReadOnlyList<Coverage> Coverage, Accuracy? Accuracy, IReadOnlyList<Representation> Diversity, Vendi? Vendi, Freshness? Freshness, IReadOnlyList<string> Notes);

/// <summary>Expected values of a column that are there.</summary>
/// <param name="Column">The column.</param>
/// <param name="Share">Present as a share of expected, 0 to 1.</param>
/// <param name="Present">Rows of each expected value that is there.</param>
/// <param name="Missing">Expected values that no row has.</param>
/// <param name="Unexpected">Rows of the most frequent other values.</param>
/// <param name="UnexpectedRows">Rows of all other values.</param>
/// <param name="WithoutValue">Rows without one.</param>
public sealed record Coverage(
    string Column, double Share, IReadOnlyList<CountedValue> Present, IReadOnlyList<string> Missing, IReadOnlyList<CountedValue> Unexpected, long UnexpectedRows, long WithoutValue);

/// <summary>A value and its rows.</summary>
public sealed record CountedValue(string Value, long Rows);

/// <summary>Rows that the validations and fact-checks that ran pass.</summary>
/// <param name="Share">Rows without a failure of medium or higher severity, 0 to 1; missing values do not count.</param>
/// <param name="Rows">Rows that were judged, as they were read.</param>
/// <param name="Failing">Rows with such a failure.</param>
/// <param name="Validations">Ids of the steps that judged.</param>
/// <param name="Reasons">Failures by reason; a row may have several.</param>
public sealed record Accuracy(double Share, long Rows, long Failing, IReadOnlyList<string> Validations, IReadOnlyList<CountedValue> Reasons);

/// <summary>How evenly the categories of a column are represented.</summary>
/// <param name="Column">The column.</param>
/// <param name="Categories">Different values.</param>
/// <param name="Evenness">Entropy of their shares over that of equal shares (Pielou 1966), 0 to 1; 0 for one category.</param>
/// <param name="Effective">Equally frequent categories of the same entropy.</param>
/// <param name="Largest">The most frequent.</param>
public sealed record Representation(string Column, int Categories, double Evenness, double Effective, IReadOnlyList<CountedValue> Largest);

/// <summary>How many clearly different texts there would be for as much diversity (Friedman and Dieng 2023).</summary>
/// <param name="Column">The column.</param>
/// <param name="Model">What made the vectors.</param>
/// <param name="Score">From 1, all the same, to the number of texts, nothing in common.</param>
/// <param name="Different">Different texts it is from: all, or a sample that their content picks.</param>
/// <param name="Texts">Texts, with copies, that these stand for.</param>
/// <param name="IsSample">Whether it is a sample.</param>
public sealed record Vendi(string Column, string Model, double Score, int Different, long Texts, bool IsSample);

/// <summary>Ages of rows.</summary>
/// <param name="Column">Of dates or times.</param>
/// <param name="AsOf">Day that they are counted to.</param>
/// <param name="Oldest">First value.</param>
/// <param name="Newest">Last value.</param>
/// <param name="MedianDays">Median age in days.</param>
/// <param name="Ages">Rows by age.</param>
/// <param name="Future">Rows after the day.</param>
/// <param name="WithoutValue">Rows without a date.</param>
public sealed record Freshness(string Column, DateOnly AsOf, string Oldest, string Newest, double MedianDays, IReadOnlyList<AgeBand> Ages, long Future, long WithoutValue);

/// <summary>Rows of an age.</summary>
/// <param name="UpToDays">Days, at most; null: older than all others.</param>
/// <param name="Rows">How many.</param>
/// <param name="Share">As a share of all with an age, 0 to 1.</param>
public sealed record AgeBand(int? UpToDays, long Rows, double Share);
