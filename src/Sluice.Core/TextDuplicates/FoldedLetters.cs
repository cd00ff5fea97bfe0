using System.Text;

namespace Sluice.TextDuplicates;

/// <summary>Letters beyond ASCII: lower case, Latin ones without their accents. Its own tables: the app runs without the system's.</summary>
static class FoldedLetters
{
    const int FirstLatin = 0xC0, FirstVietnamese = 0x1EA0;

    // U+00C0 to U+017F, and U+1EA0 to U+1EF9; letters that are more than an accented one stand for themselves.
    static readonly string Latin =
        "aaaaaaæceeeeiiiiðnooooo×øuuuuyþßaaaaaaæceeeeiiiiðnooooo÷øuuuuyþy"
        + "aaaaaaccccccccddđđeeeeeeeeeegggggggghhħħiiiiiiiiiıĳĳjjkkĸllllllllłłnnnnnnŉŋŋooooooœœrrrrrrssssssssttttŧŧuuuuuuuuuuuuwwyyyzzzzzzs";

    static readonly string Vietnamese =
        new string('a', 24) + new string('e', 16) + new string('i', 4) + new string('o', 24) + new string('u', 14) + new string('y', 8);

    public static Rune Of(Rune letter)
    {
        var (latin, vietnamese) = (letter.Value - FirstLatin, letter.Value - FirstVietnamese);
        return (uint)latin < (uint)Latin.Length ? new Rune(Latin[latin])
            : (uint)vietnamese < (uint)Vietnamese.Length ? new Rune(Vietnamese[vietnamese])
            : Rune.ToLowerInvariant(letter);
    }

    /// <summary>An accent that follows its letter as a sign of its own.</summary>
    public static bool IsPartOfLetter(Rune rune) => rune.Value is >= 0x300 and <= 0x36F;

    /// <summary>Chinese, Japanese, Thai and Lao are written without spaces between words: each sign counts as one.</summary>
    public static bool IsWord(Rune letter) =>
        letter.Value is (>= 0x0E00 and <= 0x0EFF) or (>= 0x3040 and <= 0x30FF) or (>= 0x3400 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF);
}
