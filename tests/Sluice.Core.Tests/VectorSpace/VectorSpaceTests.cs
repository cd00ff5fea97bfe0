using Sluice.Core.Tests.Selection;
using Sluice.Embedding;
using Sluice.Tests.Storage;
using Sluice.VectorSpace;

namespace Sluice.Core.Tests.VectorSpace;

public sealed class VectorSpaceTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(67)]
    public void A_distance_is_the_same_to_the_bit_alone_and_among_others(int dimensions)
    {
        var table = KCenterTests.Points(23, dimensions);
        var squares = new float[23];
        Distances.Each(table[4], table.From(0, 23), squares);
        var least = new float[23];
        Array.Fill(least, float.PositiveInfinity);
        Distances.Lower(table.From(0, 23), table.From(2, 7), dimensions, least);

        for (var row = 0; row < 23; row++)
        {
            Assert.Equal(Distances.Squared(table[4], table[row]), squares[row]);
            Assert.Equal(Enumerable.Range(2, 7).Min(other => Distances.Squared(table[row], table[other])), least[row]);
            var exact = Enumerable.Range(0, dimensions).Sum(i => Math.Pow((double)table[4][i] - table[row][i], 2));
            Assert.Equal(exact, squares[row], exact * 1e-5);
        }
    }

    [Fact]
    public void Nearest_rows_are_those_of_all_pairs()
    {
        var table = KCenterTests.Points(400, 6);

        var nearest = NearestRows.Of(table, 9, default);

        for (var row = 0; row < table.Rows; row++)
        {
            var expected = Enumerable.Range(0, 400).Where(other => other != row).OrderBy(other => Distances.Squared(table[row], table[other])).ThenBy(other => other).Take(9);
            Assert.Equal(expected, nearest.RowsOf(row).ToArray());
        }
    }

    [Fact]
    public void Above_the_limit_most_nearest_rows_are_found_and_the_share_is_measured()
    {
        var table = KCenterTests.Points(3_000, 6);

        var nearest = NearestRows.Of(table, 10, default, exactRows: 1_000);

        Assert.False(nearest.IsExact);
        Assert.InRange(nearest.MeasureRecall(table, 100, default), 0.9, 1);
        Assert.Equal(nearest.Rows, NearestRows.Of(table, 10, default, exactRows: 1_000).Rows);
    }

    [Fact]
    public void Clusters_of_different_places_are_found()
    {
        var random = new Random(1);
        var table = new VectorRows(Enumerable.Range(0, 2_100).Select(i => (float)random.NextDouble() + (i / 3 % 7 * 3)).ToArray(), 3);

        var clusters = KMeans.Of(table, 7, 1, default);

        var of = clusters.Of(table, default);
        Assert.True(Enumerable.Range(0, 7).All(c => Enumerable.Range(0, 100).Select(i => of[(7 * i) + c]).GroupBy(k => k).Max(g => g.Count()) > 95));
        Assert.Equal(7, of.Distinct().Count());
    }

    [Fact]
    public void Fewer_different_rows_than_clusters_are_fewer_clusters() =>
        Assert.Equal(2, KMeans.Of(new VectorRows(new float[] { 1, 1, 2, 2, 1, 1, 2, 2 }, 2), 5, 0, default).Count);

    [Fact]
    public void Principal_components_are_the_axes_of_a_long_ellipse()
    {
        var random = new Random(1);
        var vectors = new List<float>();
        for (var i = 0; i < 5_000; i++)
        {
            var (far, near) = (10 * (random.NextDouble() - 0.5), random.NextDouble() - 0.5);
            vectors.AddRange([(float)((0.6 * far) - (0.8 * near)), (float)((0.8 * far) + (0.6 * near)), 3]);
        }

        var pca = Pca.Of(new VectorRows(vectors.ToArray(), 3), 2, default);

        Assert.Equal(0.6, pca.Directions[0], 0.01);
        Assert.Equal(0.8, pca.Directions[1], 0.01);
        Assert.Equal(0, pca.Directions[2], 0.001);
        Assert.Equal(100 / 12.0, pca.Variances[0], 0.3);
        Assert.Equal(1 / 12.0, pca.Variances[1], 0.01);
        Assert.Equal(pca.TotalVariance, pca.Variances.Sum(), 1e-6);
    }

    [Fact]
    public void A_random_projection_keeps_distances_roughly()
    {
        var table = KCenterTests.Points(50, 300);
        var projection = new RandomProjection(300, 400, 7);
        var projected = Enumerable.Range(0, 50).Select(row =>
        {
            var into = new float[400];
            projection.Project(table[row], into);
            return into;
        }).ToArray();

        Assert.All(Enumerable.Range(1, 49), row => Assert.InRange(Distances.Squared(projected[0], projected[row]) / Distances.Squared(table[0], table[row]), 0.6, 1.5));
    }

    [Fact]
    public void Files_are_read_as_memory_is_and_picked_rows_keep_their_order()
    {
        using var folder = new TemporaryFolder();
        var table = KCenterTests.Points(10, 3);
        foreach (var (name, from, to) in new[] { ("a", 0, 4), ("b", 4, 4), ("c", 4, 10) })
        {
            using var stream = File.Create(folder.File(name));
            NpyFile.WriteHeader(stream, to - from, 3);
            if (to > from)
            {
                NpyFile.WriteRows(stream, table.From(from, to - from));
            }
        }

        using var mapped = VectorRows.Open([folder.File("a"), folder.File("b"), folder.File("c")]);

        Assert.Equal(10, mapped.Rows);
        Assert.All(Enumerable.Range(0, 10), row => Assert.Equal(table[row].ToArray(), mapped[row].ToArray()));
        var picked = mapped.Pick([1, 2, 3, 4, 9]);
        Assert.Equal([1, 2, 3, 4, 9], Enumerable.Range(0, 5).Select(i => Enumerable.Range(0, 10).Single(row => table[row].SequenceEqual(picked[i]))));
    }

    [Fact]
    public void Files_of_different_dimensions_are_refused()
    {
        using var folder = new TemporaryFolder();
        foreach (var dimensions in new[] { 2, 3 })
        {
            using var stream = File.Create(folder.File($"{dimensions}"));
            NpyFile.WriteHeader(stream, 1, dimensions);
            NpyFile.WriteRows(stream, new float[dimensions]);
        }

        var error = Assert.Throws<DataException>(() => VectorRows.Open([folder.File("2"), folder.File("3")]));

        Assert.Equal("Vectors of different models do not compare: found 3 and 2 dimensions. Embed all rows with one model.", error.Message);
    }
}
