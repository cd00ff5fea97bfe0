using Sluice.Schemas;

namespace Sluice.Cleaning;

/// <summary>What one text value looks like, as finely as choosing a type for its column needs.</summary>
enum CellKind : byte
{
    /// <summary>Empty or white space: no value.</summary>
    Blank,

    /// <summary>A word that means missing, such as n/a.</summary>
    Token,
    Text,

    /// <summary>true, yes, on, y, t in any case.</summary>
    True,

    /// <summary>false, no, off, n, f in any case.</summary>
    False,

    /// <summary>0 or 1: an integer, or a boolean among others.</summary>
    Bit,

    /// <summary>Digits with leading zeros: an integer, or a code that would lose them.</summary>
    Code,
    Integer,

    /// <summary>An integer that a double cannot hold exactly.</summary>
    LongInteger,
    Decimal,
    Date,
    Timestamp,
}

/// <summary>Tells kinds of text values.</summary>
sealed class CellKinds(IEnumerable<string> missingTokens)
{
    const int LongestTyped = 64;

    /// <summary>Words that mean missing unless the options say otherwise, compared without regard to case.</summary>
    public static readonly IReadOnlyList<string> DefaultTokens = ["na", "n/a", "nan", "null", "none", "-", "?"];

    readonly byte[][] tokens = [.. missingTokens.Select(t => System.Text.Encoding.UTF8.GetBytes(t.Trim().ToLowerInvariant())).Where(t => t.Length > 0)];
    readonly int longestToken = missingTokens.Select(t => System.Text.Encoding.UTF8.GetByteCount(t)).DefaultIfEmpty(0).Max();

    public CellKind Of(ReadOnlySpan<byte> value)
    {
        value = Utf8Text.Trim(value);
        if (value.IsEmpty)
        {
            return CellKind.Blank;
        }

        if (value.Length <= longestToken && IsToken(value))
        {
            return CellKind.Token;
        }

        if (value.Length > LongestTyped)
        {
            return CellKind.Text;
        }

        // A letter starts only words for true and false and the names of months.
        var first = value[0];
        return (uint)((first | 0x20) - 'a') < 26 ? OfWord(value)
            : (uint)(first - '0') < 10 || first is (byte)'-' or (byte)'+' or (byte)'.' ? OfDigits(value)
            : CellKind.Text;
    }

    static CellKind OfWord(ReadOnlySpan<byte> value)
    {
        if (value.Length <= 5 && ValueParser.TryBooleanLenient(value, out var flag))
        {
            return flag ? CellKind.True : CellKind.False;
        }

        return value.Length >= 8 && value.ContainsAnyInRange((byte)'0', (byte)'9') ? OfTime(value) : CellKind.Text;
    }

    static CellKind OfDigits(ReadOnlySpan<byte> value)
    {
        if (!MayBeNumber(value))
        {
            return OfTime(value);
        }

        if (ValueParser.TryInt64Lenient(value, (byte)',', out var whole))
        {
            return HasLeadingZero(value) ? CellKind.Code
                : whole is 0 or 1 && value.Length == 1 ? CellKind.Bit
                : whole is < -ValueParser.MaxExactInDouble or > ValueParser.MaxExactInDouble ? CellKind.LongInteger
                : CellKind.Integer;
        }

        if (ValueParser.TryFloat64Lenient(value, (byte)',', out var number))
        {
            // Digits alone that do not fit 64 bits are an identifier: as a double most of it would be lost.
            return double.IsFinite(number) && value.ContainsAny(".eE"u8) ? CellKind.Decimal : CellKind.Text;
        }

        return OfTime(value);
    }

    // Dates and telephone numbers begin like numbers: a sign inside, or a character that no number has, tells them apart at once.
    static bool MayBeNumber(ReadOnlySpan<byte> value)
    {
        for (var i = 1; i < value.Length; i++)
        {
            var c = value[i];
            var known = (uint)(c - '0') <= 9 || c is (byte)',' or (byte)'.' || (c | 0x20) == 'e'
                || (c is (byte)'-' or (byte)'+' && (value[i - 1] | 0x20) == 'e');
            if (!known)
            {
                return false;
            }
        }

        return true;
    }

    static CellKind OfTime(ReadOnlySpan<byte> value) =>
        ValueParser.TryDateLenient(value, DateOrder.MonthFirst, out _) ? CellKind.Date
        : value.Contains((byte)':') && ValueParser.TryTimestampLenient(value, DateOrder.MonthFirst, out _) ? CellKind.Timestamp
        : CellKind.Text;

    static bool HasLeadingZero(ReadOnlySpan<byte> value)
    {
        var at = value[0] is (byte)'-' or (byte)'+' ? 1 : 0;
        return value.Length > at + 1 && value[at] == '0';
    }

    /// <summary>Whether a value without white space around it is a word that means missing.</summary>
    public bool IsToken(ReadOnlySpan<byte> value)
    {
        foreach (var token in tokens)
        {
            if (System.Text.Ascii.EqualsIgnoreCase(value, token))
            {
                return true;
            }
        }

        return false;
    }
}
