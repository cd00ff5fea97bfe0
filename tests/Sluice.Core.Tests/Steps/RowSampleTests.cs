using Sluice.Steps;

namespace Sluice.Core.Tests.Steps;

public sealed class RowSampleTests
{
    const int Seed = 20_261_121;
    static readonly string[] names = ["a", "b"];

    [Fact]
    public void Merges_to_equal_bytes_in_any_order_and_shape()
    {
        var random = new Random(Seed);
        ulong[][] cells = [.. names.Select(_ => Enumerable.Range(0, 5_000).Select(_ => (ulong)random.Next(60)).ToArray())];
        var whole = new RowSample(100);
        whole.Add(names, cells, 5_000);
        for (var round = 0; round < 5; round++)
        {
            var states = new List<State> { new RowSample(100) };
            foreach (var rows in Enumerable.Range(0, 5_000).OrderBy(_ => random.Next()).Chunk(random.Next(50, 1_500)))
            {
                var part = new RowSample(100);
                part.Add(names, [.. cells.Select(c => rows.Select(r => c[r]).ToArray())], rows.Length);
                var read = new RowSample(100);
                read.FromBytes(part.ToBytes());
                states.Add(read);
            }

            Assert.True(whole.ToBytes().AsSpan().SequenceEqual(Merging.InRandomShape(states, random).ToBytes()), $"seed {Seed}, round {round}");
        }
    }

    [Fact]
    public void Counts_the_copies_of_the_rows_it_keeps()
    {
        var random = new Random(Seed);
        ulong[][] cells = [.. names.Select(_ => Enumerable.Range(0, 20_000).Select(_ => (ulong)random.Next(50)).ToArray())];
        var copies = Enumerable.Range(0, 20_000).GroupBy(i => (cells[0][i], cells[1][i])).ToDictionary(g => g.Key, g => (long)g.Count());
        var sample = new RowSample(200);
        foreach (var rows in Enumerable.Range(0, 20_000).Chunk(900))
        {
            sample.Add(names, [.. cells.Select(c => rows.Select(r => c[r]).ToArray())], rows.Length);
        }

        var kept = sample.Rows();

        Assert.Equal((200, false, 20_000L), (kept.Count, sample.IsComplete, sample.Count));
        Assert.All(kept, row => Assert.Equal(copies[(row.Cells[0], row.Cells[1])], row.Count));
    }

    [Fact]
    public void Is_the_whole_table_while_it_fits()
    {
        var sample = new RowSample(100);
        sample.Add(names, [[1, 2, 1], [5, 6, 5]], 3);

        Assert.True(sample.IsComplete);
        Assert.Equal([(1UL, 5UL, 2L), (2UL, 6UL, 1L)], sample.Rows().Select(r => (r.Cells[0], r.Cells[1], r.Count)).Order());
    }

    [Fact]
    public void Every_different_row_has_the_same_chance()
    {
        // 1,000 values, of which the first half is a thousand times as frequent: still about half of the sample is from each.
        ulong[] cells = [.. Enumerable.Range(0, 1_000).Select(i => (ulong)i)];
        var sample = new RowSample(300);
        for (var round = 0; round < 20; round++)
        {
            sample.Add(["a"], [cells[..500]], 500);
        }

        sample.Add(["a"], [cells[500..]], 500);

        Assert.InRange(sample.Rows().Count(r => r.Cells[0] < 500), 115, 185);
    }
}
