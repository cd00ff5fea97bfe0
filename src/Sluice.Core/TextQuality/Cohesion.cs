namespace Sluice.TextQuality;

/// <summary>
/// How the sentences of a text hold together: the share of them, after the first, that take up a word of one of the two before. Repeated words are what cohesion is made of besides reference
/// (Halliday and Hasan 1976); overlap with the sentences before is how Coh-Metrix measures it (Graesser et al. 2004). It sees words, not meaning: a text that only repeats itself holds together.
/// </summary>
sealed class Cohesion
{
    const int Back = 2;
    readonly Dictionary<ulong, int> lastSentence = [];

    /// <summary>1 for a text of one sentence: nothing in it breaks off.</summary>
    public double Of(TextPieces text)
    {
        lastSentence.Clear();
        var (sentences, linked) = (0, 0);
        for (var number = 0; number < text.Sentences; number++)
        {
            var (hasContent, isLinked) = (false, false);
            var (from, to) = (text.Sentence(number).Start.Value, text.Sentence(number).End.Value);
            for (var i = from; i < to; i++)
            {
                var word = text.Words[i];
                if (word.HasContent && word.HasLetter && !KnownWords.Function.Contains(word.Hash))
                {
                    hasContent = true;
                    isLinked |= lastSentence.TryGetValue(word.Stem, out var last) && last < sentences && last >= sentences - Back;
                    lastSentence[word.Stem] = sentences;
                }
            }

            // A sentence without content, such as "Yes.", neither takes up anything nor breaks off.
            linked += hasContent && isLinked ? 1 : 0;
            sentences += hasContent ? 1 : 0;
        }

        return sentences < 2 ? 1 : (double)linked / (sentences - 1);
    }
}
