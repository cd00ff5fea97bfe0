namespace Sluice.TextQuality;

/// <summary>
/// What a text says about itself that speaks against its facts: the share of sentences that are hedged, and things that cannot be true. Whether what it says is true, it cannot know: a plain
/// lie has 1. (1 − hedged ⁄ 2) · 2^(−10 · errors ⁄ sentences), where a text has at least ten sentences: one error halves a short text's score, and weighs less in a long one.
/// </summary>
sealed class Facts
{
    const int SentencesAtLeast = 10, Context = 4, ContentOfContext = 2;
    readonly Dictionary<ulong, ulong> numbers = [];
    readonly HashSet<ulong> contradicted = [];

    public double Of(TextPieces text, ReadOnlySpan<byte> bytes)
    {
        numbers.Clear();
        contradicted.Clear();
        var (hedged, errors) = (0, 0);
        for (var number = 0; number < text.Sentences; number++)
        {
            var (from, to) = (text.Sentence(number).Start.Value, text.Sentence(number).End.Value);
            var isHedged = false;
            for (var i = from; i < to; i++)
            {
                isHedged |= IsHedge(text.Words, i);
                if (IsDigit(bytes[text.Words[i].Start]))
                {
                    errors += Impossible.Count(text.Words, i, to, bytes);
                    Note(text.Words, from, i, to, bytes);
                }
            }

            hedged += isHedged ? 1 : 0;
        }

        errors += contradicted.Count;
        return (1 - ((double)hedged / text.Sentences / 2)) * Math.Pow(2, -10.0 * errors / Math.Max(SentencesAtLeast, text.Sentences));
    }

    // Not the month of May, which has a day or a year beside it.
    static bool IsHedge(IReadOnlyList<Word> words, int i) =>
        KnownWords.Hedges.Contains(words[i].Hash) && (i == 0 || words[i - 1].HasLetter) && (i + 1 == words.Count || words[i + 1].HasLetter);

    /// <summary>Two numbers after the same four words and before the same one say two things of one; "figure 3" and the like are names.</summary>
    void Note(IReadOnlyList<Word> words, int from, int i, int to, ReadOnlySpan<byte> bytes)
    {
        if (i - from < Context || KnownWords.Numbering.Contains(words[i - 1].Hash) || !IsStartOfNumber(words, i, bytes))
        {
            return;
        }

        var (key, content) = (0UL, 0);
        for (var before = i - Context; before < i; before++)
        {
            if (!words[before].HasLetter)
            {
                return;
            }

            content += words[before].HasContent && !KnownWords.Function.Contains(words[before].Hash) ? 1 : 0;
            key = KnownWords.Pair(key, words[before].Hash);
        }

        // Thousands and decimals are words of their own: the number is all of them.
        var (value, next) = (words[i].Hash, i + 1);
        for (; next < to && !words[next].HasLetter && words[next].Start == words[next - 1].End + 1; next++)
        {
            value = KnownWords.Pair(value, words[next].Hash);
        }

        key = KnownWords.Pair(key, next < to ? words[next].Hash : 0);
        if (content >= ContentOfContext && !numbers.TryAdd(key, value) && numbers[key] != value)
        {
            contradicted.Add(key);
        }
    }

    static bool IsStartOfNumber(IReadOnlyList<Word> words, int i, ReadOnlySpan<byte> bytes) => words[i].Start == 0 || !(bytes[words[i].Start - 1] is (byte)'.' or (byte)',' && i > 0 && !words[i - 1].HasLetter);

    static bool IsDigit(byte letter) => letter is >= (byte)'0' and <= (byte)'9';
}
