using System.Text;

namespace Sluice.TextQuality;

/// <summary>One word of a text: a run of letters and digits in lower case, or one character of a script without spaces.</summary>
/// <param name="Hash">Of the word.</param>
/// <param name="Stem">Of its first five characters, which tells word forms from words in most languages (McNamee and Mayfield 2004); of two neighbours in a script without spaces.</param>
/// <param name="Start">First byte.</param>
/// <param name="End">Byte after the last.</param>
/// <param name="Characters">Its length.</param>
/// <param name="HasLetter">Whether one is a letter.</param>
/// <param name="HasContent">Whether it is long enough to mean something by itself: four characters, two of Korean, one where words have no spaces between.</param>
readonly record struct Word(ulong Hash, ulong Stem, int Start, int End, int Characters, bool HasLetter, bool HasContent);

/// <summary>Cuts UTF-8 text into words and sentences, into lists that are used again for the next text. Not for several threads at once.</summary>
sealed class TextPieces
{
    const int StemCharacters = 5, ContentCharacters = 4, KoreanCharacters = 2;
    readonly List<Word> words = [];
    readonly List<int> ends = [];
    byte[] lower = new byte[64];

    public IReadOnlyList<Word> Words => words;

    public int Sentences => ends.Count;

    /// <summary>Words of a sentence; none is empty.</summary>
    public Range Sentence(int number) => (number == 0 ? 0 : ends[number - 1])..ends[number];

    public void Read(ReadOnlySpan<byte> text)
    {
        words.Clear();
        ends.Clear();
        for (var at = 0; at < text.Length;)
        {
            Rune.DecodeFromUtf8(text[at..], out var rune, out var bytes);
            if (IsAlone(rune))
            {
                AddAlone(text, at, bytes);
                at += bytes;
            }
            else if (Rune.IsLetterOrDigit(rune))
            {
                at = AddWord(text, at);
            }
            else
            {
                at += bytes;
                if (IsEnd(rune, text[at..]))
                {
                    EndSentence();
                }
            }
        }

        EndSentence();
    }

    void EndSentence()
    {
        if (words.Count > (ends.Count == 0 ? 0 : ends[^1]))
        {
            ends.Add(words.Count);
        }
    }

    void AddAlone(ReadOnlySpan<byte> text, int at, int bytes)
    {
        var hash = RowHash.Bytes(text.Slice(at, bytes));
        var stem = words.Count > 0 && words[^1].End == at ? RowHash.Mix(words[^1].Hash ^ 0x9E3779B97F4A7C15, hash) : hash;
        words.Add(new Word(hash, stem, at, at + bytes, 1, true, true));
    }

    int AddWord(ReadOnlySpan<byte> text, int start)
    {
        var (at, used, characters, stem, hasLetter, isKorean) = (start, 0, 0, 0, false, false);
        while (at < text.Length)
        {
            Rune.DecodeFromUtf8(text[at..], out var rune, out var bytes);
            if (!Rune.IsLetterOrDigit(rune) || IsAlone(rune))
            {
                break;
            }

            if (lower.Length < used + 4)
            {
                Array.Resize(ref lower, lower.Length * 2);
            }

            used += Rune.ToLowerInvariant(rune).EncodeToUtf8(lower.AsSpan(used));
            characters++;
            stem = characters <= StemCharacters ? used : stem;
            hasLetter |= Rune.IsLetter(rune);
            isKorean |= rune.Value is >= 0xAC00 and <= 0xD7A3;
            at += bytes;
        }

        var hash = RowHash.Bytes(lower.AsSpan(0, used));
        words.Add(new Word(
            hash, stem == used ? hash : RowHash.Bytes(lower.AsSpan(0, stem)), start, at, characters, hasLetter, characters >= (isKorean ? KoreanCharacters : ContentCharacters)));
        return at;
    }

    // A full stop within a number or a name ends nothing; a line does.
    static bool IsEnd(Rune rune, ReadOnlySpan<byte> rest) => rune.Value switch
    {
        '\n' or '。' or '！' or '？' or '।' or '؟' => true,
        '.' or '!' or '?' or '…' => rest.IsEmpty || rest[0] is <= (byte)' ' or (byte)'"' or (byte)'\'' or (byte)')' or (byte)']' or >= 0x80,
        _ => false,
    };

    // Scripts without spaces between words: Chinese, Japanese, Thai, Lao, Burmese, Khmer.
    static bool IsAlone(Rune rune) =>
        rune.Value >= 0x0E00 && Rune.IsLetter(rune)
        && rune.Value is (>= 0x3040 and <= 0x30FF) or (>= 0x3400 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF)
            or (>= 0x0E00 and <= 0x0EFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF);
}
