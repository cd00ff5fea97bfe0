namespace Sluice.Profiles;

/// <summary>Tails of the distributions that differences are judged by.</summary>
static class Probability
{
    /// <summary>Chance that a χ² variable is at least so large.</summary>
    public static double ChiSquareTail(double value, double degrees) => value <= 0 ? 1 : GammaTail(degrees / 2, value / 2);

    /// <summary>Chance that a normal variable is at least so far from 0 on either side.</summary>
    public static double NormalTails(double deviations) => ChiSquareTail(deviations * deviations, 1);

    /// <summary>Clopper–Pearson upper limit, one-sided: the share at which so few hits in the sample would have probability 1 − confidence.</summary>
    public static double UpperShare(long hits, long sampled, double confidence)
    {
        if (sampled == 0)
        {
            return 1;
        }

        var (low, high) = ((double)hits / sampled, 1.0);
        for (var step = 0; step < 60; step++)
        {
            var middle = (low + high) / 2;
            (low, high) = AtMost(hits, sampled, middle) > 1 - confidence ? (middle, high) : (low, middle);
        }

        return high;
    }

    static double AtMost(long hits, long sampled, double share)
    {
        var term = sampled * Math.Log(1 - share);
        var sum = Math.Exp(term);
        for (long k = 1; k <= hits; k++)
        {
            term += Math.Log((double)(sampled - k + 1) / k) + Math.Log(share / (1 - share));
            sum += Math.Exp(term);
        }

        return sum;
    }

    // Regularised upper incomplete gamma function: series below, continued fraction (Lentz) above (Numerical Recipes 6.2).
    static double GammaTail(double shape, double value)
    {
        var factor = Math.Exp(-value + (shape * Math.Log(value)) - LogGamma(shape));
        if (value < shape + 1)
        {
            var (term, sum) = (1 / shape, 1 / shape);
            for (var n = 1; n < 100_000 && term > sum * 1e-16; n++)
            {
                term *= value / (shape + n);
                sum += term;
            }

            return Math.Clamp(1 - (sum * factor), 0, 1);
        }

        const double Tiny = 1e-300;
        var b = value + 1 - shape;
        var (c, d) = (1 / Tiny, 1 / b);
        var fraction = d;
        for (var n = 1; n < 100_000; n++)
        {
            var a = -n * (n - shape);
            b += 2;
            d = 1 / NotZero((a * d) + b);
            c = NotZero(b + (a / c));
            fraction *= d * c;
            if (Math.Abs((d * c) - 1) < 1e-15)
            {
                break;
            }
        }

        return Math.Clamp(fraction * factor, 0, 1);

        static double NotZero(double x) => Math.Abs(x) < Tiny ? Tiny : x;
    }

    // Stirling's series; small arguments are raised first.
    static double LogGamma(double x)
    {
        var shift = 0.0;
        for (; x < 12; x++)
        {
            shift -= Math.Log(x);
        }

        var inverse = 1 / (x * x);
        return shift + ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI)) + ((1.0 / 12 - (inverse * (1.0 / 360 - (inverse * (1.0 / 1260 - (inverse / 1680)))))) / x);
    }
}
