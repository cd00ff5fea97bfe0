using System.Globalization;

namespace Sluice.Schemas;

public static partial class ValueParser
{
    /// <summary>Significant digits that a double carries through; a number with more of them is text.</summary>
    const int MaxSignificantDigits = 17;

    static readonly double[] powersOfTen =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>
    /// A decimal point or an exponent, no leading zeros, at most 17 significant digits, and a finite value that is not lost to zero.
    /// <c>.5</c> and <c>-0</c> are taken; <c>5.</c>, <c>NaN</c> and <c>Infinity</c> are text.
    /// </summary>
    public static bool TryFloat64(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        var at = text.Length > 0 && text[0] == '-' ? 1 : 0;
        var start = at;
        ulong mantissa = 0;
        uint digit;
        while (at < text.Length && (digit = (uint)text[at] - '0') <= 9)
        {
            mantissa = unchecked((mantissa * 10) + digit);
            at++;
        }

        var whole = at - start;
        if (whole > 1 && text[start] == '0')
        {
            return false;
        }

        var fraction = 0;
        if (at < text.Length && text[at] == '.')
        {
            var from = ++at;
            while (at < text.Length && (digit = (uint)text[at] - '0') <= 9)
            {
                mantissa = unchecked((mantissa * 10) + digit);
                at++;
            }

            fraction = at - from;
            if (fraction == 0)
            {
                return false;
            }
        }
        else if (at == text.Length)
        {
            // Without point or exponent it is an integer's form; only the negative zero needs a double.
            value = -0.0;
            return whole == 1 && mantissa == 0 && start == 1;
        }

        if (whole + fraction == 0)
        {
            return false;
        }

        var exponent = 0;
        if (at < text.Length && !TryExponent(text[at..], out exponent))
        {
            return false;
        }

        // Clinger's fast path: an exact mantissa times or over an exact power of ten rounds once, so it is correctly rounded.
        var scale = exponent - fraction;
        if (whole + fraction <= MaxSignificantDigits && mantissa <= MaxExactInDouble && scale is >= -22 and <= 22)
        {
            var magnitude = scale < 0 ? mantissa / powersOfTen[-scale] : mantissa * powersOfTen[scale];
            value = start == 1 ? -magnitude : magnitude;
            return true;
        }

        return SignificantDigits(text) <= MaxSignificantDigits && TryAnyFloat64(text, out value);
    }

    /// <summary>Any decimal number that a double holds without becoming infinite or, unless it is zero, zero.</summary>
    internal static bool TryAnyFloat64(ReadOnlySpan<byte> text, out double value) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value)
        && double.IsFinite(value)
        && (value != 0 || SignificantDigits(text) == 0);

    static bool TryExponent(ReadOnlySpan<byte> text, out int exponent)
    {
        exponent = 0;
        if ((text[0] | 0x20) != 'e' || text.Length < 2)
        {
            return false;
        }

        var negative = text[1] == '-';
        var digits = text[(negative || text[1] == '+' ? 2 : 1)..];
        if (digits.IsEmpty || digits.Length > 4 || CountDigits(digits) != digits.Length)
        {
            return false;
        }

        foreach (var digit in digits)
        {
            exponent = (exponent * 10) + digit - '0';
        }

        exponent = negative ? -exponent : exponent;
        return true;
    }

    /// <summary>Digits of the mantissa from the first to the last that is not zero.</summary>
    static int SignificantDigits(ReadOnlySpan<byte> text)
    {
        int significant = 0, zeros = 0;
        foreach (var c in text)
        {
            if ((c | 0x20) == 'e')
            {
                break;
            }

            if (c == '0')
            {
                zeros += significant > 0 ? 1 : 0;
            }
            else if (c is >= (byte)'1' and <= (byte)'9')
            {
                significant += zeros + 1;
                zeros = 0;
            }
        }

        return significant;
    }
}
