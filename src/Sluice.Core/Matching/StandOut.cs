namespace Sluice.Matching;

/// <summary>
/// Which candidates of a row stand out from its others, as matches do. Without matches a row's candidates are the upper end of one distribution; there the gaps
/// between neighbours, each times its place, are all of one exponential distribution (Rényi 1953). So a gap in units of the next six has a known distribution,
/// and a share of large first gaps above it is evidence that there are matches. Without that, a model that is told to find some would find chance.
/// </summary>
sealed class StandOut
{
    const int Gaps = 6, MinRows = 20, MaxGroup = 4;
    const double Large = 12, Times = 4, Errors = 3, Close = 0.25;

    StandOut(bool isSeen, bool[] firstGroup, bool[] secondGroup) => (IsSeen, InGroupOfFirst, InGroupOfSecond) = (isSeen, firstGroup, secondGroup);

    /// <summary>Whether more rows than by chance have a candidate that stands out.</summary>
    public bool IsSeen { get; }

    /// <summary>Of each pair, whether it is one of several that stand out together for its first row: such partners do not compete.</summary>
    public bool[] InGroupOfFirst { get; }

    /// <summary>The same for its second row.</summary>
    public bool[] InGroupOfSecond { get; }

    /// <param name="rows">Number of rows.</param>
    /// <param name="pairs">Candidates.</param>
    /// <param name="scores">A score of each.</param>
    public static StandOut Of(int rows, IReadOnlyList<(int First, int Second)> pairs, double[] scores)
    {
        var own = new List<int>?[rows];
        for (var i = 0; i < pairs.Count; i++)
        {
            (own[pairs[i].First] ??= []).Add(i);
            (own[pairs[i].Second] ??= []).Add(i);
        }

        var (firstGroup, secondGroup) = (new bool[pairs.Count], new bool[pairs.Count]);
        var (judged, large) = (0, 0);
        for (var row = 0; row < rows; row++)
        {
            if (own[row] is not { Count: > Gaps + 1 } candidates)
            {
                continue;
            }

            candidates.Sort((a, b) => scores[a] != scores[b] ? scores[b].CompareTo(scores[a]) : a.CompareTo(b));
            judged++;
            large += IsLarge(candidates, scores, 1) ? 1 : 0;
            var group = Enumerable.Range(1, MaxGroup).FirstOrDefault(place => IsLarge(candidates, scores, place) && IsClose(candidates, scores, place));
            foreach (var pair in group > 1 ? candidates.Take(group) : [])
            {
                firstGroup[pair] |= pairs[pair].First == row;
                secondGroup[pair] |= pairs[pair].Second == row;
            }
        }

        var byChance = Math.Pow(1 + (Large / Gaps), -Gaps);
        var isSeen = judged >= MinRows && (double)large / judged > (Times * byChance) + (Errors * Math.Sqrt(byChance / judged));
        return new StandOut(isSeen, firstGroup, secondGroup);
    }

    // Partners of one row are alike; a partner and what merely resembles it are not.
    static bool IsClose(List<int> sorted, double[] scores, int place) =>
        scores[sorted[0]] - scores[sorted[place - 1]] <= Close * (scores[sorted[place - 1]] - scores[sorted[place]]);

    // Whether the gap after the candidate at a place, from 1, is large beside those that follow.
    static bool IsLarge(List<int> sorted, double[] scores, int place)
    {
        if (sorted.Count <= place + Gaps)
        {
            return false;
        }

        double mean = 0;
        for (var i = place + 1; i <= place + Gaps; i++)
        {
            mean += i * (scores[sorted[i - 1]] - scores[sorted[i]]) / Gaps;
        }

        return place * (scores[sorted[place - 1]] - scores[sorted[place]]) > Large * (mean + 1e-9);
    }
}
