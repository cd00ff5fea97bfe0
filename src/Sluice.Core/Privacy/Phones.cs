namespace Sluice.Privacy;

/// <summary>Telephone numbers: groups of digits as people write them, judged by the numbering plans that say so.</summary>
static class Phones
{
    const int MaxDigits = 15;

    public static IReadOnlyList<string> Context { get; } =
        ["phone", "telephone", "tel", "mobile", "cell", "cellphone", "call", "fax", "sms", "whatsapp", "dial", "ring", "reach", "desk", "landline", "hotline", "handy", "telefon", "móvil", "téléphone"];

    /// <summary>Reads a number that starts at <paramref name="from"/>, where no word goes on.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, int from, out PiiSpan span)
    {
        span = default;
        Span<byte> digits = stackalloc byte[MaxDigits];
        Span<int> groups = stackalloc int[MaxDigits + 1];
        var (count, grouped, inGroup, end, brackets) = (0, 0, 0, from, 0);
        var i = from;
        var international = text[i] == '+';
        for (i += international ? 1 : 0; i < text.Length; i++)
        {
            if (Bytes.IsDigit(text[i]))
            {
                if (count == MaxDigits)
                {
                    return false;
                }

                digits[count++] = text[i];
                inGroup++;
                end = i + 1;
                continue;
            }

            var separator = text[i] is (byte)' ' or (byte)'-' or (byte)'.' or (byte)'(' or (byte)')' or (byte)'/' || (text[i] == 0xC2 && i + 1 < text.Length && text[i + 1] == 0xA0);
            var tooMany = i > end + 1 || (i == end + 1 && !(text[i - 1] == ')' || text[i] == '(' || text[i - 1] == 0xC2 || (text[i - 1] == ' ' && text[i] == '-') || (text[i - 1] == '-' && text[i] == ' ')));
            if (!separator || (tooMany && (count > 0 || i > from + 2)))
            {
                break;
            }

            brackets += text[i] == '(' ? 1 : text[i] == ')' ? 2 : 0;
            if (inGroup > 0)
            {
                groups[grouped++] = inGroup;
                inGroup = 0;
            }
        }

        if (inGroup > 0)
        {
            groups[grouped++] = inGroup;
        }

        if (count < 7 || Bytes.WordAfter(text, end) || (end + 1 < text.Length && text[end] is (byte)'-' or (byte)'.' or (byte)'/' && Bytes.IsDigit(text[end + 1])))
        {
            (end, var extended) = Extension(text, end);
            if (count < 7 || !extended)
            {
                return false;
            }
        }
        else
        {
            (end, _) = Extension(text, end);
        }

        var score = Score(digits[..count], groups[..grouped], international, brackets);
        span = new PiiSpan(from, end, "phone", score);
        return score > 0;
    }

    static (int End, bool Found) Extension(ReadOnlySpan<byte> text, int end)
    {
        var i = end;
        while (i < text.Length && text[i] is (byte)' ' or (byte)',' && i < end + 2)
        {
            i++;
        }

        var mark = text[i..].StartsWith("extension"u8) ? 9 : text[i..].StartsWith("ext"u8) ? 3 : i < text.Length && text[i] == 'x' ? 1 : 0;
        i += mark;
        while (mark > 1 && i < text.Length && text[i] is (byte)'.' or (byte)' ' or (byte)':')
        {
            i++;
        }

        var digits = i;
        while (digits < text.Length && digits - i < 7 && Bytes.IsDigit(text[digits]))
        {
            digits++;
        }

        return mark > 0 && digits > i && !Bytes.WordAfter(text, digits) ? (digits, true) : (end, false);
    }

    static double Score(ReadOnlySpan<byte> digits, ReadOnlySpan<int> groups, bool international, int brackets)
    {
        if (Checksums.AllSame(digits))
        {
            return 0;
        }

        if (international || (digits.StartsWith("00"u8) && digits.Length >= 10))
        {
            return digits.Length >= 8 && digits[international ? 0 : 2] != '0' ? international ? 0.85 : 0.55 : 0;
        }

        // North America: area and exchange do not begin with 0 or 1.
        var national = digits.Length == 11 && digits[0] == '1' ? digits[1..] : digits;
        var north = national.Length == 10 && national[0] > '1' && national[3] > '1';
        if (groups.Length == 1)
        {
            return digits.Length is < 9 or > 12 ? 0 : north || (digits[0] == '0' && digits.Length is 10 or 11) ? 0.4 : 0.1;
        }

        if (north && groups.Length >= 2 && groups[^1] == 4 && groups[^2] == 3)
        {
            return 0.75;
        }

        // The same after the code of a country, without a sign that it is one.
        if (groups.Length >= 4 && groups[^3..] is [3, 3, 4] && digits.Length is >= 11 and <= 13)
        {
            return 0.75;
        }

        // Elsewhere: a trunk zero, an area in brackets, or several groups of two to four.
        var even = groups.IndexOfAnyExceptInRange(1, 5) < 0;
        return digits.Length is < 8 or > 13 || !even ? brackets == 3 && digits.Length >= 7 ? 0.55 : digits.Length == 7 && groups is [3, 4] ? 0.3 : 0.1
            : digits[0] == '0' || brackets == 3 ? 0.6
            : groups.Length >= 3 && digits.Length is >= 9 and <= 11 ? 0.5 : 0.3;
    }
}
