using System.Text;
using Sluice.Core.Tests.Steps;
using Sluice.SchemaDetection;
using Sluice.Steps;

namespace Sluice.Core.Tests.SchemaDetection;

public sealed class SampleTests
{
    const int Seed = 20_261_121;

    [Fact]
    public void A_sample_of_values_is_the_same_in_any_order_and_shape_and_its_counts_are_exact()
    {
        var random = new Random(Seed);
        var values = Enumerable.Range(0, 20_000).Select(_ => random.Next(3_000)).ToArray();
        var expected = Sample(values);
        for (var round = 0; round < 5; round++)
        {
            random.Shuffle(values);
            var parts = values.Chunk(random.Next(1, 5_000)).Select(part => (State)Sample(part)).ToList();

            Assert.True(expected.ToBytes().AsSpan().SequenceEqual(Merging.InRandomShape(parts, random).ToBytes()), $"seed {Seed}, round {round}");
        }

        var exact = values.GroupBy(v => $"{v}").ToDictionary(g => g.Key, g => (long)g.Count());
        Assert.All(expected.Items, item => Assert.Equal(exact[Encoding.UTF8.GetString(item.Item.Text)], item.Item.Count));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1_024)]
    [InlineData(200_000)]
    public void The_number_of_different_values_is_within_four_standard_errors(int distinct)
    {
        var sample = Sample([.. Enumerable.Range(0, distinct), .. Enumerable.Range(0, distinct / 2)]);

        Assert.InRange(sample.Distinct, distinct * (1 - (4 * sample.Error)), distinct * (1 + (4 * sample.Error)));
        Assert.Equal(distinct <= 1_024, sample.IsComplete);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.5)]
    [InlineData(0.0)]
    public void The_share_of_one_column_in_another_is_estimated_well(double share)
    {
        var key = Sample([.. Enumerable.Range(0, 50_000)]);
        var inside = (int)(20_000 * share);
        var column = Sample([.. Enumerable.Range(0, inside), .. Enumerable.Range(1_000_000, 20_000 - inside)]);

        var (included, judged) = column.IncludedIn(key);

        Assert.InRange(judged, 200, 1_024);
        Assert.InRange(included, share - 0.12, share + 0.12);
    }

    static ValueSample Sample(int[] values)
    {
        var sample = new ValueSample(1_024);
        foreach (var value in values)
        {
            var hash = CellHash.Integer(value);
            if (sample.Wants(hash))
            {
                sample.Add(hash, Encoding.UTF8.GetBytes($"{value}"), 1);
            }
        }

        return sample;
    }
}
