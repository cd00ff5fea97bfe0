namespace Sluice.Bench.Quality;

/// <summary>One scored record.</summary>
/// <param name="Score">What the detector gave.</param>
/// <param name="Weight">What NAB gives for calling it an anomaly.</param>
/// <param name="Window">Window it is in, or null.</param>
sealed record NabPoint(double Score, double Weight, string? Window);

/// <summary>
/// The score of the Numenta Anomaly Benchmark (Lavin, Ahmad 2015), standard profile: 1 for a window found, more the earlier in it, −1 for one
/// missed, −0.11 for a false alarm, less right after a window. The first 15 % of a series (of 5,000 records at most) are not scored.
/// As NAB does for every detector on its board, one threshold is taken for the whole corpus, the one with the best score; that is scaled
/// so that finding nothing is 0 and finding every window at once is 100.
/// </summary>
static class NabScore
{
    const double FalseAlarm = 0.11, Missed = 1, Probation = 0.15;

    /// <param name="name">Names the series.</param>
    /// <param name="scores">One a record.</param>
    /// <param name="windows">First and last record of each labelled window, in order.</param>
    public static IEnumerable<NabPoint> Points(string name, IReadOnlyList<double> scores, IReadOnlyList<(int First, int Last)> windows)
    {
        var skipped = (int)Math.Ceiling(Math.Min(Math.Floor(Probation * scores.Count), Probation * 5000));
        for (var i = 0; i < scores.Count; i++)
        {
            var inside = windows.FirstOrDefault(w => w.First <= i && i <= w.Last, (First: -1, Last: -1));
            var before = windows.LastOrDefault(w => w.Last < i, (First: -1, Last: -1));
            if (i < skipped)
            {
                continue;
            }

            if (inside.First >= 0)
            {
                var (first, last) = inside;
                yield return new NabPoint(scores[i], Sigmoid(-(last - i + 1.0) / (last - first + 1)) / Sigmoid(-1), $"{name}|{first}");
            }
            else
            {
                var past = before.First < 0 ? 3 : (i - before.Last) / (double)(before.Last - before.First);
                yield return new NabPoint(scores[i], FalseAlarm * Sigmoid(past), null);
            }
        }
    }

    /// <summary>The score at a given threshold, on the scale to 100.</summary>
    public static double At(IReadOnlyList<NabPoint> points, double threshold)
    {
        var found = points.Where(p => p.Window is not null).GroupBy(p => p.Window)
            .Select(w => w.Where(p => p.Score >= threshold).Select(p => p.Weight).DefaultIfEmpty(-Missed).Max()).ToList();
        var alarms = points.Where(p => p.Window is null && p.Score >= threshold).Sum(p => p.Weight);
        return 100 * (found.Sum() + alarms + (Missed * found.Count)) / ((1 + Missed) * found.Count);
    }

    /// <returns>The score on the scale to 100, and the threshold.</returns>
    public static (double Score, double Threshold) Best(IReadOnlyList<NabPoint> points)
    {
        var found = points.Where(p => p.Window is not null).Select(p => p.Window!).Distinct().ToDictionary(w => w, _ => -Missed);
        var (sum, alarms, best, threshold) = (-Missed * found.Count, 0.0, -Missed * found.Count, double.PositiveInfinity);
        foreach (var level in points.GroupBy(p => p.Score).OrderByDescending(g => g.Key))
        {
            foreach (var point in level)
            {
                if (point.Window is null)
                {
                    alarms += point.Weight;
                }
                else if (point.Weight > found[point.Window])
                {
                    sum += point.Weight - found[point.Window];
                    found[point.Window] = point.Weight;
                }
            }

            (best, threshold) = sum + alarms > best ? (sum + alarms, level.Key) : (best, threshold);
        }

        return (100 * (best + (Missed * found.Count)) / ((1 + Missed) * found.Count), threshold);
    }

    // 0.98661 at the left edge of a window, 0 at its right edge, −1 far behind.
    static double Sigmoid(double position) => position >= 3 ? -1 : (2 / (1 + Math.Exp(5 * position))) - 1;
}
