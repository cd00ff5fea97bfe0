using Sluice.Batches;
using Sluice.Datasets;
using Sluice.Tests.Runs;

namespace Sluice.Tests.Datasets;

public sealed class VersionDiffTests
{
    [Fact]
    public async Task Counts_rows_added_and_removed_and_reads_only_files_that_differ()
    {
        await using var runs = new TestRuns();
        var lines = TestRuns.Csv(400, seed: 20).Split('\n');
        var before = await RunAsync(runs, string.Join('\n', lines));
        lines[200] = lines[200].Replace("name", "other", StringComparison.Ordinal);
        var after = await RunAsync(runs, string.Join('\n', lines) + "9000,new,1\n");

        var diff = await DiffAsync(runs, before, after);

        Assert.Equal((2L, 1L), (diff.RowsAdded, diff.RowsRemoved));
        Assert.True(diff.FilesShared > 3 && diff.FilesCompared is > 0 and < 8, $"{diff.FilesShared} shared, {diff.FilesCompared} compared");
        Assert.Empty(diff.ColumnsAdded.Concat(diff.ColumnsRemoved).Concat(diff.ColumnsRetyped));
        Assert.NotNull(diff.QualityBefore);
    }

    [Fact]
    public async Task A_version_does_not_differ_from_itself()
    {
        await using var runs = new TestRuns();
        var version = await RunAsync(runs, TestRuns.Csv(50, seed: 21));

        var diff = await DiffAsync(runs, version, version);

        Assert.Equal((0L, 0L, 0), (diff.RowsAdded, diff.RowsRemoved, diff.FilesCompared));
        Assert.Equal((version, version), (diff.From, diff.To));
    }

    [Fact]
    public async Task A_row_that_is_there_once_more_is_one_row_added()
    {
        await using var runs = new TestRuns();
        var before = await RunAsync(runs, "a,b\n1,x\n1,x\n2,y\n");
        var after = await RunAsync(runs, "a,b\n1,x\n1,x\n1,x\n");

        var diff = await DiffAsync(runs, before, after);

        Assert.Equal((1L, 1L), (diff.RowsAdded, diff.RowsRemoved));
    }

    [Fact]
    public async Task Columns_that_come_go_and_change_their_type_are_named_and_rows_not_compared()
    {
        await using var runs = new TestRuns();
        var before = await RunAsync(runs, "kept,gone,typed\n1,x,5\n2,y,6\n");
        var after = await RunAsync(runs, "kept,typed,new\n1,five,x\n2,six,y\n");

        var diff = await DiffAsync(runs, before, after);

        Assert.Equal(["new"], diff.ColumnsAdded);
        Assert.Equal(["gone"], diff.ColumnsRemoved);
        Assert.Equal([$"typed: {ColumnType.Int64} → {ColumnType.Text}"], diff.ColumnsRetyped);
        Assert.Equal((null, null), (diff.RowsAdded, diff.RowsRemoved));
    }

    static async Task<string> RunAsync(TestRuns runs, string csv)
    {
        runs.Write("data.csv", csv);
        return (await runs.RunAsync(TestRuns.Source)).Version;
    }

    static async Task<VersionDiff> DiffAsync(TestRuns runs, string left, string right) => await VersionDiff.OfAsync(
        runs.Files, (await runs.Catalogue.ShowAsync("t", left, default)).Manifest, (await runs.Catalogue.ShowAsync("t", right, default)).Manifest, default);
}
