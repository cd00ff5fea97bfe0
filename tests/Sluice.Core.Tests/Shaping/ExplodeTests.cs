using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Shaping;
using Sluice.Tests.Runs;

namespace Sluice.Core.Tests.Shaping;

public sealed class ExplodeTests
{
    static readonly Batch Lists = new(
        new Schema([new Field("id", ColumnType.Int64, false), new Field("tags", ColumnType.Text)]),
        [new ValueColumn<long>(ColumnType.Int64, [1, 2, 3, 4, 5], null), TextColumn.Of("""["a", "b", null, {"x": 1}]""", "[]", null, "a, b", """["only"]""")], 5);

    static List<string> Rows(Batch batch) => [.. Enumerable.Range(0, batch.Rows).Select(row => string.Join('|', batch.Columns.Select(c => c.IsNull(row) ? "-" : c.Display(row))))];

    [Fact]
    public void Makes_a_row_of_each_item_and_counts_them()
    {
        var run = StepRunner.Run(new Explode(new() { Column = "tags", IndexColumn = "nr" }), Lists);

        Assert.Equal(["1|a|1", "1|b|2", "1|-|3", "1|{\"x\": 1}|4", "2|-|-", "3|-|-", "5|only|1"], Rows(run.All));
        Assert.Equal(3, run.Verdicts[0].Made["items"]);
        Assert.Equal([0, 0, 0, 0, 1, 2, 4], run.All.Origin!);
        Assert.Equal("not_a_list", run.Verdicts[0].Rules[0].Reason);
    }

    [Fact]
    public void Splits_text_at_a_separator_and_rejects_empty_lists_when_asked()
    {
        var texts = new Batch(new Schema([new Field("t", ColumnType.Text)]), [TextColumn.Of("a; b ;c", "", null, "x;")], 4);

        var run = StepRunner.Run(new Explode(new() { Column = "t", Separator = ";", KeepEmpty = false }), texts);

        Assert.Equal(["a", "b", "c", "x", ""], Rows(run.All));
        Assert.Equal(2, run.Verdicts[0].Rejected);
    }

    [Fact]
    public void A_list_that_is_too_long_is_rejected()
    {
        var run = StepRunner.Run(new Explode(new() { Column = "tags", MaxItems = 2 }), Lists);

        Assert.Equal(["2|-", "3|-", "5|only"], Rows(run.All));
        Assert.Contains(run.Verdicts[0].Rules, rule => rule.Reason == "too_many_items");
    }

    [Fact]
    public void Columns_that_do_not_fit_are_problems()
    {
        Assert.StartsWith("column: Column 'nowhere' does not exist here.", Assert.Single(StepRunner.Problems(new Explode(new() { Column = "nowhere" }), Lists.Schema)));
        Assert.Contains("expected text that holds lists", Assert.Single(StepRunner.Problems(new Explode(new() { Column = "id" }), Lists.Schema)));
        Assert.Contains("is there already", Assert.Single(StepRunner.Problems(new Explode(new() { Column = "tags", IndexColumn = "id" }), Lists.Schema)));
    }

    [Fact]
    public async Task A_version_accounts_for_made_rows_and_is_the_same_for_any_cut()
    {
        var text = string.Concat(Enumerable.Range(0, 200).Select(i => $"{i},{string.Join(';', Enumerable.Range(0, i % 5))}\n").Prepend("id,parts\n"));
        var yaml = TestRuns.Source + "  - { id: items, type: explode, config: { column: parts, separator: ';', index_column: nr } }\n  - { id: some, type: filter, config: { condition: \"nr IS NULL OR nr < 4\" } }\n";
        var versions = new HashSet<string>();
        foreach (var bytes in new[] { 100L, 700, 100_000 })
        {
            await using var runs = new TestRuns();
            runs.Write("data.csv", text);
            var run = await runs.RunAsync(yaml, batchBytes: bytes);
            versions.Add(run.Version);
            var record = await runs.RecordAsync(run.Outcome);
            var rows = (await runs.Catalogue.OpenAsync("t", run.Version, CancellationToken.None)).Rows;
            Assert.Equal(record.RowsRead + record.Made!.Values.Sum(), rows + record.Rejected.Values.Sum());
            Assert.Equal(240, record.Made["items"]);
        }

        Assert.Single(versions);
    }
}

public sealed class ExplodeContractTests : StepContract
{
    protected override Sluice.Steps.Step Create() => new Explode(new() { Column = DirtyTable.Of(1, 1).Schema.First(f => f.Type == ColumnType.Text).Name, KeepEmpty = true });

    protected override (Sluice.Steps.Step Step, string Path)? WithUnknownColumn => (new Explode(new() { Column = "nowhere" }), "column");
}

public sealed class LimitTests : StepContract
{
    protected override Sluice.Steps.Step Create() => new Limit(new() { Rows = 100 });

    protected override (Sluice.Steps.Step Step, string Path)? WithUnknownColumn => null;

    [Fact]
    public void Keeps_the_first_rows_in_order()
    {
        var run = StepRunner.Run(Create(), StepRunner.Cut(Sample(), 70, 20));

        Assert.Equal(100, run.All.Rows);
        Assert.Equal(Enumerable.Range(0, 100), Enumerable.Range(0, 100).Select(run.All.OriginOf));
    }
}

public sealed class ChooseColumnsTests : StepContract
{
    protected override Sluice.Steps.Step Create() => new ChooseColumns(new() { Keep = [.. Sample().Schema.Select(f => f.Name).Reverse().Skip(1)], Rename = new Dictionary<string, string> { [Sample().Schema[0].Name] = "first" } });

    protected override (Sluice.Steps.Step Step, string Path)? WithUnknownColumn => (new ChooseColumns(new() { Drop = ["nowhere"] }), "drop[0]");

    [Fact]
    public void Refuses_names_that_meet_and_a_table_without_columns()
    {
        var schema = Sample().Schema;

        Assert.Contains("Two columns would be called", Assert.Single(StepRunner.Problems(new ChooseColumns(new() { Rename = new Dictionary<string, string> { [schema[0].Name] = schema[1].Name } }), schema)));
        Assert.Contains("No column would be left", Assert.Single(StepRunner.Problems(new ChooseColumns(new() { Drop = [.. schema.Select(f => f.Name)] }), schema)));
        Assert.Contains("does not stay", Assert.Single(StepRunner.Problems(new ChooseColumns(new() { Drop = [schema[0].Name], Rename = new Dictionary<string, string> { [schema[0].Name] = "x" } }), schema)));
    }
}
