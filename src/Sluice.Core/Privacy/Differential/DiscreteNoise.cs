using System.Numerics;
using System.Security.Cryptography;

namespace Sluice.Privacy.Differential;

/// <summary>
/// Exact samples of the discrete Laplace and Gaussian distributions: Canonne, Kamath and Steinke, "The Discrete Gaussian for Differential Privacy"
/// (2020), algorithms 1 to 3, over whole numbers alone. Randomness is that of the operating system.
/// </summary>
public static class DiscreteNoise
{
    /// <summary>A whole number x with probability in proportion to e^(−|x| / scale).</summary>
    public static BigInteger Laplace(Ratio scale)
    {
        while (true)
        {
            var part = Below(scale.Over);
            if (!Exponential(new Ratio(part, scale.Over)))
            {
                continue;
            }

            BigInteger whole = 0;
            while (Exponential(new Ratio(1, 1)))
            {
                whole++;
            }

            var size = (part + (scale.Over * whole)) / scale.Under;
            var negative = Below(2).IsOne;
            if (!negative || !size.IsZero)
            {
                return negative ? -size : size;
            }
        }
    }

    /// <summary>A whole number x with probability in proportion to e^(−x² / (2 · variance)).</summary>
    public static BigInteger Gaussian(Ratio variance)
    {
        var step = Root(variance.Over / variance.Under) + 1;
        while (true)
        {
            var candidate = Laplace(new Ratio(step, 1));

            // (|x| − v/t)² / 2v with v = a/b: (|x|·t·b − a)² / (2·a·b·t²).
            var distance = (BigInteger.Abs(candidate) * step * variance.Under) - variance.Over;
            if (Exponential(new Ratio(distance * distance, 2 * variance.Over * variance.Under * step * step)))
            {
                return candidate;
            }
        }
    }

    /// <summary>True with probability e^(−power).</summary>
    internal static bool Exponential(Ratio power)
    {
        for (var whole = power.Over / power.Under; whole > 0; whole--)
        {
            if (!Small(new Ratio(1, 1)))
            {
                return false;
            }
        }

        return Small(new Ratio(power.Over % power.Under, power.Under));

        // For powers up to 1: the parity of the first of a row of coins with heads at power/1, power/2, … that shows tails.
        static bool Small(Ratio power)
        {
            var count = 1;
            while (Below(power.Under * count) < power.Over)
            {
                count++;
            }

            return count % 2 == 1;
        }
    }

    /// <summary>A whole number from 0 to limit − 1, all equally likely.</summary>
    internal static BigInteger Below(BigInteger limit)
    {
        Span<byte> bytes = stackalloc byte[limit.GetByteCount(isUnsigned: true)];
        var spare = (int)((bytes.Length * 8L) - (long)limit.GetBitLength());
        while (true)
        {
            RandomNumberGenerator.Fill(bytes);
            bytes[^1] &= (byte)(0xFF >> spare);
            var number = new BigInteger(bytes, isUnsigned: true);
            if (number < limit)
            {
                return number;
            }
        }
    }

    static BigInteger Root(BigInteger value)
    {
        var root = (BigInteger)Math.Sqrt((double)value);
        while (root * root > value)
        {
            root--;
        }

        while ((root + 1) * (root + 1) <= value)
        {
            root++;
        }

        return root;
    }
}
