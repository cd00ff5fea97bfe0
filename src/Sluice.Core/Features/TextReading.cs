using System.Text;

namespace Sluice.Features;

/// <summary>Figures of one text.</summary>
readonly record struct TextShape(int Length, int Words, int UniqueWords, int Digits, int Upper, int Punctuation)
{
    public double Of(TextFigure figure) => figure switch
    {
        TextFigure.Length => Length,
        TextFigure.Words => Words,
        TextFigure.UniqueWords => UniqueWords,
        _ when Length == 0 => 0,
        TextFigure.DigitShare => (double)Digits / Length,
        TextFigure.UpperShare => (double)Upper / Length,
        _ => (double)Punctuation / Length,
    };
}

/// <summary>Reads UTF-8 text character by character; words and letters without a string for each. Not for several threads at once.</summary>
sealed class TextReading
{
    readonly HashSet<ulong> words = [];
    readonly List<ulong> hashes = [];
    byte[] word = new byte[64];

    public TextShape Shape(ReadOnlySpan<byte> text)
    {
        var (length, digits, upper, punctuation) = (0, 0, 0, 0);
        for (var rest = text; !rest.IsEmpty; length++)
        {
            var rune = Next(ref rest);
            digits += Rune.IsDigit(rune) ? 1 : 0;
            upper += Rune.IsUpper(rune) ? 1 : 0;
            punctuation += Rune.IsPunctuation(rune) || Rune.IsSymbol(rune) ? 1 : 0;
        }

        words.Clear();
        words.UnionWith(Words(text));
        return new TextShape(length, hashes.Count, words.Count, digits, upper, punctuation);
    }

    /// <summary>A hash of each word in lower case, in order. Good until the next call.</summary>
    public List<ulong> Words(ReadOnlySpan<byte> text)
    {
        hashes.Clear();
        var used = 0;
        while (!text.IsEmpty)
        {
            var rune = Next(ref text);
            if (Rune.IsLetterOrDigit(rune))
            {
                Append(rune, ref used);
            }
            else if (used > 0)
            {
                hashes.Add(RowHash.Bytes(word.AsSpan(0, used)));
                used = 0;
            }
        }

        if (used > 0)
        {
            hashes.Add(RowHash.Bytes(word.AsSpan(0, used)));
        }

        return hashes;
    }

    /// <summary>Each character in lower case, as its code point, in order. Good until the next call.</summary>
    public List<ulong> Characters(ReadOnlySpan<byte> text)
    {
        hashes.Clear();
        while (!text.IsEmpty)
        {
            hashes.Add((ulong)Rune.ToLowerInvariant(Next(ref text)).Value);
        }

        return hashes;
    }

    // Bytes that are no text count as one replacement character each.
    static Rune Next(ref ReadOnlySpan<byte> text)
    {
        Rune.DecodeFromUtf8(text, out var rune, out var bytes);
        text = text[bytes..];
        return rune;
    }

    void Append(Rune rune, ref int used)
    {
        if (word.Length < used + 4)
        {
            Array.Resize(ref word, word.Length * 2);
        }

        used += Rune.ToLowerInvariant(rune).EncodeToUtf8(word.AsSpan(used));
    }
}

/// <summary>Counts the n-grams of a text by the column that they are hashed into.</summary>
sealed class NgramCounter(TextFeatures.Options options)
{
    readonly TextReading reading = new();
    readonly int[] counts = new int[options.Dimensions];

    /// <summary>Good until the next call.</summary>
    public ReadOnlySpan<int> Of(ReadOnlySpan<byte> text)
    {
        Array.Clear(counts);
        var pieces = options.Ngrams == NgramKind.Word ? reading.Words(text) : reading.Characters(text);
        for (var start = 0; start < pieces.Count; start++)
        {
            var hash = 0UL;
            for (var size = 1; size <= options.NgramMax && start + size <= pieces.Count; size++)
            {
                hash = RowHash.Mix(hash ^ pieces[start + size - 1] ^ 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F);
                if (size >= options.NgramMin)
                {
                    counts[hash % (ulong)counts.Length]++;
                }
            }
        }

        return counts;
    }
}
