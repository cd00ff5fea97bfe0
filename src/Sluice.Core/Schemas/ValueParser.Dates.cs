namespace Sluice.Schemas;

public static partial class ValueParser
{
    /// <summary>Every format that the text may be a date in. Several where the day is not above 12; none for ISO dates and other text.</summary>
    public static TextFormats DateFormatsOf(ReadOnlySpan<byte> text)
    {
        if (text.Length is < 6 or > 18 || !TryParts(text, out var parts))
        {
            return TextFormats.None;
        }

        var longYear = parts.ThirdDigits == 4;
        if (parts.NamedMonth > 0)
        {
            return TryDays(FullYear(parts.Third, parts.ThirdDigits), parts.NamedMonth, parts.First, out _) ? NamedFormats(parts, longYear) : TextFormats.None;
        }

        if (parts.FirstDigits == 4)
        {
            return (parts.Separator, TryDays(parts.First, parts.Second, parts.Third, out _)) switch
            {
                ((byte)'/', true) => TextFormats.YearMonthDay,
                ((byte)'.', true) => TextFormats.DottedYearMonthDay,
                _ => TextFormats.None,
            };
        }

        var year = FullYear(parts.Third, parts.ThirdDigits);
        var formats = TextFormats.None;
        if (TryDays(year, parts.First, parts.Second, out _))
        {
            formats |= MonthFirstFormat(parts.Separator, longYear);
        }

        if (TryDays(year, parts.Second, parts.First, out _))
        {
            formats |= DayFirstFormat(parts.Separator, longYear);
        }

        return formats;
    }

    /// <summary>
    /// A date as people write it: ISO, <c>1998/06/12</c>, <c>Jun 12 1998</c>, <c>June 12, 1998</c>, <c>12-Jun-98</c>, <c>12.06.1998</c>,
    /// <c>6/12/1998</c>, <c>6-12-1998</c>, with blanks around it.
    /// With points the day is first. With slashes or dashes a number above 12 is the day; where both could be the month,
    /// <paramref name="order"/> decides. Years of two digits: 69 to 99 are of the 1900s, 00 to 68 of the 2000s (POSIX strptime).
    /// </summary>
    public static bool TryDateLenient(ReadOnlySpan<byte> text, DateOrder order, out int days)
    {
        text = TrimBlanks(text);
        if (TryDate(text, out days))
        {
            return true;
        }

        if (text.Length is < 6 or > 18 || !TryParts(text, out var parts))
        {
            return false;
        }

        if (parts.NamedMonth > 0)
        {
            return TryDays(FullYear(parts.Third, parts.ThirdDigits), parts.NamedMonth, parts.First, out days);
        }

        if (parts.FirstDigits == 4)
        {
            return TryDays(parts.First, parts.Second, parts.Third, out days);
        }

        var year = FullYear(parts.Third, parts.ThirdDigits);
        var dayLeads = parts.Separator == '.' || order == DateOrder.DayFirst;
        return dayLeads
            ? TryDays(year, parts.Second, parts.First, out days) || (parts.Separator != '.' && TryDays(year, parts.First, parts.Second, out days))
            : TryDays(year, parts.First, parts.Second, out days) || TryDays(year, parts.Second, parts.First, out days);
    }

    /// <summary>As <see cref="TryDateLenient"/>, or such a date followed by a blank or T and a time, <c>AM</c> or <c>PM</c>, and a zone.</summary>
    public static bool TryTimestampLenient(ReadOnlySpan<byte> text, DateOrder order, out long micros)
    {
        text = TrimBlanks(text);
        micros = 0;
        if (TryTimestamp(text, out micros))
        {
            return true;
        }

        var colon = text.IndexOf((byte)':');
        if (colon < 0)
        {
            var whole = TryDateLenient(text, order, out var day);
            micros = MicrosOf(day);
            return whole;
        }

        var split = text[..colon].LastIndexOfAny((byte)' ', (byte)'T');
        if (split < 0 || !TryDateLenient(text[..split].TrimEnd((byte)','), order, out var days) || !TryClock(text[(split + 1)..], out var time, out var offset))
        {
            return false;
        }

        micros = MicrosOf(days) + time - offset;
        return true;
    }

    /// <summary>A clock time whose hour may have one digit, with AM or PM, with a zone.</summary>
    static bool TryClock(ReadOnlySpan<byte> text, out long time, out long offset)
    {
        Span<byte> padded = stackalloc byte[48];
        offset = time = 0;
        if (text.Length is < 4 or > 40)
        {
            return false;
        }

        var shift = text[1] == ':' ? 1 : 0;
        padded[0] = (byte)'0';
        text.CopyTo(padded[shift..]);
        if (!TryTime(padded[..(text.Length + shift)], out time, out var rest))
        {
            return false;
        }

        rest = TrimBlanks(rest);
        if (rest.Length == 2 && (rest[1] | 0x20) == 'm')
        {
            var hour = time / (3600 * MicrosPerSecond);
            var afternoon = (rest[0] | 0x20) == 'p';
            time += ((afternoon && hour < 12) ? 12 : (!afternoon && hour == 12) ? -12 : 0) * 3600 * MicrosPerSecond;
            return hour is >= 1 and <= 12 && (rest[0] | 0x20) is 'a' or 'p';
        }

        return TryZone(rest, out offset);
    }
}
