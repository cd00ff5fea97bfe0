using Sluice.VectorSpace;

namespace Sluice.Core.Tests.VectorSpace;

public sealed class AlikePairsTests
{
    const int Seed = 20_261_122;

    [Theory]
    [InlineData(0.8)]
    [InlineData(0.95)]
    [InlineData(1.0)]
    public void Finds_every_pair_once_where_all_are_compared(double cosine)
    {
        var table = Planted(400, 24, cosine);
        var found = new List<(int, int)>();

        var pairs = new AlikePairs(table, cosine);
        pairs.Find((_, _) => true, (left, right) => found.Add((left, right)), CancellationToken.None);

        Assert.True(pairs.IsExact);
        Assert.Equal(1, pairs.Recall);
        Assert.Equal(ByHand(table, cosine), found.Order());
    }

    [Theory]
    [InlineData(0.8)]
    [InlineData(0.9)]
    [InlineData(0.95)]
    public void Hyperplanes_find_as_many_pairs_at_the_threshold_as_they_promise(double cosine)
    {
        // All pairs planted just at the threshold, where the promise is least.
        var table = Planted(4_000, 64, cosine);
        var expected = ByHand(table, cosine).ToHashSet();
        var pairs = new AlikePairs(table, cosine, exactRows: 0);
        var found = new HashSet<(int, int)>();

        pairs.Find((_, _) => true, (left, right) => found.Add((Math.Min(left, right), Math.Max(left, right))), CancellationToken.None);

        Assert.False(pairs.IsExact);
        Assert.InRange(pairs.Recall, 0.99, 1);
        Assert.Subset(expected, found);
        Assert.True(expected.Count >= 1_000, $"{expected.Count} planted");
        // 2,000 pairs: 0.98 is more than four deviations below 0.99.
        Assert.InRange((double)found.Count / expected.Count, 0.98, 1);
    }

    [Fact]
    public void What_is_not_wanted_is_not_handed_on_and_rows_without_a_vector_are_in_no_pair()
    {
        float[] vectors = [1, 0, 1, 0, 0, 0, 0, 0, 2, 0];
        var found = new List<(int, int)>();

        new AlikePairs(new VectorRows(vectors, 2), 0.99).Find((left, _) => left != 0, (left, right) => found.Add((left, right)), CancellationToken.None);

        Assert.Equal([(1, 4)], found);
    }

    [Fact]
    public void Stops_when_it_is_cancelled() => Assert.ThrowsAny<OperationCanceledException>(
        () => new AlikePairs(Planted(100, 8, 0.9), 0.9).Find((_, _) => true, (_, _) => { }, new CancellationToken(canceled: true)));

    static IEnumerable<(int, int)> ByHand(VectorRows table, double cosine)
    {
        for (var i = 0; i < table.Rows; i++)
        {
            for (var j = i + 1; j < table.Rows; j++)
            {
                var (dot, left, right) = (Distances.Dot(table[i], table[j]), MathF.Sqrt(Distances.Dot(table[i], table[i])), MathF.Sqrt(Distances.Dot(table[j], table[j])));
                if (dot / left / right >= (float)cosine || table[i].SequenceEqual(table[j]))
                {
                    yield return (i, j);
                }
            }
        }
    }

    /// <summary>Every second row is at that cosine, or a little more, from the one before.</summary>
    static VectorRows Planted(int rows, int dimensions, double cosine)
    {
        var random = new Random(Seed);
        var vectors = new float[rows * dimensions];
        for (var row = 0; row < rows; row++)
        {
            var own = vectors.AsSpan(row * dimensions, dimensions);
            var direction = Unit(random, dimensions);
            if (row % 2 == 0)
            {
                direction.CopyTo(own);
                continue;
            }

            var before = vectors.AsSpan((row - 1) * dimensions, dimensions);
            var along = Distances.Dot(direction, before);
            var aside = new float[dimensions];
            for (var i = 0; i < dimensions; i++)
            {
                aside[i] = direction[i] - (along * before[i]);
            }

            var (length, wanted) = (MathF.Sqrt(Distances.Dot(aside, aside)), Math.Min(1, cosine + 1e-5));
            for (var i = 0; i < dimensions; i++)
            {
                own[i] = (float)((wanted * before[i]) + (Math.Sqrt(1 - (wanted * wanted)) * aside[i] / length));
            }
        }

        return new VectorRows(vectors, dimensions);
    }

    static float[] Unit(Random random, int dimensions)
    {
        var vector = new float[dimensions];
        for (var i = 0; i < dimensions; i++)
        {
            vector[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        var length = MathF.Sqrt(Distances.Dot(vector, vector));
        return Array.ConvertAll(vector, x => x / length);
    }
}
