using System.Globalization;
using System.Text;

namespace Sluice.Embedding;

/// <summary>Classes of letters as BERT's tokenizer has them.</summary>
static class Letters
{
    public static bool IsSpace(Rune letter) => Rune.IsWhiteSpace(letter);

    /// <summary>Control, format, private and unassigned characters, but the white space among them.</summary>
    public static bool IsControl(Rune letter) => letter.Value is not ('\t' or '\n' or '\r')
        && Rune.GetUnicodeCategory(letter) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate;

    /// <summary>Unicode's punctuation and ASCII's symbols.</summary>
    public static bool IsPunctuation(Rune letter) => letter.IsAscii
        ? letter.Value is (>= '!' and <= '/') or (>= ':' and <= '@') or (>= '[' and <= '`') or (>= '{' and <= '~')
        : Rune.IsPunctuation(letter);

    /// <summary>Chinese characters, which stand for words.</summary>
    public static bool IsIdeograph(Rune letter) => letter.Value is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2B73F) or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);

    /// <summary>The first letter of a text and its length in chars; half a surrogate pair is the replacement character.</summary>
    public static Rune At(ReadOnlySpan<char> text, out int length)
    {
        Rune.DecodeFromUtf16(text, out var letter, out length);
        return letter;
    }
}
