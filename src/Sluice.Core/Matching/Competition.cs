namespace Sluice.Matching;

/// <summary>Pairs that share a row compete for it.</summary>
static class Competition
{
    // Beyond it, odds are certainty, and sums of them would overflow.
    const double MaxLogOdds = 40;

    /// <summary>
    /// Probability of each pair when a row has few partners or none: its odds against those of no partner and of the better pairs of either row, other than those
    /// that stand out together with it. What a table says twice (an album's every song) thereby stops counting as a match.
    /// </summary>
    public static double[] Probabilities(IReadOnlyList<(int First, int Second)> pairs, double[] logOdds, int rows, StandOut groups)
    {
        var (better, grouped) = (new double[rows], new double[rows]);
        var result = new double[pairs.Count];
        foreach (var i in Order(pairs.Count, logOdds))
        {
            var (first, second) = pairs[i];
            var odds = Math.Exp(Math.Min(MaxLogOdds, logOdds[i]));
            var (inFirst, inSecond) = (groups.InGroupOfFirst[i], groups.InGroupOfSecond[i]);
            var against = Math.Max(better[first] + (inFirst ? 0 : grouped[first]), better[second] + (inSecond ? 0 : grouped[second]));
            result[i] = odds / (1 + odds + against);
            (inFirst ? grouped : better)[first] += odds;
            (inSecond ? grouped : better)[second] += odds;
        }

        return result;
    }

    /// <summary>The best pairs first, each row once.</summary>
    public static IEnumerable<int> OneToOne(IReadOnlyList<(int First, int Second)> pairs, double[] scores, int rows)
    {
        var taken = new bool[rows];
        foreach (var i in Order(pairs.Count, scores))
        {
            if (!taken[pairs[i].First] && !taken[pairs[i].Second])
            {
                taken[pairs[i].First] = taken[pairs[i].Second] = true;
                yield return i;
            }
        }
    }

    static int[] Order(int count, double[] scores)
    {
        var order = Enumerable.Range(0, count).ToArray();
        Array.Sort(order, (a, b) => scores[a] != scores[b] ? scores[b].CompareTo(scores[a]) : a.CompareTo(b));
        return order;
    }
}
