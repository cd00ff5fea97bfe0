using System.Text;
using Sluice.Batches;
using Sluice.Steps;

namespace Sluice.Core.Tests.Steps;

public sealed class HyperLogLogTests
{
    const int Seed = 99;

    [Theory]
    [InlineData(12, 0)]
    [InlineData(12, 10)]
    [InlineData(12, 3_000)]
    [InlineData(12, 12_000)]
    [InlineData(12, 300_000)]
    [InlineData(14, 300_000)]
    public void Estimates_within_four_standard_errors(int precision, int distinct)
    {
        var sketch = new HyperLogLog(precision);
        for (var i = 0; i < distinct; i++)
        {
            sketch.Add(Hash(i));
            sketch.Add(Hash(i));
        }

        Assert.InRange(sketch.Estimate(), distinct * (1 - (4 * sketch.StandardError)), distinct * (1 + (4 * sketch.StandardError)));
    }

    [Fact]
    public void Merges_to_equal_bytes_however_the_values_are_divided()
    {
        var random = new Random(Seed);
        var hashes = Enumerable.Range(0, 20_000).Select(i => Hash(i % 15_000)).ToArray();
        var whole = Of(hashes);

        var merged = Merging.InRandomShape([.. hashes.Chunk(777).Select(part => (State)Of(part))], random);

        Assert.Equal(whole.ToBytes(), merged.ToBytes());
    }

    static ulong Hash(int value) => RowHash.Bytes(BitConverter.GetBytes(value));

    static HyperLogLog Of(IEnumerable<ulong> hashes)
    {
        var sketch = new HyperLogLog();
        foreach (var hash in hashes)
        {
            sketch.Add(hash);
        }

        return sketch;
    }
}

public sealed class TopValuesTests
{
    const int Seed = 1_234;

    [Fact]
    public void Orders_by_count_and_then_by_bytes()
    {
        var top = Of(10, "b", "a", "c", "a", "b", "");

        Assert.Equal([("a", 2L), ("b", 2L), ("", 1L)], top.Top(3).Select(v => (Encoding.UTF8.GetString(v.Value), v.Count)));
        Assert.Equal(4, top.Distinct);
    }

    [Fact]
    public void Knows_only_that_there_are_more_once_over()
    {
        Assert.False(Of(3, "a", "b", "c", "a").IsOver);
        var over = Of(3, "a", "b", "c", "d", "a");

        Assert.True(over.IsOver);
        Assert.Empty(over.Top(5));
        Assert.True(Of(3, new string('x', 257)).IsOver);
        Assert.Equal(over.ToBytes(), Of(3, "q", "r", "s", "t").ToBytes());
    }

    [Fact]
    public void Merges_to_equal_bytes_however_the_values_are_divided()
    {
        var random = new Random(Seed);
        for (var round = 0; round < 30; round++)
        {
            var values = Enumerable.Range(0, 400).Select(_ => $"v{random.Next(25)}").ToArray();
            var cap = random.Next(20, 30);
            var expected = Of(cap, values).ToBytes();

            var merged = Merging.InRandomShape([.. values.Chunk(random.Next(1, 90)).Select(part => (State)Of(cap, part))], random);

            Assert.True(expected.AsSpan().SequenceEqual(merged.ToBytes()), $"seed {Seed}, round {round}");
            var read = new TopValues(cap);
            read.FromBytes(expected);
            Assert.Equal(expected, read.ToBytes());
        }
    }

    static TopValues Of(int cap, params string[] values)
    {
        var top = new TopValues(cap);
        foreach (var value in values)
        {
            top.Add(Encoding.UTF8.GetBytes(value));
        }

        return top;
    }
}

public sealed class NumberSummaryTests
{
    const int Seed = 31;

    [Fact]
    public void Has_mean_and_population_deviation()
    {
        var summary = Of(2, 4, 4, 4, 5, 5, 7, 9, double.NaN);

        Assert.Equal((8L, 5.0, 2.0), (summary.Count, summary.Mean, summary.Deviation));
    }

    [Fact]
    public void A_large_mean_does_not_cancel_a_small_deviation()
    {
        const double far = 1e15;

        Assert.Equal(1, Of(far - 1, far + 1).Deviation);
        Assert.Equal(0, Of([.. Enumerable.Repeat(0.1, 1_000)]).Deviation);
        Assert.True(double.IsNaN(Of().Deviation));
        Assert.True(double.IsNaN(Of(1, double.PositiveInfinity).Deviation));
    }

    [Fact]
    public void Merges_to_equal_bytes_however_the_values_are_divided()
    {
        var random = new Random(Seed);
        var values = Enumerable.Range(0, 5_000).Select(_ => Math.ScaleB(random.NextDouble() - 0.5, random.Next(-300, 300))).ToArray();

        var merged = Merging.InRandomShape([.. values.Chunk(333).Select(part => (State)Of(part))], random);

        Assert.Equal(Of(values).ToBytes(), merged.ToBytes());
    }

    [Fact]
    public void Columns_are_written_in_the_order_of_their_names()
    {
        var (left, right) = (new ColumnStates<NumberSummary>(() => new()), new ColumnStates<NumberSummary>(() => new()));
        left["b"].Add([1]);
        left["a"].Add([2]);
        right["a"].Add([2]);
        right["b"].Add([1]);

        Assert.Equal(left.ToBytes(), right.ToBytes());
        Assert.Equal(["a", "b"], left.Names);
    }

    static NumberSummary Of(params double[] values)
    {
        var summary = new NumberSummary();
        summary.Add(values);
        return summary;
    }
}
