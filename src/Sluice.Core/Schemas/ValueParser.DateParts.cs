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
        var isNamed = month > 0 && (aName.Length == 0 || bName.Length == 0) && dayDigits <= 2 && tail.Length > 1 && separator is (byte)' ' or (byte)'-';
        if (name.Length > 0 ? !isNamed : !IsNumeric(first, second, tail.Length, separator))
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
