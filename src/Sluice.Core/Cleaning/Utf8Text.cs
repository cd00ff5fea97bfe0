using System.Buffers;
using System.Text;

namespace Sluice.Cleaning;

/// <summary>White space in UTF-8 text, without decoding it all.</summary>
static class Utf8Text
{
    /// <summary>The value without Unicode white space at both ends.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> value)
    {
        if (value.Length > 0 && IsPlain(value[0]) && IsPlain(value[^1]))
        {
            return value;
        }

        while (value.Length > 0 && SpaceAtStart(value) is var bytes && bytes > 0)
        {
            value = value[bytes..];
        }

        while (value.Length > 0 && SpaceAtEnd(value) is var bytes && bytes > 0)
        {
            value = value[..^bytes];
        }

        return value;
    }

    /// <summary>Whether the value is empty or only white space.</summary>
    public static bool IsBlank(ReadOnlySpan<byte> value)
    {
        if (value.Length > 0 && IsPlain(value[0]))
        {
            return false;
        }

        while (value.Length > 0)
        {
            var bytes = SpaceAtStart(value);
            if (bytes == 0)
            {
                return false;
            }

            value = value[bytes..];
        }

        return true;
    }

    /// <summary>Bytes of the white space character that the value starts with; 0 without one.</summary>
    public static int SpaceAtStart(ReadOnlySpan<byte> value)
    {
        var first = value[0];
        if (first < 0x80)
        {
            return first is 0x20 or (>= 0x09 and <= 0x0D) ? 1 : 0;
        }

        // Unicode white space beyond ASCII starts with C2 (0085, 00A0), E1 (1680), E2 (2000..205F) or E3 (3000).
        return first is 0xC2 or 0xE1 or 0xE2 or 0xE3 && Rune.DecodeFromUtf8(value, out var rune, out var bytes) == OperationStatus.Done && Rune.IsWhiteSpace(rune)
            ? bytes : 0;
    }

    // ASCII that is no white space: what nearly every value begins and ends with.
    static bool IsPlain(byte value) => (uint)(value - 0x21) < 0x80 - 0x21;

    static int SpaceAtEnd(ReadOnlySpan<byte> value)
    {
        var last = value[^1];
        if (last < 0x80)
        {
            return last is 0x20 or (>= 0x09 and <= 0x0D) ? 1 : 0;
        }

        return Rune.DecodeLastFromUtf8(value, out var rune, out var bytes) == OperationStatus.Done && Rune.IsWhiteSpace(rune) ? bytes : 0;
    }
}
