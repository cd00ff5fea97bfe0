using Sluice.Selection;
using Sluice.VectorSpace;

namespace Sluice.Core.Tests.Selection;

public sealed class KCenterTests
{
    const int Seed = 20_261_121;

    [Theory]
    [InlineData(1, 3)]
    [InlineData(500, 2)]
    [InlineData(1_000, 33)]
    public void Chooses_what_the_plain_algorithm_chooses(int rows, int dimensions)
    {
        var table = Points(rows, dimensions);
        foreach (var parallelism in new[] { 1, 4 })
        {
            var centers = new KCenter(table, []) { Parallelism = parallelism };
            while (centers.Chosen.Count < 200 && centers.Next(out _, default))
            {
            }

            Assert.Equal(Plain(table, [], 200), centers.Chosen);
        }
    }

    [Fact]
    public void Respects_anchors_and_never_chooses_them_again()
    {
        var table = Points(300, 5);
        int[] anchors = [7, 250, 13];
        var centers = new KCenter(table, anchors);

        while (centers.Next(out _, default))
        {
        }

        Assert.Equal(300, centers.Chosen.Distinct().Count());
        Assert.Equal(Plain(table, anchors, 300), centers.Chosen);
    }

    [Fact]
    public void Weights_multiply_distances()
    {
        var table = Points(400, 4);
        var random = new Random(Seed);
        float[] weights = [.. Enumerable.Range(0, 400).Select(row => row % 7 == 0 ? 0 : random.NextSingle())];
        var centers = new KCenter(table, [], weights);

        while (centers.Next(out _, default))
        {
        }

        // The slow way: first the heaviest, then always the largest distance times weight.
        var plain = new List<int> { Array.IndexOf(weights, weights.Max()) };
        while (plain.Count < centers.Chosen.Count)
        {
            plain.Add(Enumerable.Range(0, 400).MaxBy(row => plain.Min(chosen => Distances.Squared(table[row], table[chosen])) * weights[row] * weights[row]));
        }

        Assert.Equal(weights.Count(w => w > 0), centers.Chosen.Count);
        Assert.Equal(plain, centers.Chosen);
    }

    [Fact]
    public void Rows_at_one_place_are_chosen_once()
    {
        var table = new VectorRows(new float[] { 1, 1, 1, 1, 5, 5, 1, 1, 5, 5 }, 2);
        var centers = new KCenter(table, []);

        while (centers.Next(out _, default))
        {
        }

        Assert.Equal([0, 2], centers.Chosen);
        Assert.Equal(0, centers.Radius(default));
    }

    [Fact]
    public void All_rows_are_within_the_radius_of_a_chosen_one()
    {
        var table = Points(800, 8);
        var centers = new KCenter(table, []);
        for (var i = 0; i < 40; i++)
        {
            centers.Next(out _, default);
        }

        var expected = Enumerable.Range(0, 800).Select(row => centers.Chosen.Min(c => MathF.Sqrt(Distances.Squared(table[row], table[c])))).ToArray();

        Assert.Equal(expected.Max(), centers.Radius(default));
        Assert.Equal(expected, centers.Distances(default));
    }

    [Fact]
    public void Cancellation_stops_it()
    {
        var centers = new KCenter(Points(500, 4), [3]);

        Assert.Throws<OperationCanceledException>(() => centers.Next(out _, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void No_rows_give_no_choice() => Assert.False(new KCenter(new VectorRows(Array.Empty<float>(), 3), []).Next(out _, default));

    static List<int> Plain(VectorRows table, int[] anchors, int count)
    {
        var chosen = anchors.ToList();
        if (chosen.Count == 0)
        {
            var mean = Enumerable.Range(0, table.Dimensions).Select(i => (float)(Enumerable.Range(0, table.Rows).Sum(row => (double)table[row][i]) / table.Rows)).ToArray();
            chosen.Add(Enumerable.Range(0, table.Rows).MinBy(row => Distances.Squared(table[row], mean)));
        }

        var least = new float[table.Rows];
        Array.Fill(least, float.PositiveInfinity);
        chosen.ForEach(Lower);
        while (chosen.Count < count)
        {
            var row = Enumerable.Range(0, table.Rows).MaxBy(r => least[r]);
            if (least[row] == 0)
            {
                break;
            }

            chosen.Add(row);
            Lower(row);
        }

        return chosen;

        void Lower(int center)
        {
            for (var row = 0; row < least.Length; row++)
            {
                least[row] = Math.Min(least[row], Distances.Squared(table[row], table[center]));
            }
        }
    }

    internal static VectorRows Points(int rows, int dimensions)
    {
        var random = new Random(Seed);
        return new VectorRows(Enumerable.Range(0, rows * dimensions).Select(i => (float)random.NextDouble() + (i / dimensions % 7)).ToArray(), dimensions);
    }
}
