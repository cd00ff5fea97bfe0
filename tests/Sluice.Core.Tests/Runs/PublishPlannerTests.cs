using Sluice.Batches;
using Sluice.Core.Tests.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Runs;

namespace Sluice.Tests.Runs;

public sealed class PublishPlannerTests
{
    [Fact]
    public void Files_do_not_depend_on_how_the_rows_are_batched()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var rows = RandomBatches.Of(random.Next(1, 1_500), seed);
            var target = random.Next(64, 1 << 18);
            var maxRows = random.Next(1, 600);

            var whole = Files([rows], target, maxRows);
            var cut = Files(StepRunner.Cut(rows, [.. Enumerable.Range(0, 5).Select(_ => random.Next(1, 300))]), target, maxRows);

            Assert.True(whole.SequenceEqual(cut), $"seed {seed}: {string.Join(',', whole)} against {string.Join(',', cut)}");
            Assert.Equal(rows.Rows, whole.Sum());
            Assert.True(whole.All(rows => rows > 0 && rows <= maxRows), $"seed {seed}");
        }
    }

    [Fact]
    public void Pieces_cover_every_row_once_in_order()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var batches = Enumerable.Range(0, random.Next(6)).Select(_ => random.Next(3) == 0 ? 0 : random.Next(1, 50))
                .Select(rows => (rows, (IReadOnlyList<int>)[.. Enumerable.Range(1, rows).Where(_ => random.Next(7) == 0)])).ToList();

            var pieces = PublishPlanner.Segments(batches, random.Next(1, 40)).SelectMany(s => s.Pieces);

            var covered = pieces.SelectMany(p => Enumerable.Range(p.From, p.To - p.From).Select(row => (p.Batch, row)));
            Assert.True(batches.SelectMany((b, i) => Enumerable.Range(0, b.rows).Select(row => (i, row))).SequenceEqual(covered), $"seed {seed}");
        }
    }

    [Fact]
    public void No_rows_make_no_file()
    {
        Assert.Empty(PublishPlanner.Segments([], 10));
        Assert.Empty(PublishPlanner.Segments([(0, []), (0, [])], 10));
    }

    [Fact]
    public void Equal_rows_without_a_border_are_cut_at_the_row_limit() =>
        Assert.Equal([10, 10, 10, 5], Lengths(PublishPlanner.Segments([(17, []), (0, []), (18, [])], 10)));

    [Fact]
    public void A_border_on_the_last_row_of_a_batch_ends_the_file_there() => Assert.Equal([4, 3], Lengths(PublishPlanner.Segments([(4, [4]), (3, [])], 10)));

    [Fact]
    public void A_border_on_the_row_limit_makes_no_empty_file() => Assert.Equal([4, 4], Lengths(PublishPlanner.Segments([(8, [4, 8])], 4)));

    [Fact]
    public void A_row_as_large_as_a_file_is_a_file()
    {
        var rows = new Batch(new Schema([new Field("n", ColumnType.Int64)]), [new ValueColumn<long>(ColumnType.Int64, [1, 2, 3], null, 3)], 3);

        Assert.Equal([1, 2, 3], PublishPlanner.Borders(rows, targetBytes: 8));
    }

    [Fact]
    public void Files_hold_the_target_on_average()
    {
        var values = Enumerable.Range(0, 400_000).Select(i => (long)i).ToArray();
        var rows = new Batch(new Schema([new Field("n", ColumnType.Int64)]), [new ValueColumn<long>(ColumnType.Int64, values, null, values.Length)], values.Length);

        var files = PublishPlanner.Borders(rows, targetBytes: 8_000).Count;

        Assert.InRange(files, 320, 480);
    }

    [Fact]
    public void A_changed_row_changes_only_its_own_file()
    {
        var values = Enumerable.Range(0, 20_000).Select(i => (long)i).ToArray();
        var before = Content(values);
        values[10_000] = -1;
        var after = Content(values);

        Assert.InRange(after.Except(before).Count(), 1, 2);
        Assert.InRange(before.Except(after).Count(), 1, 2);
        Assert.True(before.Count > 30, $"{before.Count} files");

        static List<string> Content(long[] values)
        {
            var rows = new Batch(new Schema([new Field("n", ColumnType.Int64)]), [new ValueColumn<long>(ColumnType.Int64, [.. values], null, values.Length)], values.Length);
            return [.. PublishPlanner.Segments([(rows.Rows, PublishPlanner.Borders(rows, 4_000))], 1 << 18)
                .Select(s => string.Join(',', s.Pieces.SelectMany(p => values[p.From..p.To])))];
        }
    }

    static int[] Files(IReadOnlyList<Batch> batches, long target, int maxRows) =>
        Lengths(PublishPlanner.Segments([.. batches.Select(b => (b.Rows, PublishPlanner.Borders(b, target)))], maxRows));

    static int[] Lengths(IReadOnlyList<Segment> segments) => [.. segments.Select(s => s.Pieces.Sum(p => p.To - p.From))];
}
