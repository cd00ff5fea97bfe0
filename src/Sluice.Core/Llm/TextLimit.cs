using System.Numerics;
using System.Text;
using Sluice.Cleaning;
using Sluice.Privacy;
using Sluice.Shaping;

namespace Sluice.Llm;

/// <summary>What is kept of a text that is longer than <c>max_text_tokens</c>.</summary>
public enum TextCut
{
    /// <summary>Its beginning, two thirds of what is kept, and its end.</summary>
    Ends,

    /// <summary>Its sentences that have most to do with the question.</summary>
    Sentences,
}

/// <summary>
/// Shortens texts before they are sent: a function of the text and of the question alone, so the same everywhere. Personal data is masked before, since a value that is cut in
/// two would not be recognised.
/// </summary>
/// <param name="maxTokens">Tokens that are kept at most.</param>
/// <param name="cut">How it is chosen what is kept.</param>
/// <param name="question">What is asked: its words say which sentences matter.</param>
sealed class TextLimit(int maxTokens, TextCut cut, string question)
{
    // As calls are filled: text has at least so many bytes for each token, on average.
    const int BytesPerToken = 3;

    // Shorter words, such as articles, say nothing.
    const int ShortestWord = 3;

    static readonly SplitText.Options sentences = new() { Column = "text", By = SplitUnit.Sentences, Size = 1 };

    readonly HashSet<string> asked = [.. Words(Encoding.UTF8.GetBytes(question))];

    /// <summary>Stands where something was left out.</summary>
    public static ReadOnlySpan<byte> Gap => " […] "u8;

    int MaxBytes => maxTokens * BytesPerToken;

    /// <summary>Writes what is kept. False: the text is short enough, and nothing was written.</summary>
    public bool Shorten(ReadOnlySpan<byte> text, PooledText into)
    {
        into.Clear();
        if (text.Length <= MaxBytes)
        {
            return false;
        }

        if (cut == TextCut.Ends || !WriteSentences(text, into))
        {
            WriteEnds(text, into);
        }

        return true;
    }

    void WriteEnds(ReadOnlySpan<byte> text, PooledText into)
    {
        var room = Math.Max(0, MaxBytes - Gap.Length);
        var head = WordBorder(text, room * 2 / 3, back: true);
        var tail = WordBorder(text, text.Length - (room - (room * 2 / 3)), back: false);
        into.Append(Utf8Text.Trim(text[..head]));
        into.Append(Gap);
        into.Append(Utf8Text.Trim(text[tail..]));
    }

    /// <summary>
    /// Of all sentences those with the most words of the question, a word counting the more the fewer sentences have it (by the binary logarithm), as many as fit, in the order of the
    /// text. False: no sentence has any that counts, or none that does fits.
    /// </summary>
    bool WriteSentences(ReadOnlySpan<byte> text, PooledText into)
    {
        var all = TextChunks.Of(text, sentences);
        var words = new HashSet<string>[all.Count];
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = [.. Words(text[all[i].Start..all[i].End]).Where(asked.Contains)];
            foreach (var word in words[i])
            {
                counts[word] = counts.GetValueOrDefault(word) + 1;
            }
        }

        int[] scores = [.. words.Select(found => found.Sum(word => BitOperations.Log2((uint)(all.Count / counts[word]))))];
        var kept = new SortedSet<int>();
        var bytes = 0;
        foreach (var i in Enumerable.Range(0, all.Count).Where(i => scores[i] > 0).OrderByDescending(i => scores[i]).ThenBy(i => i))
        {
            var length = all[i].End - all[i].Start + (2 * Gap.Length);
            if (bytes + length <= MaxBytes)
            {
                bytes += length;
                kept.Add(i);
            }
        }

        var before = -1;
        foreach (var i in kept)
        {
            into.Append(i == before + 1 ? (i == 0 ? default : " "u8) : Gap);
            into.Append(text[all[i].Start..all[i].End]);
            before = i;
        }

        into.Append(kept.Count > 0 && before < all.Count - 1 ? Gap : default);
        return kept.Count > 0;
    }

    /// <summary>The nearest blank before or behind a place, or the nearest border of a letter where no blank is near.</summary>
    static int WordBorder(ReadOnlySpan<byte> text, int at, bool back)
    {
        const int near = 64;
        var step = back ? -1 : 1;
        for (var (place, tried) = (at, 0); tried < near && place > 0 && place < text.Length; place += step, tried++)
        {
            if (text[place] is (byte)' ' or (byte)'\n' or (byte)'\t' or (byte)'\r')
            {
                return place;
            }
        }

        while (at > 0 && at < text.Length && (text[at] & 0xC0) == 0x80)
        {
            at += step;
        }

        return at;
    }

    static IEnumerable<string> Words(ReadOnlySpan<byte> text)
    {
        var words = new List<string>();
        var whole = Encoding.UTF8.GetString(text);
        for (int at = 0, start = 0; at <= whole.Length; at++)
        {
            if (at < whole.Length && char.IsLetterOrDigit(whole[at]))
            {
                continue;
            }

            if (at - start >= ShortestWord)
            {
                words.Add(whole[start..at].ToLowerInvariant());
            }

            start = at + 1;
        }

        return words;
    }
}
