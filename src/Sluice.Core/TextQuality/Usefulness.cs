namespace Sluice.TextQuality;

/// <summary>
/// How much there is to learn from a text: the geometric mean of four parts, none counted below 0.05, so that one bad part shows and does not decide alone. Density: share of words with content (Ure
/// 1971), full at one half. Length: between two limits, by default those of Gopher (Rae et al. 2021). Readability: LIX (Björnsson 1968), full up to 60, nothing from 120. Cleanness: the share
/// of words outside of boilerplate and of sentences that were there before, times the share of words with letters, full at 80 % (Gopher).
/// </summary>
sealed class Usefulness(int minWords, int maxWords)
{
    const double Least = 0.05, FullDensity = 0.5, FullLetters = 0.8, ReadableLix = 60, UnreadableLix = 120;
    const int LongWord = 7, ShortSentence = 3;
    readonly HashSet<ulong> sentences = [];

    public double Of(TextPieces text)
    {
        var (content, letters, longer) = (0, 0, 0);
        foreach (var word in text.Words)
        {
            content += word.HasContent && !KnownWords.Function.Contains(word.Hash) || !word.HasLetter ? 1 : 0;
            letters += word.HasLetter ? 1 : 0;
            longer += word.Characters >= LongWord ? 1 : 0;
        }

        double words = text.Words.Count;
        var lix = (words / text.Sentences) + (100 * longer / words);
        return Math.Pow(
            Part(content / words / FullDensity) * Part(Math.Min(words / minWords, maxWords / words)) * Part((UnreadableLix - lix) / (UnreadableLix - ReadableLix))
            * Part(Clean(text) * Math.Min(1, letters / words / FullLetters)), 0.25);
    }

    static double Part(double value) => Math.Clamp(value, Least, 1);

    double Clean(TextPieces text)
    {
        sentences.Clear();
        var kept = 0;
        for (var number = 0; number < text.Sentences; number++)
        {
            var (from, to) = (text.Sentence(number).Start.Value, text.Sentence(number).End.Value);
            var (hash, isBoilerplate) = (0UL, false);
            for (var i = from; i < to; i++)
            {
                hash = KnownWords.Pair(hash, text.Words[i].Hash);
                isBoilerplate |= KnownWords.Boilerplate.Contains(text.Words[i].Hash)
                    || (i > from && KnownWords.BoilerplatePairs.Contains(KnownWords.Pair(text.Words[i - 1].Hash, text.Words[i].Hash)));
            }

            var isNew = sentences.Add(hash) || to - from < ShortSentence;
            kept += isNew && !isBoilerplate ? to - from : 0;
        }

        return (double)kept / text.Words.Count;
    }
}
