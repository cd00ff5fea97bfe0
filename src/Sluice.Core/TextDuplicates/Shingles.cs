using System.Text;

namespace Sluice.TextDuplicates;

/// <summary>
/// A text as the set of its shingles: 64-bit hashes of every run of some words, sorted and each once. Letter case, punctuation, white space and accents of Latin letters
/// do not count. A letter of a script that is written without spaces is a word. A text of fewer than four times the words of a shingle is the set of
/// its runs of five bytes instead, for of few words one that differs would leave hardly any shingle in common. Not thread-safe: it reuses its buffers.
/// </summary>
/// <param name="words">Words of a shingle.</param>
public sealed class Shingles(int words = Shingles.DefaultWords)
{
    public const int DefaultWords = 5;

    const int BytesOfShortShingle = 5, ShortFactor = 4;
    const ulong Seed = 0x9E3779B97F4A7C15, Prime = 0x100000001B3, Roll = 0xC2B2AE3D27D4EB4F, Last = 0xD6E8FEB86659FD93;
    readonly ulong leaving = Power(Roll, words);
    byte[] folded = new byte[1024];
    ulong[] hashes = new ulong[256];
    ulong[] set = new ulong[256];

    /// <summary>The shingles of a text, ascending; valid until the next call. Empty for a text without letters or digits.</summary>
    public ReadOnlySpan<ulong> Of(ReadOnlySpan<byte> text)
    {
        var folds = Fold(text);
        var count = HashWords(folds);
        var taken = count >= ShortFactor * words ? OfWords(count) : OfBytes(folds);
        if (taken < 2)
        {
            return set.AsSpan(0, taken);
        }

        set.AsSpan(0, taken).Sort();
        var distinct = 1;
        for (var i = 1; i < taken; i++)
        {
            if (set[i] != set[distinct - 1])
            {
                set[distinct++] = set[i];
            }
        }

        return set.AsSpan(0, distinct);
    }

    /// <summary>Lower case, one space after each word.</summary>
    ReadOnlySpan<byte> Fold(ReadOnlySpan<byte> text)
    {
        // A folded letter takes at most 4 bytes where it took 1 or more, and a word of one letter gets a space before and after it.
        if (folded.Length < (2 * text.Length) + 8)
        {
            folded = new byte[Math.Max((2 * text.Length) + 8, 2 * folded.Length)];
        }

        var (at, end) = (0, 0);
        var inWord = false;
        while (at < text.Length)
        {
            var b = text[at];
            if (b < 0x80)
            {
                at++;
                var lower = (byte)(b | 0x20);
                if (lower is >= (byte)'a' and <= (byte)'z' || b is >= (byte)'0' and <= (byte)'9')
                {
                    folded[end++] = b is >= (byte)'A' and <= (byte)'Z' ? lower : b;
                    inWord = true;
                    continue;
                }
            }
            else
            {
                Rune.DecodeFromUtf8(text[at..], out var rune, out var used);
                at += used;
                if (FoldedLetters.IsPartOfLetter(rune))
                {
                    continue;
                }

                if (Rune.IsLetterOrDigit(rune))
                {
                    var alone = FoldedLetters.IsWord(rune);
                    if (alone && inWord)
                    {
                        folded[end++] = (byte)' ';
                    }

                    end += FoldedLetters.Of(rune).EncodeToUtf8(folded.AsSpan(end));
                    inWord = !alone;
                    if (alone)
                    {
                        folded[end++] = (byte)' ';
                    }

                    continue;
                }
            }

            if (inWord)
            {
                folded[end++] = (byte)' ';
                inWord = false;
            }
        }

        if (inWord)
        {
            folded[end++] = (byte)' ';
        }

        return folded.AsSpan(0, end);
    }

    int HashWords(ReadOnlySpan<byte> text)
    {
        var count = 0;
        var hash = Seed;
        foreach (var b in text)
        {
            if (b != ' ')
            {
                hash = (hash ^ b) * Prime;
                continue;
            }

            if (count == hashes.Length)
            {
                Array.Resize(ref hashes, 2 * count);
            }

            hashes[count++] = RowHash.Mix(hash, Last);
            hash = Seed;
        }

        return count;
    }

    /// <summary>A polynomial in the hashes of the words, rolled on word by word.</summary>
    int OfWords(int count)
    {
        Reserve(count);
        ulong rolling = 0;
        for (var i = 0; i < count; i++)
        {
            rolling = (rolling * Roll) + hashes[i] - (i >= words ? hashes[i - words] * leaving : 0);
            if (i >= words - 1)
            {
                set[i - words + 1] = RowHash.Mix(rolling ^ Seed, Last);
            }
        }

        return count - words + 1;
    }

    int OfBytes(ReadOnlySpan<byte> text)
    {
        if (text.Length == 0)
        {
            return 0;
        }

        var width = Math.Min(BytesOfShortShingle, text.Length);
        var taken = text.Length - width + 1;
        Reserve(taken);
        for (var i = 0; i < taken; i++)
        {
            set[i] = RowHash.Bytes(text.Slice(i, width), Seed);
        }

        return taken;
    }

    void Reserve(int count)
    {
        if (set.Length < count)
        {
            set = new ulong[Math.Max(count, 2 * set.Length)];
        }
    }

    static ulong Power(ulong value, int exponent)
    {
        ulong power = 1;
        for (var i = 0; i < exponent; i++)
        {
            power *= value;
        }

        return power;
    }
}
