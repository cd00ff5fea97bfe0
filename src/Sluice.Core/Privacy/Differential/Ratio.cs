using System.Numerics;

namespace Sluice.Privacy.Differential;

/// <summary>An exact fraction, not negative. Noise made from floating-point numbers gives away what it hides (Mironov 2012).</summary>
/// <param name="Over">Numerator.</param>
/// <param name="Under">Denominator, above 0.</param>
public readonly record struct Ratio(BigInteger Over, BigInteger Under)
{
    /// <summary>A decimal number as it is written.</summary>
    public static Ratio Of(decimal value)
    {
        var bits = decimal.GetBits(value);
        var whole = (new BigInteger((uint)bits[2]) << 64) + (new BigInteger((uint)bits[1]) << 32) + (uint)bits[0];
        return new Ratio(whole, BigInteger.Pow(10, (bits[3] >> 16) & 0xFF));
    }

    public static Ratio operator *(Ratio left, Ratio right) => new(left.Over * right.Over, left.Under * right.Under);

    public static Ratio operator /(Ratio left, Ratio right) => new(left.Over * right.Under, left.Under * right.Over);
}
