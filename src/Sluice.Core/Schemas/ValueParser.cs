using System.Runtime.CompilerServices;

namespace Sluice.Schemas;

/// <summary>
/// Values from UTF-8 text, without allocating. The plain methods take only forms that print back as they were, so that typing a column
/// loses nothing that a person would miss: <c>007</c>, <c>+5</c> and <c>1,000</c> are text. The lenient ones take what people write.
/// </summary>
public static partial class ValueParser
{
    /// <summary>Largest magnitude up to which a double holds every integer.</summary>
    public const long MaxExactInDouble = 1L << 53;

    /// <summary>An optional minus and digits without leading zeros; <c>-0</c> is no integer, it would lose its sign.</summary>
    public static bool TryInt64(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        var at = 0;
        var negative = text.Length > 0 && text[0] == '-';
        if (negative)
        {
            at = 1;
        }

        var digits = text.Length - at;
        if ((uint)(digits - 1) >= 19)
        {
            return false;
        }

        if (text[at] == '0')
        {
            return digits == 1 && !negative;
        }

        ulong number = 0;
        for (; at < text.Length; at++)
        {
            var digit = (uint)text[at] - '0';
            if (digit > 9)
            {
                return false;
            }

            number = (number * 10) + digit;
        }

        // 19 digits cannot overflow a ulong.
        value = negative ? -(long)number : (long)number;
        return number <= long.MaxValue || (negative && number == 1UL << 63);
    }

    /// <summary><c>true</c> and <c>false</c>, in lower, upper or title case.</summary>
    public static bool TryBoolean(ReadOnlySpan<byte> text, out bool value)
    {
        value = text.Length == 4;
        return text.Length switch
        {
            4 => text.SequenceEqual("true"u8) || text.SequenceEqual("True"u8) || text.SequenceEqual("TRUE"u8),
            5 => text.SequenceEqual("false"u8) || text.SequenceEqual("False"u8) || text.SequenceEqual("FALSE"u8),
            _ => false,
        };
    }

    /// <summary>The narrowest type that holds the text; <see cref="ColumnType.Text"/> where none does.</summary>
    public static ColumnType TypeOf(ReadOnlySpan<byte> text) =>
        text.IsEmpty || text.Length > MaxTypedLength || !StartsTyped(text[0]) ? ColumnType.Text
        : TryInt64(text, out _) ? ColumnType.Int64
        : TryFloat64(text, out _) ? ColumnType.Float64
        : TryBoolean(text, out _) ? ColumnType.Boolean
        : TryDate(text, out _) ? ColumnType.Date
        : TryTimestamp(text, out _) ? ColumnType.Timestamp
        : ColumnType.Text;

    /// <summary>Longer texts are never typed; the longest sensible number or time is far below.</summary>
    const int MaxTypedLength = 64;

    // Most text is told from typed values by its first byte: a digit, '-', '.', or the first letter of true and false.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool StartsTyped(byte first) => (uint)first - '0' <= 9 || first is (byte)'-' or (byte)'.' or (byte)'t' or (byte)'T' or (byte)'f' or (byte)'F';

    static bool IsExactInDouble(long value) => value is >= -MaxExactInDouble and <= MaxExactInDouble;

    static ReadOnlySpan<byte> TrimBlanks(ReadOnlySpan<byte> text) => text.Trim(" \t\r\n"u8);

    static int CountDigits(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return end < 0 ? text.Length : end;
    }
}
