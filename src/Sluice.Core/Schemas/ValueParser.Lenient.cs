namespace Sluice.Schemas;

public static partial class ValueParser
{
    /// <summary>Blanks around, a plus, leading zeros and thousands separators are taken as well.</summary>
    /// <param name="text">UTF-8 text.</param>
    /// <param name="thousands">The separator between groups of exactly three digits, for instance ',' — or 0 for none.</param>
    /// <param name="value">The number.</param>
    public static bool TryInt64Lenient(ReadOnlySpan<byte> text, byte thousands, out long value)
    {
        if (TryInt64(text, out value))
        {
            return true;
        }

        Span<byte> plain = stackalloc byte[MaxTypedLength];
        return TryPlain(text, thousands, plain, out var length, out _) && TryInt64(plain[..length], out value) || Fail(out value);
    }

    /// <summary>As <see cref="TryInt64Lenient"/>; also integers, and <c>5.</c>. More than 17 digits are rounded, as every calculator does.</summary>
    public static bool TryFloat64Lenient(ReadOnlySpan<byte> text, byte thousands, out double value)
    {
        // Most numbers are written plainly. An integer above 2^53 would be rounded, and the -0 of an integer is not that of a double.
        if (TryInt64(text, out var whole) && IsExactInDouble(whole))
        {
            value = whole;
            return true;
        }

        if (text.Length > 2 && TryFloat64(text, out value))
        {
            return true;
        }

        Span<byte> plain = stackalloc byte[MaxTypedLength];
        return TryPlain(text, thousands, plain, out var length, out var digits) && digits > 0 && TryAnyFloat64(plain[..length], out value) || Fail(out value);
    }

    /// <summary>Blanks around, any case, and: true, yes, y, t, on, 1; false, no, n, f, off, 0.</summary>
    public static bool TryBooleanLenient(ReadOnlySpan<byte> text, out bool value)
    {
        text = TrimBlanks(text);
        Span<byte> lower = stackalloc byte[5];
        value = false;
        if (text.Length is 0 or > 5)
        {
            return false;
        }

        for (var i = 0; i < text.Length; i++)
        {
            lower[i] = IsLetter(text[i]) ? (byte)(text[i] | 0x20) : text[i];
        }

        ReadOnlySpan<byte> word = lower[..text.Length];
        value = word.SequenceEqual("true"u8) || word.SequenceEqual("yes"u8) || word.SequenceEqual("y"u8) || word.SequenceEqual("t"u8)
            || word.SequenceEqual("on"u8) || word.SequenceEqual("1"u8);
        return value || word.SequenceEqual("false"u8) || word.SequenceEqual("no"u8) || word.SequenceEqual("n"u8) || word.SequenceEqual("f"u8)
            || word.SequenceEqual("off"u8) || word.SequenceEqual("0"u8);
    }

    static bool Fail<T>(out T? value)
    {
        value = default;
        return false;
    }

    /// <summary>Copies a number without blanks around it, plus, leading zeros and separators. False where separators are not between groups of three.</summary>
    static bool TryPlain(ReadOnlySpan<byte> text, byte thousands, Span<byte> plain, out int length, out int digits)
    {
        text = TrimBlanks(text);
        length = digits = 0;
        if (text.IsEmpty || text.Length > plain.Length)
        {
            return false;
        }

        if (text[0] is (byte)'-' or (byte)'+')
        {
            if (text[0] == '-')
            {
                plain[length++] = text[0];
            }

            text = text[1..];
        }

        var first = length;
        var group = -1;
        var at = 0;
        for (; at < text.Length && (text[at] is >= (byte)'0' and <= (byte)'9' || (thousands != 0 && text[at] == thousands)); at++)
        {
            if (text[at] == thousands)
            {
                if (digits == 0 || (group >= 0 ? group != 3 : digits > 3))
                {
                    return false;
                }

                group = 0;
                continue;
            }

            group += group >= 0 ? 1 : 0;
            digits++;
            if (length == first + 1 && plain[first] == '0')
            {
                length = first;
            }

            plain[length++] = text[at];
        }

        if (group is >= 0 and not 3)
        {
            return false;
        }

        var rest = text[at..];
        digits += rest.Length > 1 && rest[0] == '.' ? CountDigits(rest[1..]) : 0;
        rest.CopyTo(plain[length..]);
        length += rest.Length;

        // A minus zero that was an integer's text is plain zero.
        if (first == 1 && length == 2 && plain[1] == '0')
        {
            plain[0] = (byte)'0';
            length = 1;
        }

        return true;
    }
}
