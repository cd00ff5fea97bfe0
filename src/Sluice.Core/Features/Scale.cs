using Sluice.Steps;

namespace Sluice.Features;

/// <summary>What was learned of a column, and how a value is scaled with it: (value − center) / spread, or by landmarks.</summary>
/// <param name="Column">The column.</param>
/// <param name="Center">What becomes 0; NaN when there was no value to learn from: then all results are missing.</param>
/// <param name="Spread">What becomes 1; 1 for a column with one value only.</param>
/// <param name="Landmarks">For quantile: values at even shares from 0 to 1. For bins: values at which the next bin begins.</param>
/// <param name="RelativeError">How far a median or quantile may be off, as a share of it; 0 is exact.</param>
sealed record Scale(string Column, double Center, double Spread, IReadOnlyList<double>? Landmarks = null, double RelativeError = 0)
{
    readonly double[] landmarks = [.. Landmarks ?? []];

    public static Scale Of(string column, NumberSummary seen, ScaleNumericals.Options options)
    {
        var values = seen.Values;
        if (seen.Count == 0)
        {
            return new Scale(column, double.NaN, 1);
        }

        switch (options.Method)
        {
            case ScalingMethod.MinMax:
                return new Scale(column, values.Min, NotZero(values.Max - values.Min));
            case ScalingMethod.Standard:
                return new Scale(column, seen.Mean, NotZero(seen.Deviation));
            case ScalingMethod.Robust:
                return new Scale(column, values.Quantile(0.5), NotZero(values.Quantile(0.75) - values.Quantile(0.25)), null, values.RelativeError);
            case ScalingMethod.MaxAbs:
                return new Scale(column, 0, NotZero(Math.Max(Math.Abs(values.Min), Math.Abs(values.Max))));
            case ScalingMethod.Quantile:
                var count = (int)Math.Min(options.Quantiles, Math.Max(2, seen.Count));
                return new Scale(column, 0, 1, [.. Enumerable.Range(0, count).Select(i => values.Quantile((double)i / (count - 1)))], values.RelativeError);
            default:
                var byQuantile = options.BinStrategy == BinStrategy.Quantile;
                var edges = Enumerable.Range(1, options.Bins - 1).Select(i => (double)i / options.Bins)
                    .Select(share => byQuantile ? values.Quantile(share) : (values.Min * (1 - share)) + (values.Max * share));
                return new Scale(column, 0, 1, [.. edges.Distinct().Where(edge => edge > values.Min)], byQuantile ? values.RelativeError : 0);
        }
    }

    /// <summary>NaN: the result is missing.</summary>
    public double Apply(double value, ScaleNumericals.Options options) => double.IsNaN(Center) ? double.NaN : options.Method switch
    {
        ScalingMethod.Log1p => Log1p(value),
        ScalingMethod.Quantile => Share(value),
        ScalingMethod.Bins => Bin(value),
        ScalingMethod.MinMax => MinMax((value - Center) / Spread, options),
        _ => (value - Center) / Spread,
    };

    static double MinMax(double share, ScaleNumericals.Options options)
    {
        var (low, high) = (options.Range[0], options.Range[1]);
        return ((options.Clip ? Math.Clamp(share, 0, 1) : share) * (high - low)) + low;
    }

    // Exact for small values, where ln(1 + x) loses them (Kahan). −1 and below have no logarithm.
    static double Log1p(double value)
    {
        var sum = 1 + value;
        return value <= -1 ? double.NaN : sum == 1 || double.IsInfinity(value) ? value : Math.Log(sum) * value / (sum - 1);
    }

    int Bin(double value)
    {
        var at = Array.BinarySearch(landmarks, value);
        return at < 0 ? ~at : at + 1;
    }

    /// <summary>Interpolated between landmarks; a value that several landmarks have gets the middle of their shares.</summary>
    double Share(double value)
    {
        var last = landmarks.Length - 1;
        if (value < landmarks[0] || value > landmarks[last])
        {
            return value < landmarks[0] ? 0 : 1;
        }

        var at = Array.BinarySearch(landmarks, value);
        if (at < 0)
        {
            var (low, high) = (landmarks[~at - 1], landmarks[~at]);
            return (~at - 1 + ((value - low) / (high - low))) / last;
        }

        var (first, end) = (at, at);
        while (first > 0 && landmarks[first - 1] == value)
        {
            first--;
        }

        while (end < last && landmarks[end + 1] == value)
        {
            end++;
        }

        return first == 0 ? 0 : end == last ? 1 : (first + end) / 2.0 / last;
    }

    static double NotZero(double spread) => spread == 0 ? 1 : spread;
}
