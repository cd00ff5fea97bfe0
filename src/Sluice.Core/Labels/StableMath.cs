namespace Sluice.Labels;

/// <summary>
/// e^x and ln x from additions, multiplications and divisions alone, which IEEE 754 rounds alike everywhere: those of the system differ in the
/// last bit from one C library to the next, and a model that is trained in a hundred steps would then differ from machine to machine.
/// </summary>
static class StableMath
{
    // ln 2 in two parts: the first has so few bits that its products with small whole numbers are exact.
    const double LnHigh = 0.693147180369123816490, LnLow = 1.90821492927058770002e-10, PerLn = 1.44269504088896338700;

    /// <summary>Right to about 15 digits; the argument is held within ±700.</summary>
    public static double Exp(double x)
    {
        x = Math.Clamp(x, -700, 700);
        var power = Math.Floor((x * PerLn) + 0.5);
        var rest = x - (power * LnHigh) - (power * LnLow);
        var sum = 1.0;
        for (var term = 13; term >= 1; term--)
        {
            sum = 1 + (rest / term * sum);
        }

        return Math.ScaleB(sum, (int)power);
    }

    /// <summary>Natural logarithm of a normal positive number.</summary>
    public static double Log(double x)
    {
        var exponent = Math.ILogB(x);
        var mantissa = Math.ScaleB(x, -exponent);
        if (mantissa > 1.4142135623730951)
        {
            (mantissa, exponent) = (mantissa / 2, exponent + 1);
        }

        // ln m = 2 artanh((m - 1) / (m + 1)).
        var s = (mantissa - 1) / (mantissa + 1);
        var square = s * s;
        var sum = 0.0;
        for (var term = 21; term >= 1; term -= 2)
        {
            sum = (sum * square) + (1.0 / term);
        }

        return (exponent * LnHigh) + ((2 * s * sum) + (exponent * LnLow));
    }

    /// <summary>Scores as chances that add up to 1.</summary>
    public static void Softmax(ReadOnlySpan<double> scores, Span<double> chances)
    {
        var largest = double.NegativeInfinity;
        foreach (var score in scores)
        {
            largest = Math.Max(largest, score);
        }

        var total = 0.0;
        for (var i = 0; i < scores.Length; i++)
        {
            chances[i] = Exp(scores[i] - largest);
            total += chances[i];
        }

        for (var i = 0; i < scores.Length; i++)
        {
            chances[i] /= total;
        }
    }
}
