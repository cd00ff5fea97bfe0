using Sluice.Maps;
using Sluice.VectorSpace;

namespace Sluice.Core.Tests.VectorSpace;

public sealed class TsneTests
{
    const int Seed = 20_261_122;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Forces_are_the_slope_of_the_divergence(int dimensions)
    {
        var (chances, places) = (Chances(40, 9), Places(40, dimensions));

        var forces = Tsne.Forces(places, dimensions, chances, 1, openness: 0);

        for (var i = 0; i < places.Length; i += 7)
        {
            double At(double move)
            {
                var moved = (double[])places.Clone();
                moved[i] += move;
                return Divergence(moved, dimensions, chances);
            }

            Assert.Equal((At(1e-5) - At(-1e-5)) / 2e-5, -forces[i], 6);
        }
    }

    [Fact]
    public void Summed_up_by_cells_forces_are_nearly_the_same()
    {
        var (chances, places) = (Chances(600, 15), Places(600, 2));

        var exact = Tsne.Forces(places, 2, chances, 1, openness: 0);
        var coarse = Tsne.Forces(places, 2, chances, 1, openness: 0.5);

        var (difference, length) = (exact.Zip(coarse).Sum(f => (f.First - f.Second) * (f.First - f.Second)), exact.Sum(f => f * f));
        Assert.InRange(Math.Sqrt(difference / length), 1e-9, 0.05);
    }

    [Fact]
    public void Chances_of_each_row_have_the_perplexity_and_all_sum_to_1()
    {
        var chances = Chances(100, 8);

        Assert.Equal(1, chances.Values.Sum(), 9);
        Assert.Equal(100, chances.Starts.Length - 1);
        for (var row = 0; row < 100; row++)
        {
            for (var at = chances.Starts[row]; at < chances.Starts[row + 1]; at++)
            {
                var other = chances.Others[at];
                var back = Array.IndexOf(chances.Others, row, chances.Starts[other], chances.Starts[other + 1] - chances.Starts[other]);
                Assert.Equal(chances.Values[at], chances.Values[back], 12);
            }
        }
    }

    [Fact]
    public void Groups_lie_apart_and_the_picture_is_the_same_each_time()
    {
        var table = Groups(4, 60, 12);

        var places = Tsne.Learn(table, 2, 20, 1, CancellationToken.None);

        Assert.Equal(places, Tsne.Learn(table, 2, 20, 1, CancellationToken.None));
        Assert.All(places, number => Assert.True(float.IsFinite(number)));
        var map = new VectorRows(places, 2);
        var nearest = NearestRows.Of(map, 5, CancellationToken.None);
        var own = Enumerable.Range(0, map.Rows).Sum(row => nearest.RowsOf(row).ToArray().Count(other => other / 60 == row / 60));
        Assert.Equal(map.Rows * 5, own);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Few_rows_have_places_too(int rows) =>
        Assert.All(Tsne.Learn(Groups(1, rows, 3), 2, 30, 1, CancellationToken.None), number => Assert.True(float.IsFinite(number)));

    [Fact]
    public void Rows_at_one_place_do_no_harm()
    {
        var places = Tsne.Learn(new VectorRows(new float[200 * 3], 3), 2, 30, 1, CancellationToken.None);

        Assert.All(places, number => Assert.True(float.IsFinite(number)));
    }

    [Fact]
    public void Stops_when_it_is_cancelled() =>
        Assert.ThrowsAny<OperationCanceledException>(() => Tsne.Learn(Groups(2, 30, 4), 2, 10, 1, new CancellationToken(canceled: true)));

    static double Divergence(double[] places, int dimensions, TsneChances chances)
    {
        var rows = places.Length / dimensions;
        double Near(int row, int other) => 1 / (1 + Enumerable.Range(0, dimensions).Sum(i => Math.Pow(places[(row * dimensions) + i] - places[(other * dimensions) + i], 2)));
        var scale = Enumerable.Range(0, rows).Sum(row => Enumerable.Range(0, rows).Where(other => other != row).Sum(other => Near(row, other)));
        var sum = 0.0;
        for (var row = 0; row < rows; row++)
        {
            for (var at = chances.Starts[row]; at < chances.Starts[row + 1]; at++)
            {
                sum += chances.Values[at] > 0 ? chances.Values[at] * Math.Log(chances.Values[at] / (Near(row, chances.Others[at]) / scale)) : 0;
            }
        }

        return sum;
    }

    static TsneChances Chances(int rows, double perplexity) =>
        TsneChances.Of(NearestRows.Of(Groups(2, rows / 2, 6), (int)(3 * perplexity), CancellationToken.None), rows, perplexity);

    static double[] Places(int rows, int dimensions)
    {
        var random = new Random(Seed);
        return [.. Enumerable.Range(0, rows * dimensions).Select(_ => random.NextDouble() * 3)];
    }

    static VectorRows Groups(int groups, int each, int dimensions)
    {
        var random = new Random(Seed);
        return new VectorRows([.. Enumerable.Range(0, groups * each * dimensions).Select(i => (float)(random.NextDouble() + (i % dimensions == i / dimensions / Math.Max(1, each) % dimensions ? 8 : 0)))], dimensions);
    }
}
