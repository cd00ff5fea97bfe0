namespace Sluice.Llm;

/// <summary>A number that is not known, and the bounds of a 90 % interval.</summary>
public sealed record Estimate(double Value, double Low, double High)
{
    /// <summary>A number that is known.</summary>
    internal static Estimate Exactly(double value) => new(value, value, value);

    /// <summary>The sum of two whose errors have nothing to do with each other: these add up as squares.</summary>
    public static Estimate operator +(Estimate left, Estimate right)
    {
        var value = left.Value + right.Value;
        return new(value, value - double.Hypot(left.Value - left.Low, right.Value - right.Low), value + double.Hypot(left.High - left.Value, right.High - right.Value));
    }

    /// <summary>The sum of two whose errors go together, as more questions read more and write more.</summary>
    internal Estimate Along(Estimate other) => new(Value + other.Value, Low + other.Low, High + other.High);

    internal Estimate Times(double factor) => factor == 0 ? Exactly(0) : new(Value * factor, Low * factor, High * factor);

    /// <summary>The same with no bound beyond what is possible.</summary>
    internal Estimate Within(double least, double most) => new(Math.Clamp(Value, least, most), Math.Clamp(Low, least, most), Math.Clamp(High, least, most));

    /// <summary>The sum over elements that were not seen, of a population from which others were drawn.</summary>
    internal static Estimate OfRest(IReadOnlyList<double> seen, long rest) => OfRest(seen, rest, rest);

    /// <summary>The same, where elements have weights.</summary>
    /// <param name="seen">What was seen, without weights.</param>
    /// <param name="rest">Sum of the weights of elements that were not seen.</param>
    /// <param name="squares">Sum of their squares.</param>
    internal static Estimate OfRest(IReadOnlyList<double> seen, double rest, double squares)
    {
        if (rest == 0 || seen.Count == 0)
        {
            return new Estimate(0, 0, rest == 0 ? 0 : double.PositiveInfinity);
        }

        var mean = seen.Average();
        return Around(mean * rest, [.. seen.Select(y => y - mean)], seen.Count - 1, Math.Sqrt((rest * rest / seen.Count) + squares));
    }

    /// <summary>The same, where something is known of all elements that goes along with what is asked: a line through those that were seen is followed to the mean of the others.</summary>
    /// <param name="seen">What is known of an element, and what was asked.</param>
    /// <param name="rest">Elements that were not seen.</param>
    /// <param name="known">Mean of what is known of these.</param>
    internal static Estimate OfRest(IReadOnlyList<(double X, double Y)> seen, long rest, double known)
    {
        var (meanX, meanY) = seen.Count == 0 ? (0, 0) : (seen.Average(s => s.X), seen.Average(s => s.Y));
        var spread = seen.Sum(s => (s.X - meanX) * (s.X - meanX));

        // A line that few points bear says less than their mean.
        if (rest == 0 || seen.Count < 10 || spread == 0)
        {
            return OfRest([.. seen.Select(s => s.Y)], rest);
        }

        var slope = seen.Sum(s => (s.X - meanX) * (s.Y - meanY)) / spread;
        var way = known - meanX;
        return Around(
            (meanY + (slope * way)) * rest, [.. seen.Select(s => s.Y - meanY - (slope * (s.X - meanX)))], seen.Count - 2,
            rest * Math.Sqrt((1.0 / seen.Count) + (1.0 / rest) + (way * way / spread)));
    }

    /// <summary>
    /// Student's interval on a scale on which skewed errors are not (Hall, On the removal of skewness by transformation, 1992): costs of rows mostly have a long tail, of which a small
    /// sample sees too little.
    /// </summary>
    /// <param name="value">The estimate.</param>
    /// <param name="errors">Errors of what was seen.</param>
    /// <param name="degrees">Of freedom.</param>
    /// <param name="times">Errors of the estimate, in standard deviations of one element.</param>
    static Estimate Around(double value, IReadOnlyList<double> errors, int degrees, double times)
    {
        if (degrees < 1)
        {
            return new Estimate(value, 0, double.PositiveInfinity);
        }

        var squares = errors.Sum(e => e * e);
        if (squares == 0)
        {
            return Exactly(value);
        }

        var skewness = errors.Sum(e => e * e * e) / errors.Count / Math.Pow(squares / errors.Count, 1.5) / Math.Sqrt(errors.Count);
        var error = Math.Sqrt(squares / degrees) * times;
        var t = StudentAt95(degrees);
        return new Estimate(value, value - (error * Unskewed(t)), value - (error * Unskewed(-t)));

        double Unskewed(double x) => Math.Abs(skewness) < 1e-9 ? x : 3 / skewness * (Math.Cbrt(1 + (skewness * (x - (skewness / 6)))) - 1);
    }

    // Quantile 0.95 of Student's distribution (Abramowitz and Stegun 26.7.5), within 1 % from 3 degrees of freedom on; the exact values before.
    internal static double StudentAt95(int degrees)
    {
        const double z = 1.6448536;
        return degrees switch
        {
            1 => 6.3138,
            2 => 2.92,
            _ => z + (((z * z * z) + z) / (4 * degrees)) + (((5 * Math.Pow(z, 5)) + (16 * z * z * z) + (3 * z)) / (96.0 * degrees * degrees)),
        };
    }
}
