using System.Text;

namespace Sluice.Embedding;

/// <summary>
/// GPT-2's pieces: words with the space before them, and every byte as a letter of its own, so that any text can be written with 256 letters.
/// </summary>
sealed class ByteLevel(bool prefixesSpace, bool cuts) : PreTokenizer
{
    static readonly char[] letters = MakeLetters();

    /// <summary>The letter of a byte.</summary>
    public static char LetterOf(byte value) => letters[value];

    public override void Cut(ReadOnlySpan<char> piece, bool isFirst, Pieces into)
    {
        if (prefixesSpace && piece[0] != ' ')
        {
            piece = string.Concat(" ", piece);
        }

        while (!piece.IsEmpty)
        {
            var length = cuts ? WordLength(piece) : piece.Length;
            Append(piece[..length], into);
            into.End();
            piece = piece[length..];
        }
    }

    static void Append(ReadOnlySpan<char> word, Pieces into)
    {
        Span<byte> bytes = stackalloc byte[4];
        Span<char> mapped = stackalloc char[4];
        while (!word.IsEmpty)
        {
            var count = Letters.At(word, out var length).EncodeToUtf8(bytes);
            for (var i = 0; i < count; i++)
            {
                mapped[i] = letters[bytes[i]];
            }

            into.Append(mapped[..count]);
            word = word[length..];
        }
    }

    // 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+ letter by letter, because .NET's patterns see halves of letters beyond U+FFFF.
    static int WordLength(ReadOnlySpan<char> text)
    {
        foreach (var ending in (ReadOnlySpan<string>)["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"])
        {
            if (text.StartsWith(ending, StringComparison.Ordinal))
            {
                return ending.Length;
            }
        }

        var start = text[0] == ' ' && text.Length > 1 && !Letters.IsSpace(Letters.At(text[1..], out _)) ? 1 : 0;
        var kind = KindOf(Letters.At(text[start..], out _));
        var (at, last) = (start, start);
        while (at < text.Length && KindOf(Letters.At(text[at..], out var length)) == kind)
        {
            (last, at) = (at, at + length);
        }

        // White space leaves its last letter to the word that follows.
        return kind == Kind.Space && at < text.Length && last > 0 ? last : at;
    }

    static Kind KindOf(Rune letter) => Rune.IsLetter(letter) ? Kind.Letter : Rune.IsNumber(letter) ? Kind.Number : Letters.IsSpace(letter) ? Kind.Space : Kind.Other;

    // Bytes that are printable in Latin-1 stand for themselves, the others for letters from U+0100 on, in order.
    static char[] MakeLetters()
    {
        var (map, next) = (new char[256], 0x100);
        for (var value = 0; value < 256; value++)
        {
            map[value] = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)value : (char)next++;
        }

        return map;
    }

    enum Kind
    {
        Letter,
        Number,
        Space,
        Other,
    }
}
