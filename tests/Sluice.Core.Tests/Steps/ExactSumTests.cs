using System.Numerics;
using Sluice.Steps;

namespace Sluice.Core.Tests.Steps;

public sealed class ExactSumTests
{
    [Fact]
    public void The_sum_is_that_of_whole_numbers_of_the_smallest_unit_rounded_once_in_any_order()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var values = Enumerable.Range(0, random.Next(1, 60)).Select(_ => Finite(random)).ToArray();
            var expected = Rounded(values.Aggregate(BigInteger.Zero, (total, v) => total + Units(v)));

            var sum = Sum(values);
            random.Shuffle(values);
            var shuffled = Sum(values);

            Assert.True(expected.Equals(sum.Value), $"seed {seed}: expected {expected:R}, found {sum.Value:R}");
            Assert.Equal(Bytes(sum), Bytes(shuffled));
        }
    }

    [Fact]
    public void Parts_merge_to_the_same_bytes_in_any_order_and_through_their_bytes()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var values = Enumerable.Range(0, 200).Select(_ => Finite(random)).ToArray();
            var parts = values.Chunk(random.Next(1, 40)).Select(Sum).Select(Read).ToArray();
            random.Shuffle(parts);
            var merged = new ExactSum();
            foreach (var part in parts)
            {
                merged.Add(part);
            }

            Assert.True(Bytes(Sum(values)).AsSpan().SequenceEqual(Bytes(merged)), $"seed {seed}");
        }
    }

    [Theory]
    [InlineData(new[] { 1e100, 1.0, -1e100 }, 1.0)]
    [InlineData(new[] { double.MaxValue, double.MaxValue, -double.MaxValue }, double.MaxValue)]
    [InlineData(new[] { double.MaxValue, double.MaxValue }, double.PositiveInfinity)]
    [InlineData(new[] { double.Epsilon, double.Epsilon, -double.Epsilon }, double.Epsilon)]
    [InlineData(new[] { 2.2250738585072014E-308, -double.Epsilon }, 2.225073858507201E-308)]
    [InlineData(new[] { 9007199254740992.0, 1.0 }, 9007199254740992.0)]
    [InlineData(new[] { 9007199254740992.0, 1.0, double.Epsilon }, 9007199254740994.0)]
    [InlineData(new[] { -9007199254740992.0, -1.0, -double.Epsilon }, -9007199254740994.0)]
    [InlineData(new[] { 0.1, 0.2, -0.3 }, 2.7755575615628914E-17)]
    [InlineData(new[] { 5.0, -5.0 }, 0.0)]
    [InlineData(new double[0], 0.0)]
    public void Nothing_is_lost_where_doubles_lose_it(double[] values, double expected) => Assert.Equal(expected, Sum(values).Value);

    [Fact]
    public void Values_that_are_not_finite_count_whatever_comes_with_them()
    {
        Assert.Equal(double.PositiveInfinity, Sum([1, double.PositiveInfinity, -double.MaxValue]).Value);
        Assert.Equal(double.NegativeInfinity, Sum([double.NegativeInfinity, double.NegativeInfinity]).Value);
        Assert.Equal(double.NaN, Sum([double.PositiveInfinity, double.NegativeInfinity]).Value);
        Assert.Equal(double.NaN, Sum([double.NaN, 1]).Value);
        Assert.Equal(double.NaN, Read(Sum([double.NaN, 1])).Value);
    }

    [Fact]
    public void A_deviation_does_not_drown_in_a_large_mean()
    {
        var (sum, squares) = (new ExactSum(), new ExactSum());
        foreach (var value in new[] { 1e9 + 1, 1e9 + 2, 1e9 + 3, 1e9 + 4 })
        {
            sum.Add(value);
            squares.AddSquare(value);
        }

        Assert.Equal(Math.Sqrt(1.25), ExactSum.Deviation(sum, squares, 4));
        Assert.Equal(double.NaN, ExactSum.Deviation(new ExactSum(), new ExactSum(), 0));
    }

    // From every exponent, with values that cancel each other.
    static double Finite(Random random)
    {
        var value = BitConverter.Int64BitsToDouble(random.NextInt64());
        return random.Next(5) switch
        {
            0 => BitConverter.Int64BitsToDouble(random.NextInt64(1L << 52)),
            1 => random.Next(-1_000, 1_000),
            2 => 0.0,
            _ => double.IsFinite(value) ? (random.Next(2) == 0 ? value : -value) / 1_000 : 1.5,
        };
    }

    static BigInteger Units(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)(bits >> 52) & 0x7FF;
        BigInteger mantissa = (bits & 0xFFFFFFFFFFFFF) | (exponent == 0 ? 0 : 1L << 52);
        return (bits < 0 ? -mantissa : mantissa) << Math.Max(0, exponent - 1);
    }

    // The nearest double by search, another way than the code under test.
    static double Rounded(BigInteger units)
    {
        var (low, high) = (0L, BitConverter.DoubleToInt64Bits(double.MaxValue));
        var magnitude = BigInteger.Abs(units);
        while (low < high)
        {
            var middle = low + ((high - low + 1) / 2);
            (low, high) = Units(BitConverter.Int64BitsToDouble(middle)) <= magnitude ? (middle, high) : (low, middle - 1);
        }

        var (below, above) = (Units(BitConverter.Int64BitsToDouble(low)), Units(BitConverter.Int64BitsToDouble(low + 1)));
        var toBelow = magnitude - below;
        var toAbove = above - magnitude;
        var nearest = toBelow < toAbove || (toBelow == toAbove && (low & 1) == 0) ? low : low + 1;
        var value = BitConverter.Int64BitsToDouble(nearest);
        return units.Sign < 0 ? -value : value;
    }

    static ExactSum Sum(double[] values)
    {
        var sum = new ExactSum();
        foreach (var value in values)
        {
            sum.Add(value);
        }

        return sum;
    }

    static byte[] Bytes(ExactSum sum)
    {
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer);
        sum.Write(writer);
        return buffer.ToArray();
    }

    static ExactSum Read(ExactSum sum)
    {
        var read = new ExactSum();
        using var reader = new BinaryReader(new MemoryStream(Bytes(sum)));
        read.Read(reader);
        return read;
    }
}
