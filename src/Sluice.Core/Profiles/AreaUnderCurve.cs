namespace Sluice.Profiles;

/// <summary>How often a score is higher in a second group than in a first (area under the ROC curve), and how likely chance alone would have it so high (Mann, Whitney 1947).</summary>
/// <param name="Area">0 to 1; equal scores count half.</param>
/// <param name="PValue">One-sided, by the normal approximation with its correction for ties.</param>
readonly record struct AreaUnderCurve(double Area, double PValue)
{
    public static AreaUnderCurve Of(double[] first, double[] second)
    {
        var (n, m) = ((double)first.Length, (double)second.Length);
        var all = first.Select(score => (score, IsSecond: false)).Concat(second.Select(score => (score, IsSecond: true))).OrderBy(s => s.score).ToArray();
        var (ranks, ties) = (0.0, 0.0);
        for (int from = 0, to; from < all.Length; from = to)
        {
            for (to = from + 1; to < all.Length && all[to].score == all[from].score; to++)
            {
            }

            double same = to - from;
            ties += same * ((same * same) - 1);
            ranks += all[from..to].Count(s => s.IsSecond) * (from + ((same + 1) / 2));
        }

        var wins = ranks - (m * (m + 1) / 2);
        var variance = n * m / 12 * (n + m + 1 - (ties / ((n + m) * (n + m - 1))));
        return new AreaUnderCurve(wins / (n * m), variance > 0 ? Above((wins - (n * m / 2)) / Math.Sqrt(variance)) : 1);
    }

    static double Above(double deviations) => Probability.NormalTails(deviations) / 2 is var tail && deviations > 0 ? tail : 1 - tail;
}
