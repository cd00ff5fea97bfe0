using System.Numerics;

namespace Sluice.Schemas;

/// <summary>What all values of a text column may look like: dates written in other ways than ISO 8601, whose days and months may have one digit, or JSON.</summary>
[Flags]
public enum TextFormats
{
    None = 0,
    MonthDayYear = 1 << 0,
    DayMonthYear = 1 << 1,
    MonthDayShortYear = 1 << 2,
    DayMonthShortYear = 1 << 3,
    YearMonthDay = 1 << 4,
    DottedDayMonthYear = 1 << 5,
    DottedDayMonthShortYear = 1 << 6,
    DashedMonthDayYear = 1 << 7,
    DashedDayMonthYear = 1 << 8,
    NamedMonthDayYear = 1 << 9,
    NamedMonthDayCommaYear = 1 << 10,
    DayNamedMonthYear = 1 << 11,
    DayDashNamedMonthYear = 1 << 12,
    DayDashNamedMonthShortYear = 1 << 13,
    FullMonthDayYear = 1 << 14,
    FullMonthDayCommaYear = 1 << 15,
    DayFullMonthYear = 1 << 16,
    DottedYearMonthDay = 1 << 17,
    Json = 1 << 18,
}

/// <summary>Which of two readings an ambiguous date such as <c>6/12/1998</c> gets.</summary>
public enum DateOrder
{
    /// <summary>12 June: the United States' order.</summary>
    MonthFirst,

    /// <summary>6 December.</summary>
    DayFirst,
}

/// <summary>Names of formats, as <see cref="Field.Format"/> states them.</summary>
public static class TextFormatNames
{
    /// <summary>Between date formats that all values fit, where the values do not tell which is meant.</summary>
    public const char Or = '|';

    static readonly string[] names =
    [
        "MM/DD/YYYY", "DD/MM/YYYY", "MM/DD/YY", "DD/MM/YY", "YYYY/MM/DD", "DD.MM.YYYY", "DD.MM.YY", "MM-DD-YYYY", "DD-MM-YYYY",
        "MMM DD YYYY", "MMM DD, YYYY", "DD MMM YYYY", "DD-MMM-YYYY", "DD-MMM-YY", "MMMM DD YYYY", "MMMM DD, YYYY", "DD MMMM YYYY", "YYYY.MM.DD", "json",
    ];

    /// <summary>For instance <c>DD/MM/YYYY</c>, or <c>MM/DD/YYYY|DD/MM/YYYY</c> where no day is above 12; null for none.</summary>
    public static string? Of(TextFormats formats)
    {
        if (formats == TextFormats.None)
        {
            return null;
        }

        var found = new List<string>();
        for (var bits = (uint)formats; bits != 0; bits &= bits - 1)
        {
            found.Add(names[BitOperations.TrailingZeroCount(bits)]);
        }

        return string.Join(Or, found);
    }

    /// <summary>The formats that both have; null when there is none. Associative and commutative.</summary>
    internal static string? Common(string? left, string? right)
    {
        if (left is null || right is null)
        {
            return null;
        }

        var common = left.Split(Or).Intersect(right.Split(Or), StringComparer.Ordinal).ToList();
        return common.Count == 0 ? null : string.Join(Or, common);
    }
}
