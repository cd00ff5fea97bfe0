namespace Sluice.Schemas;

public static partial class ValueParser
{
    /// <summary>A written date taken apart: three numbers, or a named month between or before two.</summary>
    readonly ref struct DateParts
    {
        public int First { get; init; }

        public int Second { get; init; }

        public int Third { get; init; }

        /// <summary>Digits of the first and the last number.</summary>
        public int FirstDigits { get; init; }

        public int ThirdDigits { get; init; }

        /// <summary>Month that a name gave, or 0. With one, First is the day and Third the year.</summary>
        public int NamedMonth { get; init; }

        public bool MonthLeads { get; init; }

        /// <summary>Whether the month's name is written out; both for May.</summary>
        public bool Abbreviated { get; init; }

        public bool WrittenOut { get; init; }

        /// <summary>The separator; ',' for "day, year".</summary>
        public byte Separator { get; init; }
    }

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

    static bool TryParts(ReadOnlySpan<byte> text, out DateParts parts)
    {
        parts = default;
        var letters = IsLetter(text[0]);
        var first = letters ? CountLetters(text) : CountDigits(text);
        if (first == 0 || first >= text.Length || !TryPiece(text[..first], out var a, out var aName))
        {
            return false;
        }

        var separator = text[first];
        var rest = text[(first + 1)..];
        if (separator is not ((byte)'/' or (byte)'-' or (byte)'.' or (byte)' ') || rest.IsEmpty)
        {
            return false;
        }

        var second = IsLetter(rest[0]) ? CountLetters(rest) : CountDigits(rest);
        if (second == 0 || second >= rest.Length || !TryPiece(rest[..second], out var b, out var bName))
        {
            return false;
        }

        var tail = rest[second..];
        var comma = aName.Length > 0 && separator == ' ' && tail.StartsWith(", "u8);
        if (!comma && tail[0] != separator)
        {
            return false;
        }

        tail = tail[(comma ? 2 : 1)..];
        if (tail.Length is not (1 or 2 or 4) || CountDigits(tail) != tail.Length || !TryPiece(tail, out var c, out _))
        {
            return false;
        }

        var name = aName.Length > 0 ? aName : bName;
        var month = name.Length > 0 ? MonthOf(name) : 0;
        var dayDigits = aName.Length > 0 ? second : first;
        if (name.Length > 0 ? month == 0 || (aName.Length > 0 && bName.Length > 0) || dayDigits > 2 || tail.Length == 1 || separator is not ((byte)' ' or (byte)'-') : !IsNumeric(first, second, tail.Length, separator))
        {
            return false;
        }

        parts = new DateParts
        {
            First = aName.Length > 0 ? b : a,
            Second = b,
            Third = c,
            FirstDigits = dayDigits,
            ThirdDigits = tail.Length,
            NamedMonth = month,
            MonthLeads = aName.Length > 0,
            Abbreviated = name.Length == 3,
            WrittenOut = name.Length > 3 || month == 5,
            Separator = comma ? (byte)',' : separator,
        };
        return true;
    }

    static bool IsNumeric(int first, int second, int third, byte separator) =>
        separator != ' ' && second <= 2 && (first == 4 ? third <= 2 : first <= 2 && third is 2 or 4);

    static bool TryPiece(ReadOnlySpan<byte> piece, out int number, out ReadOnlySpan<byte> name)
    {
        name = IsLetter(piece[0]) ? piece : default;
        number = 0;
        return name.Length > 0 || (piece.Length <= 4 && TryFixed(piece, out number));
    }

    static TextFormats NamedFormats(in DateParts parts, bool longYear)
    {
        var formats = TextFormats.None;
        if (parts.Abbreviated)
        {
            formats |= (parts.Separator, parts.MonthLeads, longYear) switch
            {
                ((byte)' ', true, true) => TextFormats.NamedMonthDayYear,
                ((byte)',', true, true) => TextFormats.NamedMonthDayCommaYear,
                ((byte)' ', false, true) => TextFormats.DayNamedMonthYear,
                ((byte)'-', false, true) => TextFormats.DayDashNamedMonthYear,
                ((byte)'-', false, false) => TextFormats.DayDashNamedMonthShortYear,
                _ => TextFormats.None,
            };
        }

        if (parts.WrittenOut)
        {
            formats |= (parts.Separator, parts.MonthLeads, longYear) switch
            {
                ((byte)' ', true, true) => TextFormats.FullMonthDayYear,
                ((byte)',', true, true) => TextFormats.FullMonthDayCommaYear,
                ((byte)' ', false, true) => TextFormats.DayFullMonthYear,
                _ => TextFormats.None,
            };
        }

        return formats;
    }

    static TextFormats MonthFirstFormat(byte separator, bool longYear) => (separator, longYear) switch
    {
        ((byte)'/', true) => TextFormats.MonthDayYear,
        ((byte)'/', false) => TextFormats.MonthDayShortYear,
        ((byte)'-', true) => TextFormats.DashedMonthDayYear,
        _ => TextFormats.None,
    };

    static TextFormats DayFirstFormat(byte separator, bool longYear) => (separator, longYear) switch
    {
        ((byte)'/', true) => TextFormats.DayMonthYear,
        ((byte)'/', false) => TextFormats.DayMonthShortYear,
        ((byte)'.', true) => TextFormats.DottedDayMonthYear,
        ((byte)'.', false) => TextFormats.DottedDayMonthShortYear,
        ((byte)'-', true) => TextFormats.DashedDayMonthYear,
        _ => TextFormats.None,
    };

    static int FullYear(int year, int digits) => digits == 4 ? year : year < 69 ? 2000 + year : 1900 + year;

    /// <summary>1 to 12 for an English month's name or its first three letters, in any case; 0 for anything else.</summary>
    static int MonthOf(ReadOnlySpan<byte> name)
    {
        if (name.Length is < 3 or > 9)
        {
            return 0;
        }

        Span<byte> lower = stackalloc byte[9];
        for (var i = 0; i < name.Length; i++)
        {
            lower[i] = (byte)(name[i] | 0x20);
        }

        ReadOnlySpan<byte> all = "january  february march    april    may      june     july     august   septemberoctober  november december "u8;
        for (var month = 0; month < 12; month++)
        {
            var full = all.Slice(month * 9, 9).TrimEnd((byte)' ');
            if (full.StartsWith(lower[..name.Length]) && (name.Length == 3 || name.Length == full.Length))
            {
                return month + 1;
            }
        }

        return 0;
    }

    static bool IsLetter(byte c) => (uint)(c | 0x20) - 'a' < 26;

    static int CountLetters(ReadOnlySpan<byte> text)
    {
        var end = 0;
        while (end < text.Length && IsLetter(text[end]))
        {
            end++;
        }

        return end;
    }
}
