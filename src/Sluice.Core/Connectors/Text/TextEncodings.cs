using System.Buffers;
using System.Text;

namespace Sluice.Connectors;

/// <summary>
/// Encodings of text files and their way to UTF-8. A unit that is no character becomes the byte 0xFF, which is in no UTF-8 text, so that
/// the record that holds it is rejected like any other broken one.
/// </summary>
static partial class TextEncodings
{
    public const string Auto = "auto", Utf8 = "utf-8", Windows1252 = "windows-1252";
    const string Utf16Le = "utf-16le", Utf16Be = "utf-16be", Utf32Le = "utf-32le", Utf32Be = "utf-32be";

    static readonly Dictionary<string, string> otherNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["utf8"] = Utf8,
        ["utf-8-sig"] = Utf8,
        ["ascii"] = Utf8,
        ["us-ascii"] = Utf8,
        ["utf-16"] = Utf16Le,
        ["utf16"] = Utf16Le,
        ["utf-32"] = Utf32Le,
        ["utf32"] = Utf32Le,
        ["cp1252"] = Windows1252,
        ["latin1"] = "iso-8859-1",
        ["latin-1"] = "iso-8859-1",
    };

    /// <summary>The name that shards carry.</summary>
    /// <exception cref="SourceException">Unknown, or of several bytes a character and not Unicode.</exception>
    public static string Canonical(string name)
    {
        var canonical = otherNames.GetValueOrDefault(name.Trim(), name.Trim().ToLowerInvariant());
        return canonical is Auto or Utf8 || UnitBytes(canonical) > 1 || SingleByte(canonical) is not null
            ? canonical
            : throw new SourceException(
                $"The encoding \"{name}\" is not supported. Expected auto, utf-8, utf-16le, utf-16be, utf-32le, utf-32be or a code page of one byte a "
                + "character such as windows-1252 or iso-8859-15. Convert the file to UTF-8, for instance with: iconv -f NAME -t utf-8.");
    }

    /// <summary>Bytes of a code unit: 2 and 4 for UTF-16 and UTF-32, else 1.</summary>
    public static int UnitBytes(string name) => name switch
    {
        Utf16Le or Utf16Be => 2,
        Utf32Le or Utf32Be => 4,
        _ => 1,
    };

    /// <summary>What a byte order mark says, and its length; UTF-16 without one is known by the zero bytes of its ASCII characters.</summary>
    public static (string? Name, int MarkBytes) Detect(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith<byte>([0xEF, 0xBB, 0xBF]))
        {
            return (Utf8, 3);
        }

        if (head.StartsWith<byte>([0xFF, 0xFE, 0, 0]) && head.Length % 4 == 0)
        {
            return (Utf32Le, 4);
        }

        if (head.StartsWith<byte>([0, 0, 0xFE, 0xFF]))
        {
            return (Utf32Be, 4);
        }

        if (head.StartsWith<byte>([0xFF, 0xFE]))
        {
            return (Utf16Le, 2);
        }

        return head.StartsWith<byte>([0xFE, 0xFF]) ? (Utf16Be, 2) : (DetectByZeros(head), 0);
    }

    /// <summary>UTF-8 or windows-1252, by what a stretch of the file that has bytes above 0x7F holds more of: valid sequences or broken ones.</summary>
    public static string Guess(ReadOnlySpan<byte> text, bool whole)
    {
        int valid = 0, broken = 0;
        while (!text.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(text, out _, out var used);
            if (status == OperationStatus.NeedMoreData && !whole)
            {
                break;
            }

            valid += status == OperationStatus.Done && used > 1 ? 1 : 0;
            broken += status == OperationStatus.Done ? 0 : 1;
            text = text[used..];
        }

        return valid > broken || broken == 0 ? Utf8 : Windows1252;
    }

    /// <exception cref="SourceException">The start of the file holds zero bytes, so it is no text of one byte a character.</exception>
    public static void RefuseBinary(string file, ReadOnlySpan<byte> head, string expected)
    {
        var zero = head.IndexOf((byte)0);
        var known = head.StartsWith("PK\x03\x04"u8) ? "a ZIP or Excel file (use the excel source, or unpack it)"
            : head.StartsWith("PAR1"u8) ? "a Parquet file (use the parquet source)"
            : head.StartsWith<byte>([0x1F, 0x8B]) ? "a gzip file within a compressed file (unpack it)"
            : head.StartsWith<byte>([0x28, 0xB5, 0x2F, 0xFD]) ? "a Zstandard file within a compressed file (unpack it)"
            : head.StartsWith<byte>([0xD0, 0xCF, 0x11, 0xE0]) ? "an old Excel file (use the excel source)"
            : head.StartsWith("%PDF"u8) ? "a PDF file"
            : zero >= 0 ? $"a zero byte at position {zero}, so it is binary, or UTF-16 without a byte order mark (set encoding: utf-16le)"
            : null;
        if (known is not null)
        {
            throw new SourceException($"The file \"{file}\" is not {expected}: found {known}. Expected text. Check file_path and the type of the source.");
        }
    }

    /// <summary>Reason of a record with bytes that the encoding does not have.</summary>
    public static string InvalidReason(string name) => UnitBytes(name) switch
    {
        2 => "invalid_utf16",
        4 => "invalid_utf32",
        _ => "invalid_utf8",
    };

    /// <summary>Code units that the UTF-8 text was made of.</summary>
    public static int CountUnits(ReadOnlySpan<byte> utf8, int unitBytes)
    {
        var units = 0;
        foreach (var b in utf8)
        {
            units += (b & 0xC0) != 0x80 ? 1 : 0;
            units += unitBytes == 2 && b is >= 0xF0 and < 0xF8 ? 1 : 0;
        }

        return units;
    }

    static string? DetectByZeros(ReadOnlySpan<byte> head)
    {
        head = head[..Math.Min(head.Length & ~1, 4096)];
        int even = 0, odd = 0;
        for (var i = 0; i < head.Length; i += 2)
        {
            even += head[i] == 0 ? 1 : 0;
            odd += head[i + 1] == 0 ? 1 : 0;
        }

        // Latin text has a zero in nearly each unit, on one side only.
        var most = head.Length / 2 * 7 / 10;
        return head.Length < 4 ? null : odd > most && even == 0 ? Utf16Le : even > most && odd == 0 ? Utf16Be : null;
    }
}
