using System.Buffers;
using System.Text;

namespace Sluice.Privacy;

/// <summary>Kinds of bytes in UTF-8 text. Bytes beyond ASCII count as letters: they are parts of them nearly always.</summary>
static class Bytes
{
    public static bool IsDigit(byte value) => (uint)(value - '0') < 10;

    public static bool IsLetter(byte value) => (uint)((value | 0x20) - 'a') < 26;

    public static bool IsUpper(byte value) => (uint)(value - 'A') < 26;

    /// <summary>A letter, a digit, an underscore or a part of a character beyond ASCII.</summary>
    public static bool InWord(byte value) => IsDigit(value) || IsLetter(value) || value == '_' || value >= 0x80;

    /// <summary>
    /// Whether the character that ends just before <paramref name="at"/> belongs to a word that would go on there. Letters of scripts that put no
    /// spaces between words do not: digits after them begin something new.
    /// </summary>
    public static bool WordBefore(ReadOnlySpan<byte> text, int at) =>
        at > 0 && (text[at - 1] < 0x80 ? InWord(text[at - 1]) : Rune.DecodeLastFromUtf8(text[..at], out var rune, out _) == OperationStatus.Done && Joins(rune));

    /// <summary>As <see cref="WordBefore"/>, for the character that begins at <paramref name="at"/>.</summary>
    public static bool WordAfter(ReadOnlySpan<byte> text, int at) =>
        at < text.Length && (text[at] < 0x80 ? InWord(text[at]) : Rune.DecodeFromUtf8(text[at..], out var rune, out _) == OperationStatus.Done && Joins(rune));

    static bool Joins(Rune rune) => rune.Value < 0x0590 && Rune.IsLetter(rune);

    public static bool IsSpace(byte value) => value is (byte)' ' or (>= 9 and <= 13);

    /// <summary>Letters and digits in capitals, without separators; cut at the length of <paramref name="into"/>.</summary>
    public static ReadOnlySpan<byte> Compact(ReadOnlySpan<byte> text, Span<byte> into)
    {
        var used = 0;
        foreach (var value in text)
        {
            if (used < into.Length && (IsDigit(value) || IsLetter(value)))
            {
                into[used++] = IsLetter(value) ? (byte)(value & ~0x20) : value;
            }
        }

        return into[..used];
    }

    /// <summary>Invariant lower case of a short word, without accents being touched.</summary>
    public static ReadOnlySpan<char> Lower(ReadOnlySpan<byte> word, Span<char> into)
    {
        if (word.Length > into.Length)
        {
            return [];
        }

        var used = Encoding.UTF8.GetChars(word, into);
        for (var i = 0; i < used; i++)
        {
            into[i] = char.ToLowerInvariant(into[i]);
        }

        return into[..used];
    }
}
