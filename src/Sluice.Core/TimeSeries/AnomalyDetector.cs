namespace Sluice.TimeSeries;

/// <summary>
/// Scores a stream of numbers as it comes, each by those before it, with one configuration for every series. Several views ask how new the
/// newest value is: the value, its jump, the level and the spread of the last values, and the place in the rhythm. Each
/// view is compared with its own past, so that the score is a rarity, −log10 of a probability, and views can be compared; the most
/// surprised one counts, and is compared with its past once more. After an alarm only greater surprises are reported for a while: one alarm an anomaly.
/// </summary>
public sealed class AnomalyDetector
{
    const int Memory = 5_000, Window = 24, Neighbours = 1, MinRest = 100;

    // After an alarm, another must be three times as rare.
    const double RestShare = 0.04, Alarming = 1.5, Rise = 0.5;

    // Largest number that is worked with: squares of differences must not overflow.
    const double Largest = 1e100;

    readonly Recent series = new(Memory);
    readonly NearestValue value = new(Neighbours, Memory, gap: 0), jump = new(Neighbours, Memory, gap: 0);
    readonly NearestValue level = new(Neighbours, Memory, gap: Window), spread = new(Neighbours, Memory, gap: Window);
    readonly TailProbability[] views = [.. Enumerable.Range(0, 5).Select(_ => new TailProbability(Memory))];
    readonly TailProbability overall = new(Memory);
    readonly Rhythm rhythm;
    long seen, restsUntil;
    double alarm;

    public AnomalyDetector() => rhythm = new Rhythm(series, Window / 4);

    /// <summary>The rarity of the next value, 0 while there is nothing to compare with and while an alarm is on. NaN is not a value.</summary>
    public double Next(double next)
    {
        series.Add(Math.Clamp(next, -Largest, Largest));
        seen++;
        var surprise = 0.0;
        var newness = Newness();
        for (var view = 0; view < newness.Length; view++)
        {
            surprise = Math.Max(surprise, views[view].Next(newness[view]));
        }

        return Rested(overall.Next(surprise));
    }

    double[] Newness()
    {
        var now = series[0];
        var newness = new double[5];
        newness[0] = value.Next(now);
        newness[1] = series.Count > 1 ? jump.Next(now - series[1]) : 0;
        if (series.Count > Window)
        {
            var mean = series.Mean(0, Window);
            var squares = 0.0;
            for (var i = 0; i < Window; i++)
            {
                squares += (series[i] - mean) * (series[i] - mean);
            }

            newness[2] = level.Next(mean);
            newness[3] = spread.Next(Math.Log(1e-9 + Math.Sqrt(squares / Window)));
        }

        newness[4] = rhythm.Next();
        return newness;
    }

    double Rested(double rarity)
    {
        if (seen <= restsUntil && rarity <= alarm + Rise)
        {
            return 0;
        }

        if (rarity > Alarming)
        {
            (alarm, restsUntil) = (rarity, seen + Math.Max(MinRest, (long)(RestShare * Math.Min(seen, Memory))));
        }

        return rarity;
    }
}
