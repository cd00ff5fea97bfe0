using Sluice.Steps;

namespace Sluice.Core.Tests.Steps;

public sealed class ValueHistogramTests
{
    const int Seed = 4_711;

    [Fact]
    public void Is_exact_while_there_are_few_different_values()
    {
        var histogram = Of(16, 5, 1, 1, -0.0, 0, double.NaN, 3, double.NegativeInfinity);

        Assert.True(histogram.IsExact);
        Assert.Equal(0, histogram.RelativeError);
        Assert.Equal(7, histogram.Count);
        Assert.Equal(5, histogram.Buckets);
        Assert.Equal(0.0, histogram.Mode());
        Assert.Equal(1, histogram.Quantile(0.5));
        Assert.Equal((double.NegativeInfinity, 5), (histogram.Min, histogram.Max));
    }

    [Theory]
    [InlineData(0, 15)]
    [InlineData(0.25, 20)]
    [InlineData(0.4, 29)]
    [InlineData(0.5, 35)]
    [InlineData(1, 50)]
    public void Interpolates_quantiles_as_numpy_does(double share, double expected) => Assert.Equal(expected, Of(16, 40, 15, 50, 20, 35).Quantile(share), 12);

    [Fact]
    public void Without_values_there_is_nothing_to_tell()
    {
        var histogram = new ValueHistogram();

        Assert.True(double.IsNaN(histogram.Quantile(0.5)));
        Assert.True(double.IsNaN(histogram.Min));
        Assert.Null(histogram.Mode());
        Assert.Empty(histogram.Bins(10, out _, out _));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(200)]
    [InlineData(4_096)]
    public void Merges_to_equal_bytes_however_the_values_are_divided(int cap)
    {
        var random = new Random(Seed);
        for (var round = 0; round < 8; round++)
        {
            var values = Values(random, 6_000);
            var expected = Of(cap, values).ToBytes();
            var states = values.Chunk(random.Next(1, 2_000)).Select(part => (State)Of(cap, part)).Append(new ValueHistogram(cap)).ToList();

            var merged = Merging.InRandomShape(states, random);

            Assert.True(expected.AsSpan().SequenceEqual(merged.ToBytes()), $"seed {Seed}, round {round}");
        }
    }

    [Fact]
    public void Does_not_depend_on_the_order_of_values()
    {
        var random = new Random(Seed);
        var values = Values(random, 5_000);
        var expected = Of(300, values).ToBytes();

        random.Shuffle(values);

        Assert.Equal(expected, Of(300, values).ToBytes());
    }

    [Fact]
    public void Reads_what_it_wrote()
    {
        var written = Of(100, Values(new Random(Seed), 3_000));
        var read = new ValueHistogram(100);

        read.FromBytes(written.ToBytes());

        Assert.Equal(written.ToBytes(), read.ToBytes());
        Assert.Equal((written.Count, written.Buckets, written.Min, written.Max), (read.Count, read.Buckets, read.Min, read.Max));
    }

    [Fact]
    public void Quantiles_stay_within_the_stated_error()
    {
        var random = new Random(Seed);
        var values = Enumerable.Range(0, 100_000).Select(_ => Math.Exp(random.NextDouble() * 20)).ToArray();
        var histogram = Of(4_096, values);
        Array.Sort(values);

        Assert.InRange(histogram.Buckets, 2_000, 4_096);
        Assert.InRange(histogram.RelativeError, 1e-4, 1 / 64.0);
        for (var percent = 0; percent <= 100; percent += 5)
        {
            var exact = values[(int)Math.Round((values.Length - 1) * percent / 100.0)];
            Assert.InRange(histogram.Quantile(percent / 100.0) / exact, 1 - histogram.RelativeError - 1e-3, 1 + histogram.RelativeError + 1e-3);
        }

        Assert.Equal((values[0], values[^1]), (histogram.Min, histogram.Max));
        Assert.Null(histogram.Mode());
    }

    [Fact]
    public void Bins_count_every_finite_value()
    {
        var bins = Of(64, 0, 1, 2, 3, 4, 5, 6, 7, 8, 10, double.PositiveInfinity).Bins(5, out var from, out var to);

        Assert.Equal((0, 10), (from, to));
        Assert.Equal([2, 2, 2, 2, 2], bins);
        Assert.Equal([3], Of(64, 7, 7, 7).Bins(5, out _, out _));
        Assert.Equal([1, 1], Of(64, double.MinValue, double.MaxValue).Bins(2, out _, out _));
    }

    static ValueHistogram Of(int cap, params double[] values)
    {
        var histogram = new ValueHistogram(cap);
        histogram.Add(values);
        return histogram;
    }

    static double[] Values(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(6) switch
    {
        0 => random.Next(-5, 5),
        1 => random.NextDouble() - 0.5,
        2 => Math.ScaleB(random.NextDouble(), random.Next(-1_000, 1_000)),
        3 => -random.Next(),
        4 => double.NaN,
        _ => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)),
    })];
}
