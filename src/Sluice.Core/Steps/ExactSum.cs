using System.Numerics;

namespace Sluice.Steps;

/// <summary>
/// The exact sum of doubles, whatever their order: a long accumulator over the whole exponent range (Kulisch), so that sums can be
/// merged in any order and give the same bytes. Rounded once, at the end, to nearest even.
/// </summary>
public sealed class ExactSum
{
    // Limb i weighs 2^(32·i − 1074); 2046 exponent steps and 53 bits of mantissa need 66 limbs, the rest is room for carries.
    const int Limbs = 70;
    const int Bias = 1074;
    const long CarryEvery = 1L << 30;
    readonly long[] limbs = new long[Limbs];
    long pending;
    long positiveInfinities, negativeInfinities, nans;

    public void Add(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)(bits >> 52) & 0x7FF;
        var mantissa = bits & 0xFFFFFFFFFFFFF;
        if (exponent == 0x7FF)
        {
            AddSpecial(mantissa, bits);
            return;
        }

        if (exponent == 0)
        {
            exponent = 1;
        }
        else
        {
            mantissa |= 1L << 52;
        }

        var position = exponent - 1;
        var limb = position >> 5;
        var shifted = (UInt128)(ulong)mantissa << (position & 31);
        long low = (uint)shifted, middle = (uint)(shifted >> 32), high = (uint)(shifted >> 64);
        if (bits < 0)
        {
            (low, middle, high) = (-low, -middle, -high);
        }

        limbs[limb] += low;
        limbs[limb + 1] += middle;
        limbs[limb + 2] += high;
        if (++pending == CarryEvery)
        {
            Carry();
        }
    }

    /// <summary>Adds value² without rounding (as two doubles), for second moments.</summary>
    public void AddSquare(double value) => AddProduct(value, value);

    /// <summary>Adds left · right without rounding (as two doubles), for mixed moments.</summary>
    public void AddProduct(double left, double right)
    {
        var product = left * right;
        Add(product);
        if (double.IsFinite(product))
        {
            Add(Math.FusedMultiplyAdd(left, right, -product));
        }
    }

    public void Add(ExactSum other)
    {
        Carry();
        other.Carry();
        for (var i = 0; i < Limbs; i++)
        {
            limbs[i] += other.limbs[i];
        }

        positiveInfinities += other.positiveInfinities;
        negativeInfinities += other.negativeInfinities;
        nans += other.nans;
        Carry();
    }

    /// <summary>The sum rounded to the nearest double; NaN or an infinity when such were added.</summary>
    public double Value
    {
        get
        {
            if (nans > 0 || (positiveInfinities > 0 && negativeInfinities > 0))
            {
                return double.NaN;
            }

            if (positiveInfinities + negativeInfinities > 0)
            {
                return positiveInfinities > 0 ? double.PositiveInfinity : double.NegativeInfinity;
            }

            return Round(Total(), -Bias);
        }
    }

    /// <summary>
    /// Population standard deviation from the sum of values and that of their squares. The difference n·Σx² − (Σx)² is taken exactly
    /// and rounded once, so a large mean does not cancel a small deviation. NaN without values or when some were not finite.
    /// </summary>
    public static double Deviation(ExactSum sum, ExactSum squares, long count)
    {
        if (count == 0 || !double.IsFinite(sum.Value) || !double.IsFinite(squares.Value))
        {
            return double.NaN;
        }

        // Both totals are in units of 2^-Bias: the first product is lifted to those of the second, 2^(-2·Bias).
        var total = sum.Total();
        var difference = ((squares.Total() * count) << Bias) - (total * total);
        return difference.Sign <= 0 ? 0 : Math.Sqrt(Round(difference, -2 * Bias)) / count;
    }

    /// <summary>
    /// Population covariance from the sums of both and that of their products, exact but for one rounding. NaN without values or when some
    /// were not finite.
    /// </summary>
    public static double Covariance(ExactSum left, ExactSum right, ExactSum products, long count)
    {
        if (count == 0 || !double.IsFinite(left.Value) || !double.IsFinite(right.Value) || !double.IsFinite(products.Value))
        {
            return double.NaN;
        }

        return Round(((products.Total() * count) << Bias) - (left.Total() * right.Total()), -2 * Bias) / count / count;
    }

    public void Write(BinaryWriter writer)
    {
        Carry();
        foreach (var limb in limbs)
        {
            writer.Write7BitEncodedInt64(limb);
        }

        writer.Write7BitEncodedInt64(positiveInfinities);
        writer.Write7BitEncodedInt64(negativeInfinities);
        writer.Write7BitEncodedInt64(nans);
    }

    public void Read(BinaryReader reader)
    {
        for (var i = 0; i < Limbs; i++)
        {
            limbs[i] = reader.Read7BitEncodedInt64();
        }

        positiveInfinities = reader.Read7BitEncodedInt64();
        negativeInfinities = reader.Read7BitEncodedInt64();
        nans = reader.Read7BitEncodedInt64();
    }

    void AddSpecial(long mantissa, long bits)
    {
        if (mantissa != 0)
        {
            nans++;
        }
        else if (bits > 0)
        {
            positiveInfinities++;
        }
        else
        {
            negativeInfinities++;
        }
    }

    // Leaves every limb but the last in [0, 2^32): one form for one number, so that equal sums write equal bytes.
    void Carry()
    {
        pending = 0;
        var carry = 0L;
        for (var i = 0; i < Limbs - 1; i++)
        {
            var value = limbs[i] + carry;
            carry = value >> 32;
            limbs[i] = value & 0xFFFFFFFF;
        }

        limbs[Limbs - 1] += carry;
    }

    BigInteger Total()
    {
        Carry();

        // Most sums have a few limbs: those below are 0, and those above only repeat the sign, 0 or -1.
        var (from, to, repeated) = (0, Limbs - 1, limbs[Limbs - 1] < 0 ? uint.MaxValue : 0L);
        while (from < to && limbs[from] == 0)
        {
            from++;
        }

        var total = new BigInteger(limbs[to]);
        if (limbs[to] is 0 or -1)
        {
            while (to > from && limbs[to - 1] == repeated)
            {
                to--;
            }
        }

        for (var i = to - 1; i >= from; i--)
        {
            total = (total << 32) + limbs[i];
        }

        return total << (32 * from);
    }

    static double Round(BigInteger total, int exponent)
    {
        if (total.IsZero)
        {
            return 0;
        }

        var magnitude = BigInteger.Abs(total);
        var length = (int)magnitude.GetBitLength();
        var drop = Math.Max(0, length - 53);
        var kept = magnitude >> drop;
        if (drop > 0)
        {
            var rest = magnitude - (kept << drop);
            var half = BigInteger.One << (drop - 1);
            if (rest > half || (rest == half && !kept.IsEven))
            {
                kept++;
            }
        }

        var value = Math.ScaleB((double)(ulong)kept, drop + exponent);
        return total.Sign < 0 ? -value : value;
    }
}
