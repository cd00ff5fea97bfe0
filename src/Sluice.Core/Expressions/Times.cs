using System.Globalization;

namespace Sluice.Expressions;

/// <summary>Dates as days and timestamps as microseconds since 1970-01-01, from and to text.</summary>
static class Times
{
    public const long MicrosPerDay = 86_400_000_000;

    static readonly int Epoch = new DateOnly(1970, 1, 1).DayNumber;
    static readonly int MaxDays = DateOnly.MaxValue.DayNumber - Epoch;

    static readonly string[] Formats =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm:ss",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFF", "yyyy-MM-dd HH:mm:ss.FFFFFF", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFK",
    ];

    /// <summary>Whether a date with this number has a year from 1 to 9999.</summary>
    public static bool IsDate(long days) => days >= -Epoch && days <= MaxDays;

    public static DateOnly Date(int days) => DateOnly.FromDayNumber(days + Epoch);

    /// <summary>Day that a timestamp is in; before 1970 too.</summary>
    public static long Day(long micros) => micros >= 0 ? micros / MicrosPerDay : ((micros + 1) / MicrosPerDay) - 1;

    public static bool TryDate(ReadOnlySpan<char> text, out int days)
    {
        var good = DateOnly.TryParseExact(text.Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date);
        days = date.DayNumber - Epoch;
        return good;
    }

    /// <summary>ISO 8601 with a space or T; without a zone it is UTC.</summary>
    public static bool TryTimestamp(ReadOnlySpan<char> text, out long micros)
    {
        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        var good = DateTimeOffset.TryParseExact(text.Trim(), Formats, CultureInfo.InvariantCulture, Styles, out var time);
        micros = (time.UtcTicks - DateTime.UnixEpoch.Ticks) / 10;
        return good;
    }

    public static int Format(int days, Span<char> buffer)
    {
        Date(days).TryFormat(buffer, out var length, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        return length;
    }

    /// <summary>As PostgreSQL writes it: a space, and a fraction only where there is one.</summary>
    public static int Format(long micros, Span<char> buffer)
    {
        var time = DateTime.UnixEpoch.AddTicks(micros * 10);
        time.TryFormat(buffer, out var length, micros % 1_000_000 == 0 ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture);
        return length;
    }
}
