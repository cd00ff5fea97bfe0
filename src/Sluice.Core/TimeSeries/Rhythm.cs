namespace Sluice.TimeSeries;

/// <summary>
/// How far the series is from where it was at the same phase of earlier rounds of its rhythm, where it has one: the lag with the highest
/// autocorrelation, looked for again whenever the series has grown by a tenth.
/// </summary>
sealed class Rhythm(Recent series, int width)
{
    const int MinPeriod = 12, MaxPeriod = 600, FirstLook = 200, Rounds = 7;
    const double LeastCorrelation = 0.3;
    long seen, nextLook = FirstLook;

    public int Period { get; private set; }

    public double Next()
    {
        if (++seen >= nextLook)
        {
            Period = Find();
            nextLook = Math.Max(seen + 50, (long)(seen * 1.1));
        }

        if (Period == 0)
        {
            return 0;
        }

        // A rhythm is not exact to the step: the nearest of the phases around counts.
        var (now, best, slack) = (series.Mean(0, width), double.PositiveInfinity, Math.Max(1, Period / 24));
        for (var round = 1; round <= Rounds; round++)
        {
            for (var shift = -slack; shift <= slack && (round * Period) + shift + width <= series.Count; shift++)
            {
                best = Math.Min(best, Math.Abs(series.Mean((round * Period) + shift, width) - now));
            }
        }

        return double.IsFinite(best) ? best : 0;
    }

    int Find()
    {
        var (count, longest) = (series.Count, Math.Min(series.Count / 3, MaxPeriod));
        var values = new double[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = series[i];
        }

        var mean = values.Average();
        var variance = values.Sum(v => (v - mean) * (v - mean)) / count;
        var correlation = new double[longest + 2];
        for (var lag = 1; lag < correlation.Length && variance > 0 && double.IsFinite(variance); lag++)
        {
            var sum = 0.0;
            for (var i = lag; i < count; i++)
            {
                sum += (values[i] - mean) * (values[i - lag] - mean);
            }

            correlation[lag] = sum / (count - lag) / variance;
        }

        // A slow series resembles itself at short lags: a peak counts only after a valley.
        var (best, most, valley) = (0, LeastCorrelation, false);
        for (var lag = MinPeriod; lag <= longest; lag++)
        {
            valley |= correlation[lag] < LeastCorrelation / 3;
            if (valley && correlation[lag] > most && correlation[lag] >= correlation[lag - 1] && correlation[lag] >= correlation[lag + 1])
            {
                (best, most) = (lag, correlation[lag]);
            }
        }

        return best;
    }
}
