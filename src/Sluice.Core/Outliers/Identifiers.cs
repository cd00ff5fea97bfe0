using Sluice.Steps;

namespace Sluice.Outliers;

/// <summary>Numbers that name a row and measure nothing.</summary>
static class Identifiers
{
    static readonly HashSet<string> words = new(StringComparer.OrdinalIgnoreCase) { "id", "ids", "uuid", "guid", "key", "identifier", "index", "rowid", "rownum" };

    /// <summary>Whether the column is called so, or counts its rows (every whole number from the first to the last, once).</summary>
    public static bool Is(string name, ValueHistogram values) => words.Contains(LastWord(name)) || CountsRows(values);

    static bool CountsRows(ValueHistogram values) =>
        values.Count > 2 && values.IsExact && values.Buckets == values.Count && values.Min == Math.Floor(values.Min) && values.Max - values.Min == values.Count - 1
        && values.InOrder().All(v => v.Value == Math.Floor(v.Value));

    // customer_id, customerId, CustomerID and "customer id" end in the same word.
    static string LastWord(string name)
    {
        var from = name.Length;
        while (from > 0 && char.IsLetterOrDigit(name[from - 1]) && !(from < name.Length && char.IsLower(name[from - 1]) && char.IsUpper(name[from])))
        {
            from--;
        }

        return name[from..];
    }
}
