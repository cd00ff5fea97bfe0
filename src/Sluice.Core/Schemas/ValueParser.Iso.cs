namespace Sluice.Schemas;

public static partial class ValueParser
{
    const long MicrosPerSecond = 1_000_000, MicrosPerDay = 86_400 * MicrosPerSecond;

    /// <summary>Microseconds of a day since 1970-01-01 at midnight.</summary>
    public static long MicrosOf(int days) => days * MicrosPerDay;

    /// <summary>ISO 8601 <c>yyyy-MM-dd</c>, a day that exists, as days since 1970-01-01.</summary>
    public static bool TryDate(ReadOnlySpan<byte> text, out int days)
    {
        days = 0;
        return text.Length == 10 && text[4] == '-' && text[7] == '-'
            && TryFixed(text[..4], out var year) && TryFixed(text.Slice(5, 2), out var month) && TryFixed(text[8..], out var day)
            && TryDays(year, month, day, out days);
    }

    /// <summary>
    /// ISO 8601 date and time, with <c>T</c> or a space between them, seconds and a fraction of at most six digits (then zeros) if any,
    /// and a zone if any: <c>Z</c>, <c>+02</c>, <c>+0200</c>, <c>+02:00</c>. As microseconds since 1970 in UTC; without a zone it is UTC.
    /// </summary>
    public static bool TryTimestamp(ReadOnlySpan<byte> text, out long micros)
    {
        micros = 0;
        if (text.Length < 16 || text[10] is not ((byte)'T' or (byte)' ') || !TryDate(text[..10], out var days)
            || !TryTime(text[11..], out var time, out var rest) || !TryZone(rest, out var offset))
        {
            return false;
        }

        micros = MicrosOf(days) + time - offset;
        return true;
    }

    /// <summary>HH:mm, then :ss and .ffffff where they are.</summary>
    static bool TryTime(ReadOnlySpan<byte> text, out long micros, out ReadOnlySpan<byte> rest)
    {
        micros = 0;
        rest = default;
        if (text.Length < 5 || text[2] != ':' || !TryFixed(text[..2], out var hour) || !TryFixed(text.Slice(3, 2), out var minute) || hour > 23 || minute > 59)
        {
            return false;
        }

        micros = ((hour * 60) + minute) * 60 * MicrosPerSecond;
        rest = text[5..];
        if (rest.IsEmpty || rest[0] != ':')
        {
            return true;
        }

        if (rest.Length < 3 || !TryFixed(rest.Slice(1, 2), out var second) || second > 59)
        {
            return false;
        }

        micros += second * MicrosPerSecond;
        rest = rest[3..];
        if (rest.IsEmpty || rest[0] != '.')
        {
            return true;
        }

        var digits = CountDigits(rest[1..]);
        var fraction = rest.Slice(1, digits);
        rest = rest[(digits + 1)..];
        return TryFraction(fraction, ref micros);
    }

    static bool TryFraction(ReadOnlySpan<byte> digits, ref long micros)
    {
        var unit = MicrosPerSecond;
        foreach (var digit in digits)
        {
            unit /= 10;
            if (unit == 0 && digit != '0')
            {
                return false;
            }

            micros += (digit - '0') * unit;
        }

        return digits.Length is > 0 and <= 9;
    }

    static bool TryZone(ReadOnlySpan<byte> text, out long micros)
    {
        micros = 0;
        if (text.IsEmpty || (text.Length == 1 && text[0] == 'Z'))
        {
            return true;
        }

        if (text.Length is not (3 or 5 or 6) || text[0] is not ((byte)'+' or (byte)'-') || (text.Length == 6 && text[3] != ':'))
        {
            return false;
        }

        var minute = 0;
        if (!TryFixed(text.Slice(1, 2), out var hour) || (text.Length > 3 && !TryFixed(text[^2..], out minute)) || hour > 18 || minute > 59)
        {
            return false;
        }

        micros = ((hour * 60) + minute) * 60 * (text[0] == '-' ? -MicrosPerSecond : MicrosPerSecond);
        return true;
    }

    static bool TryFixed(ReadOnlySpan<byte> digits, out int value)
    {
        value = 0;
        foreach (var c in digits)
        {
            var digit = (uint)c - '0';
            if (digit > 9)
            {
                return false;
            }

            value = (value * 10) + (int)digit;
        }

        return true;
    }

    /// <summary>Days since 1970-01-01 of a day of the Gregorian calendar, years 1 to 9999.</summary>
    static bool TryDays(int year, int month, int day, out int days)
    {
        days = 0;
        if (year is < 1 or > 9999 || (uint)(month - 1) > 11 || day < 1 || (day > 28 && day > DateTime.DaysInMonth(year, month)))
        {
            return false;
        }

        // The year is counted from March, so that the leap day is its last one; then months have a closed form.
        var shifted = month <= 2 ? year - 1 : year;
        var monthFromMarch = (month + 9) % 12;
        var dayOfYear = (((153 * monthFromMarch) + 2) / 5) + day - 1;
        days = (365 * shifted) + (shifted / 4) - (shifted / 100) + (shifted / 400) + dayOfYear - 719_468;
        return true;
    }
}
