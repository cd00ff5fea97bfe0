namespace Sluice.TextQuality;

/// <summary>
/// How little a text repeats itself: different words in windows of fifty (the moving-average type-token ratio of Covington and McFall 2010, which does not fall with length as the plain one does), times
/// the share of groups of three words that occur once or for the first time (distinct-3, after Li et al. 2016).
/// </summary>
sealed class Variety
{
    const int Window = 50;
    readonly Dictionary<ulong, int> inWindow = [];
    readonly HashSet<ulong> groups = [];

    public double Of(TextPieces text) => MovingRatio(text.Words) * Distinct(text.Words);

    double MovingRatio(IReadOnlyList<Word> words)
    {
        inWindow.Clear();
        var (sum, windows) = (0L, 0L);
        for (var i = 0; i < words.Count; i++)
        {
            inWindow[words[i].Hash] = inWindow.GetValueOrDefault(words[i].Hash) + 1;
            if (i >= Window && --inWindow[words[i - Window].Hash] == 0)
            {
                inWindow.Remove(words[i - Window].Hash);
            }

            if (i >= Window - 1)
            {
                (sum, windows) = (sum + inWindow.Count, windows + 1);
            }
        }

        return windows == 0 ? (double)inWindow.Count / words.Count : (double)sum / (windows * Window);
    }

    double Distinct(IReadOnlyList<Word> words)
    {
        groups.Clear();
        for (var i = 2; i < words.Count; i++)
        {
            groups.Add(KnownWords.Pair(KnownWords.Pair(words[i - 2].Hash, words[i - 1].Hash), words[i].Hash));
        }

        return words.Count < 3 ? 1 : (double)groups.Count / (words.Count - 2);
    }
}
