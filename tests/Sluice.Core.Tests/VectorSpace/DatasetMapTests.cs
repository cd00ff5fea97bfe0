using Sluice.Batches;
using Sluice.Embedding;
using Sluice.Maps;
using Sluice.Reports;
using Sluice.Storage;
using Sluice.VectorSpace;

namespace Sluice.Core.Tests.VectorSpace;

public sealed class DatasetMapTests
{
    static readonly VectorSource xy = new() { Columns = ["x", "y"] };

    [Fact]
    public async Task Shows_rows_that_nothing_covers_and_labels_that_neighbours_do_not_have()
    {
        var map = await MapAsync(label: "label", split: "split");

        Assert.Equal("x 50.5, y 50.5", map.Snippets[Assert.Single(map.Holes).Row]);
        var doubt = Assert.Single(map.SuspectedLabels);
        Assert.Equal(("b", "a", 10), (doubt.Given, doubt.Suggested, doubt.Votes));
        Assert.Equal(["split", "label", "name"], map.Colours.Select(c => c.Name));
        Assert.Equal(["train", "test"], map.Colours[0].Kinds!);
        Assert.Equal(121, map.Rows);
    }

    [Fact]
    public async Task Is_the_same_however_rows_are_cut()
    {
        var whole = Table();

        var (one, many) = (await MapAsync(), await MapAsync([whole.Slice(0, 7), whole.Slice(7, 7), whole.Slice(7, 100), whole.Slice(100, 121)]));

        Assert.Equal(MapReport.Render("t", one), MapReport.Render("t", many));
    }

    [Fact]
    public async Task Text_of_rows_cannot_end_the_script_of_the_page()
    {
        var texts = new Batch(
            new Schema([new Field("body", ColumnType.Text)]), [TextColumn.Of(["</script><script>alert(1)</script>", "plain words", "other words"])], 3);

        var map = await DatasetMap.OfAsync(
            Batches(texts), new VectorSource { Text = "body", Model = "hashing-32" }, [], null, null, "train", false, new VectorStore(new MemoryStore()), 42, default);

        Assert.DoesNotContain("<script>alert", MapReport.Render("<b>", map));
    }

    [Theory]
    [InlineData("nowhere", null, "There is no column 'nowhere'.")]
    [InlineData(null, "learn", "No row is in the set 'learn'.")]
    public async Task Says_what_is_missing(string? label, string? train, string message)
    {
        var error = await Assert.ThrowsAsync<DataException>(() => MapAsync(label: label, split: "split", train: train ?? "train"));

        Assert.StartsWith(message, error.Message);
    }

    static Task<DatasetMap> MapAsync(Batch[]? batches = null, string? label = null, string? split = null, string train = "train") =>
        DatasetMap.OfAsync(Batches(batches ?? [Table()]), xy, ["name"], label, split, train, false, new VectorStore(new MemoryStore()), 42, default);

    static async IAsyncEnumerable<Batch> Batches(params Batch[] batches)
    {
        foreach (var batch in batches)
        {
            await Task.Yield();
            yield return batch;
        }
    }

    // Two lots of 60 points, one point far off, and one label that does not fit.
    static Batch Table()
    {
        var random = new Random(8);
        var points = Enumerable.Range(0, 120).Select(i => (X: random.NextDouble() + (i % 2 * 5), Y: random.NextDouble(), Label: i == 44 ? "b" : i % 2 == 0 ? "a" : "c", Set: i % 3 == 0 ? "test" : "train"))
            .Append((X: 50.5, Y: 50.5, Label: "c", Set: "test")).ToArray();
        return new Batch(
            new Schema([new Field("x", ColumnType.Float64), new Field("y", ColumnType.Float64), new Field("label", ColumnType.Text), new Field("split", ColumnType.Text), new Field("name", ColumnType.Text)]),
            [
                new ValueColumn<double>(ColumnType.Float64, [.. points.Select(p => p.X)]), new ValueColumn<double>(ColumnType.Float64, [.. points.Select(p => p.Y)]),
                TextColumn.Of([.. points.Select(p => p.Label)]), TextColumn.Of([.. points.Select(p => p.Set)]), TextColumn.Of([.. points.Select((_, i) => $"row {i}")]),
            ],
            points.Length);
    }
}
