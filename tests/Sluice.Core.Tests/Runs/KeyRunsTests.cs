using Sluice.Batches;
using Sluice.Runs;
using Sluice.Steps;
using Sluice.Tests.Storage;

namespace Sluice.Tests.Runs;

public sealed class KeyRunsTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Walks_the_rows_of_many_runs_as_one_sort_would_give_them()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var batches = Enumerable.Range(0, random.Next(1, 12)).Select(_ => Keys(random, random.Next(4) == 0 ? 0 : random.Next(200), random.Next(1, 60))).ToArray();
            var expected = batches.SelectMany((keys, batch) => keys.Select((key, row) => new KeyedRow(key, batch, row)))
                .OrderBy(r => r.Key).ThenBy(r => r.Batch).ThenBy(r => r.Row).ToList();

            var rows = Open(batches.Select(b => KeyRuns.Encode(b)));

            Assert.Equal(expected.Count, rows.Count);
            Assert.True(expected.SequenceEqual(Walk(rows)), $"seed {seed}");
            Assert.True(expected.SequenceEqual(Walk(rows)), $"a second walk, seed {seed}");
        }
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(3)]
    [InlineData(1)]
    public void Walks_many_parts_in_one_order_whatever_the_keys(int distinct)
    {
        var random = new Random(distinct);
        var batches = Enumerable.Range(0, 7).Select(_ => Keys(random, 40_000, distinct)).ToArray();
        var expected = batches.SelectMany((keys, batch) => keys.Select((key, row) => new KeyedRow(key, batch, row)))
            .OrderBy(r => r.Key).ThenBy(r => r.Batch).ThenBy(r => r.Row);

        var rows = Open(batches.Select(b => KeyRuns.Encode(b)));

        Assert.True(expected.SequenceEqual(Walk(rows)));
    }

    [Fact]
    public void A_run_longer_than_the_read_buffer_is_walked_whole()
    {
        var keys = Keys(new Random(1), 10_000, int.MaxValue);

        Assert.Equal(keys.Order(), Walk(Open([KeyRuns.Encode(keys)])).Select(r => r.Key));
    }

    [Fact]
    public void Rows_of_equal_keys_come_in_row_order_whatever_the_sort_did()
    {
        var keys = Enumerable.Repeat(new RowKey(7, 7), 5_000).Append(new RowKey(1, 1)).ToArray();

        var rows = Walk(Open([KeyRuns.Encode(keys)])).Select(r => r.Row).ToArray();

        Assert.Equal([5_000, .. Enumerable.Range(0, 5_000)], rows);
    }

    [Fact]
    public void A_run_is_in_order_of_key_and_row_for_hashes_ranks_and_few_keys()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var keys = (seed % 3) switch
            {
                0 => Keys(random, random.Next(500), 20),
                1 => [.. Enumerable.Range(0, 3_000).Select(_ => new RowKey((ulong)random.NextInt64() << 1, (ulong)random.NextInt64()))],
                _ => (RowKey[])[.. Enumerable.Range(0, random.Next(500)).Select(i => new RowKey((ulong)random.Next(5) << 62, (ulong)(i / 3)))],
            };
            var numbers = Enumerable.Range(0, 5_000).Where(_ => random.Next(2) == 0).Concat(Enumerable.Range(5_000, 3_000)).Take(keys.Length).ToArray();

            var walked = Walk(Open([KeyRuns.Encode(keys, numbers)])).Select(r => (r.Key, r.Row));

            Assert.True(keys.Zip(numbers).OrderBy(r => r.First).ThenBy(r => r.Second).SequenceEqual(walked), $"seed {seed}");
        }
    }

    [Fact]
    public void Rows_that_were_put_aside_leave_the_numbers_of_the_others()
    {
        RowKey[] keys = [new(3, 0), new(1, 0)];

        Assert.Equal([(1UL, 9), (3UL, 4)], Walk(Open([KeyRuns.Encode(keys, [4, 9])])).Select(r => (r.Key.High, r.Row)));
    }

    [Fact]
    public void Nothing_gives_nothing()
    {
        Assert.Empty(KeyRuns.Encode([]));
        Assert.Empty(Walk(Open([])));
        Assert.Empty(Walk(Open([KeyRuns.Encode([]), KeyRuns.Encode([])])));
        Assert.Equal(0, Open([KeyRuns.Encode([])]).Count);
    }

    [Fact]
    public void A_walk_that_is_left_early_closes_its_files()
    {
        var rows = Open([KeyRuns.Encode(Keys(new Random(2), 100, 9))]);
        foreach (var _ in rows)
        {
            break;
        }

        // Only Windows refuses to delete an open file; on Linux the walk must still be able to begin again.
        Assert.Equal(100, Walk(rows).Count);
        Directory.Delete(folder.File("runs"), recursive: true);
    }

    static RowKey[] Keys(Random random, int rows, int different) =>
        [.. Enumerable.Range(0, rows).Select(_ => new RowKey((ulong)random.Next(different), random.Next(2) == 0 ? 0 : ulong.MaxValue))];

    KeyedRows Open(IEnumerable<byte[]> runs)
    {
        Directory.CreateDirectory(folder.File("runs"));
        var files = new List<string>();
        foreach (var run in runs)
        {
            files.Add(folder.File($"runs/{Guid.NewGuid():N}.keys"));
            File.WriteAllBytes(files[^1], run);
        }

        return KeyRuns.Open(files);
    }

    static List<KeyedRow> Walk(KeyedRows rows)
    {
        var walked = new List<KeyedRow>();
        foreach (var row in rows)
        {
            walked.Add(row);
        }

        return walked;
    }
}
