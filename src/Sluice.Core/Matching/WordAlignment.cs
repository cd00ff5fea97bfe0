namespace Sluice.Matching;

/// <summary>What the words of two cells have in common: equal words first, then words that are nearly equal, the best pairs first and each word once.</summary>
struct WordAlignment
{
    const int MaxLoose = 12;
    readonly MatchColumn column;

    public WordAlignment(MatchColumn column, int left, int right)
    {
        this.column = column;
        var ours = column.SortedWords(left);
        var theirs = column.SortedWords(right);
        Span<int> looseOurs = stackalloc int[MaxLoose], looseTheirs = stackalloc int[MaxLoose];
        var (countOurs, countTheirs) = (0, 0);
        float digitsOurs = 0, digitsTheirs = 0, digitsShared = 0;
        for (int i = 0, j = 0; i < ours.Length || j < theirs.Length;)
        {
            if (j == theirs.Length || (i < ours.Length && ours[i] < theirs[j]))
            {
                digitsOurs += DigitWeight(ours[i]);
                Keep(looseOurs, ref countOurs, ours[i++]);
            }
            else if (i == ours.Length || ours[i] > theirs[j])
            {
                digitsTheirs += DigitWeight(theirs[j]);
                Keep(looseTheirs, ref countTheirs, theirs[j++]);
            }
            else
            {
                var weight = column.Weight(ours[i]);
                Product += weight * weight;
                Shared += weight;
                Letters += column.Vocabulary[ours[i]].Length;
                digitsShared += DigitWeight(ours[i]);
                i++;
                j++;
            }
        }

        Pair(looseOurs[..countOurs], looseTheirs[..countTheirs]);
        var digits = digitsShared + Math.Min(digitsOurs, digitsTheirs);
        Digits = digits > 0 ? digitsShared / digits : float.NaN;
    }

    /// <summary>Product of the cells' weight vectors (soft TF-IDF).</summary>
    public float Product { get; private set; }

    /// <summary>Weights of the words in common.</summary>
    public float Shared { get; private set; }

    /// <summary>Letters of the words in common.</summary>
    public float Letters { get; private set; }

    /// <summary>Share of the words with digits that both have, where one could have all of the other's; NaN where there are none.</summary>
    public float Digits { get; }

    readonly float DigitWeight(int word) => column.Vocabulary[word].ContainsAnyInRange((byte)'0', (byte)'9') ? column.Weight(word) : 0;

    // The heaviest words that only one side has; of equal weights the first.
    readonly void Keep(Span<int> loose, ref int count, int word)
    {
        if (count < loose.Length)
        {
            loose[count++] = word;
            return;
        }

        var lightest = 0;
        for (var i = 1; i < count; i++)
        {
            lightest = column.Weight(loose[i]) < column.Weight(loose[lightest]) ? i : lightest;
        }

        if (column.Weight(word) > column.Weight(loose[lightest]))
        {
            loose[lightest] = word;
        }
    }

    void Pair(Span<int> ours, Span<int> theirs)
    {
        Span<float> similar = stackalloc float[MaxLoose * MaxLoose];
        for (var i = 0; i < ours.Length; i++)
        {
            for (var j = 0; j < theirs.Length; j++)
            {
                similar[(i * MaxLoose) + j] = (float)TextSimilarity.Words(column.Vocabulary[ours[i]], column.Vocabulary[theirs[j]]);
            }
        }

        for (var round = Math.Min(ours.Length, theirs.Length); round > 0; round--)
        {
            float best = 0;
            var (a, b) = (-1, -1);
            for (var i = 0; i < ours.Length; i++)
            {
                for (var j = 0; ours[i] >= 0 && j < theirs.Length; j++)
                {
                    if (theirs[j] >= 0 && similar[(i * MaxLoose) + j] > best)
                    {
                        (best, a, b) = (similar[(i * MaxLoose) + j], i, j);
                    }
                }
            }

            if (a < 0)
            {
                return;
            }

            var (left, right) = (column.Weight(ours[a]), column.Weight(theirs[b]));
            Product += best * left * right;
            Shared += best * Math.Min(left, right);
            Letters += best * (column.Vocabulary[ours[a]].Length + column.Vocabulary[theirs[b]].Length) / 2f;
            (ours[a], theirs[b]) = (-1, -1);
        }
    }
}
