namespace Sluice.Matching;

/// <summary>
/// Whether some rows have a candidate that stands out from their others, as matches do. Without matches a row's candidates are the upper end of one
/// distribution; there the gaps between neighbours, each times its place, are all of one exponential distribution (Rényi 1953). So the first gap in units of
/// the next six has a known distribution, and a share of large ones above it is evidence that there are matches. Without that, a model that is told to find
/// some would find chance.
/// </summary>
static class StandOut
{
    const int Gaps = 6, MinRows = 20;
    const double Large = 12, Times = 4, Errors = 3;

    /// <param name="rows">Number of rows.</param>
    /// <param name="pairs">Candidates.</param>
    /// <param name="scores">A score of each.</param>
    public static bool IsSeen(int rows, IReadOnlyList<(int First, int Second)> pairs, double[] scores)
    {
        var own = new List<double>?[rows];
        for (var i = 0; i < pairs.Count; i++)
        {
            (own[pairs[i].First] ??= []).Add(scores[i]);
            (own[pairs[i].Second] ??= []).Add(scores[i]);
        }

        var judged = own.OfType<List<double>>().Where(s => s.Count > Gaps + 1).ToList();
        var large = judged.Count(s => Ratio([.. s.OrderDescending().Take(Gaps + 2)]) > Large);
        var byChance = Math.Pow(1 + (Large / Gaps), -Gaps);
        return judged.Count >= MinRows && (double)large / judged.Count > (Times * byChance) + (Errors * Math.Sqrt(byChance / judged.Count));
    }

    static double Ratio(double[] best)
    {
        double mean = 0;
        for (var i = 1; i <= Gaps; i++)
        {
            mean += (i + 1) * (best[i] - best[i + 1]) / Gaps;
        }

        return (best[0] - best[1]) / (mean + 1e-9);
    }
}
