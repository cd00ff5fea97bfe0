using Sluice.Batches;
using Sluice.Core.Tests.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Steps;
using Sluice.TextDuplicates;
using Sluice.VectorSpace;

namespace Sluice.Core.Tests.TextDuplicates;

public sealed class SameMeaningContractTests : StepContract
{
    protected override Step Create() => new RemoveNearDuplicates(new() { Features = new() { Text = "name", Model = "hashing-64" }, Cosine = 0.8 });

    protected override (Step Step, string Path)? WithUnknownColumn => (new RemoveNearDuplicates(new() { Features = new() { Text = "nowhere" } }), "features.text");
}

/// <summary>Near-duplicates by the cosine of their vectors.</summary>
public sealed class SameMeaningTests
{
    const int Seed = 20_261_121;

    [Fact]
    public void One_of_those_that_mean_the_same_stays_and_the_report_says_why()
    {
        var rows = Texts("A man is playing a guitar.", "The stock market fell today.", "A man plays the guitar.", null, "", "The stock market fell today.", "A woman slices an onion.");

        var run = StepRunner.Run(new RemoveNearDuplicates(new() { Features = new() { Text = "text" }, Cosine = 0.85 }), StepRunner.Cut(rows, 2));

        var kept = ((ValueColumn<long>)run.All["id"]).Values.ToArray();
        Assert.Equal((1, 1, 3, 5), (kept.Count(id => id is 0 or 2), kept.Count(id => id is 1 or 5), kept.Count(id => id is 3 or 4 or 6), kept.Length));
        var found = new Fitted(run.Json).As<RemoveNearDuplicates.FoundByMeaning>();
        Assert.Equal((7L, 2L, true, 0.0), (found.Rows, found.Duplicates, found.IsExact, found.Overlooked));
        Assert.Equal([(1L, 3L), (2L, 6L)], found.Removed.Select(r => (Math.Min(r.Row, r.Of), Math.Max(r.Row, r.Of))).Order());
        Assert.DoesNotContain(found.Removed, r => kept.Contains(r.Row - 1) || !kept.Contains(r.Of - 1));
        Assert.InRange(found.Removed.Min(r => r.Cosine), 0.85, 0.9999);
        Assert.Equal(1, found.Removed.Max(r => r.Cosine));
    }

    [Theory]
    [InlineData(0.7)]
    [InlineData(0.9)]
    public void Every_pair_is_as_the_slow_way_finds_it(double cosine)
    {
        var table = Vectors(900, clusters: 120);
        int[] order = [.. Enumerable.Range(0, 900)];
        new Random(Seed).Shuffle(order);

        var alike = new AlikeRows(table, order, cosine, CancellationToken.None);

        var kept = new List<int>();
        var gone = new Dictionary<int, int>();
        foreach (var row in order)
        {
            var near = kept.Select(k => (Row: k, Cosine: Cosine(table, row, k))).Where(k => k.Cosine >= cosine).OrderByDescending(k => k.Cosine).ToList();
            if (near.Count == 0)
            {
                kept.Add(row);
            }
            else
            {
                gone.Add(row, near[0].Row);
            }
        }

        Assert.Equal(gone, alike.Found.ToDictionary(a => a.Row, a => a.Of));
        Assert.All(alike.Found, a => Assert.InRange(a.Cosine - Cosine(table, a.Row, a.Of), -1e-6, 1e-6));
        Assert.InRange(gone.Count, 1, 899);
    }

    [Fact]
    public void Many_rows_are_compared_within_cells_and_what_is_overlooked_is_measured()
    {
        var table = Vectors(3_000, clusters: 300);
        int[] order = [.. Enumerable.Range(0, 3_000)];

        var exact = new AlikeRows(table, order, 0.9, CancellationToken.None);
        var cells = new AlikeRows(table, order, 0.9, CancellationToken.None, exactRows: 100);

        Assert.True(exact.IsExact && !cells.IsExact);
        Assert.All(cells.Found, a => Assert.True(Cosine(table, a.Row, a.Of) >= 0.9 - 1e-6));
        Assert.InRange(cells.Found.Count, exact.Found.Count * 0.98, exact.Found.Count * 1.02);
        Assert.InRange(cells.Overlooked(CancellationToken.None), 0, 0.05);
        Assert.Equal(0, exact.Overlooked(CancellationToken.None));
    }

    [Fact]
    public void Batches_do_not_matter_and_no_two_that_stay_are_alike()
    {
        var random = new Random(Seed);
        string[] words = ["soup", "oven", "butter", "onion", "bank", "loan", "goal"];
        var rows = Texts([.. Enumerable.Range(0, 250).Select(_ => string.Join(' ', Enumerable.Range(0, 4).Select(_ => words[random.Next(7)])))]);
        var step = new RemoveNearDuplicates(new() { Features = new() { Text = "text", Model = "hashing-128" }, Cosine = 0.8 });
        var expected = StepRunner.Run(step, rows);
        for (var round = 0; round < 20; round++)
        {
            var run = StepRunner.Run(step, StepRunner.Cut(rows, random.Next(1, 90), random.Next(1, 200)));

            Assert.True(expected.Json.AsSpan().SequenceEqual(run.Json), $"seed {Seed}, round {round}");
            RandomBatches.AssertSame(expected.All, run.All);
        }

        // Run again on what stayed: nothing is left to remove.
        Assert.Equal(expected.All.Rows, StepRunner.Run(step, expected.All).All.Rows);
        Assert.InRange(expected.All.Rows, 5, 200);
    }

    [Fact]
    public void The_order_of_the_rows_does_not_matter()
    {
        var random = new Random(Seed);
        string[] words = ["soup", "oven", "butter", "onion", "bank", "loan", "goal"];
        var rows = Texts([.. Enumerable.Range(0, 200).Select(_ => string.Join(' ', Enumerable.Range(0, 3).Select(_ => words[random.Next(7)])))]);
        var step = new RemoveNearDuplicates(new() { Features = new() { Text = "text", Model = "hashing-128" }, Cosine = 0.8 });
        var expected = Ids(StepRunner.Run(step, rows));
        int[] order = [.. Enumerable.Range(0, rows.Rows)];
        for (var round = 0; round < 20; round++)
        {
            random.Shuffle(order);
            var run = StepRunner.Run(step, StepRunner.Cut(Batch.Concat([.. order.Select(row => rows.Take([row]))]), random.Next(1, 90), random.Next(1, 200)));

            Assert.True(expected.SequenceEqual(Ids(run)), $"seed {Seed}, round {round}");
        }

        Assert.InRange(expected.Length, 5, 190);

        static long[] Ids(StepRun run) => [.. ((ValueColumn<long>)run.All["id"]).Values.ToArray().Order()];
    }

    [Fact]
    public void Says_what_is_wrong_with_its_options()
    {
        Assert.StartsWith("near_duplicates: Both near_duplicates (the same words) and features (the same meaning) are given.", Problem(new() { Features = new() { Text = "text" }, NearDuplicates = new() }));
        Assert.StartsWith("features.columns: Meaning is compared of a text or of vectors.", Problem(new() { Features = new() { Columns = ["id"] } }));
        Assert.StartsWith("features: Found neither text, vector nor columns", Problem(new() { Features = new() }));

        static string Problem(RemoveNearDuplicates.Options options) => Assert.Single(StepRunner.Problems(new RemoveNearDuplicates(options), Texts("a").Schema));
    }

    static double Cosine(VectorRows table, int left, int right)
    {
        var (dot, a, b) = (0.0, 0.0, 0.0);
        for (var i = 0; i < table.Dimensions; i++)
        {
            dot += (double)table[left][i] * table[right][i];
            a += (double)table[left][i] * table[left][i];
            b += (double)table[right][i] * table[right][i];
        }

        return dot / Math.Sqrt(a * b);
    }

    static VectorRows Vectors(int rows, int clusters)
    {
        var random = new Random(Seed);
        float[][] centres = [.. Enumerable.Range(0, clusters).Select(_ => Enumerable.Range(0, 16).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray())];
        return new VectorRows([.. Enumerable.Range(0, rows).SelectMany(_ => centres[random.Next(clusters)].Select(v => v + (float)((random.NextDouble() - 0.5) * 0.3)))], 16);
    }

    static Batch Texts(params string?[] texts) => new(
        new([new("id", ColumnType.Int64), new("text", ColumnType.Text)]),
        [new ValueColumn<long>(ColumnType.Int64, [.. Enumerable.Range(0, texts.Length).Select(i => (long)i)]), TextColumn.Of(texts)],
        texts.Length);
}
