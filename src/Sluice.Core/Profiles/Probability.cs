namespace Sluice.Profiles;

/// <summary>Tails of the distributions that differences are judged by.</summary>
static class Probability
{
    /// <summary>Chance that a χ² variable is at least so large.</summary>
    public static double ChiSquareTail(double value, double degrees) => value <= 0 ? 1 : GammaTail(degrees / 2, value / 2);

    /// <summary>Chance that a normal variable is at least so far from 0 on either side.</summary>
    public static double NormalTails(double deviations) => ChiSquareTail(deviations * deviations, 1);

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
