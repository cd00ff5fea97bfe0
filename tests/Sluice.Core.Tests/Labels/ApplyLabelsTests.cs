using System.Globalization;
using System.Text;
using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Labels;
using Sluice.Runs;
using Sluice.Steps;
using Sluice.Tests.Runs;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Labels;

public sealed class ApplyLabelsTests : StepContract, IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    ApplyLabels.Options Options => new() { LabelsFile = folder.File("labels.jsonl"), KeyColumns = ["count", "code"], LabelColumn = "genre" };

    protected override Step Create()
    {
        var sample = Sample();
        var labels = Enumerable.Range(0, 60).Select(row => new RowLabel(
            new(StringComparer.Ordinal) { ["count"] = Cell(sample["count"], row), ["code"] = Cell(sample["code"], row) }, row % 2 == 0 ? "Drama" : "Farce"));
        File.WriteAllBytes(Options.LabelsFile, new LabelOverlay(labels).ToBytes());
        return new ApplyLabels(Options);

        static string? Cell(Column column, int row) => column.IsNull(row) ? null : column.Display(row);
    }

    protected override (Step Step, string Path)? WithUnknownColumn => (new ApplyLabels(Options with { KeyColumns = ["count", "nowhere"] }), "key_columns[1]");

    [Fact]
    public void The_same_labels_are_the_same_bytes_and_name_themselves()
    {
        RowLabel Label(string id, string label) => new(new(StringComparer.Ordinal) { ["id"] = id }, label, ["anna"], new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        var (one, other) = (new LabelOverlay([Label("2", "cat"), Label("10", "dog")]), new LabelOverlay([Label("10", "owl"), Label("10", "dog"), Label("2", "cat")]));

        Assert.Equal(one.Id(), other.Id());
        Assert.Equal("{\"key\":{\"id\":\"10\"},\"label\":\"dog\",\"by\":[\"anna\"],\"at\":\"2026-01-02T03:04:05Z\"}", Encoding.UTF8.GetString(one.ToBytes()).Split('\n')[0]);
        Assert.Equal(one.Id(), LabelOverlay.Parse(one.ToBytes(), "f").Id());
        Assert.Equal(["owl", "cat"], new LabelOverlay([Label("10", "owl")]).Over(one).Labels.Select(l => l.Label));
    }

    [Theory]
    [InlineData("{\"key\":{\"id\":\"1\"},\"label\":\"\"}", "no key or no label")]
    [InlineData("{\"key\":{\"id\":\"1\"},\"lable\":\"x\"}", "lable")]
    [InlineData("id,label", "'i' is an invalid")]
    public void A_line_that_is_no_label_is_refused_with_its_number(string line, string found)
    {
        var refused = Assert.Throws<DataException>(() => LabelOverlay.Parse(Encoding.UTF8.GetBytes("{\"key\":{\"id\":\"1\"},\"label\":\"x\"}\n\n" + line), "labels.jsonl"));

        Assert.StartsWith("Line 3 of \"labels.jsonl\" is no label: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(found, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Joins_by_key_whatever_its_type_and_says_which_labels_changed()
    {
        File.WriteAllText(Options.LabelsFile, "{\"key\":{\"id\":\"2\"},\"label\":\"new\"}\n{\"key\":{\"id\":\"3\"},\"label\":\"kept\"}\n{\"key\":{\"id\":\"9\"},\"label\":\"lost\"}\n");
        var table = new Batch(
            new Schema([new("id", ColumnType.Int64), new("label", ColumnType.Text)]), [new ValueColumn<long>(ColumnType.Int64, [1, 2, 3, 4]), TextColumn.Of("a", "b", "kept", null)], 4);

        var run = StepRunner.Run(new ApplyLabels(Options with { KeyColumns = ["id"], LabelColumn = "label" }), table);
        var filled = StepRunner.Run(new ApplyLabels(Options with { KeyColumns = ["id"], LabelColumn = "label", LabelMode = ApplyLabelsMode.Fill }), table);

        Assert.Equal(["a", "new", "kept", ""], Enumerable.Range(0, 4).Select(run.All["label"].Display));
        Assert.Equal((1, 1L), (run.Verdicts[0].Failing(0).Single(), run.Verdicts[0].Changed["apply_labels:label"]));
        Assert.Equal(["a", "b", "kept", ""], Enumerable.Range(0, 4).Select(filled.All["label"].Display));
        Assert.Contains("\"rows\":2,\"without_row\":1", Encoding.UTF8.GetString(run.Json), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_with_other_keys_is_refused()
    {
        File.WriteAllText(Options.LabelsFile, "{\"key\":{\"uid\":\"2\"},\"label\":\"new\"}\n");

        var refused = Assert.Throws<DataException>(() => StepRunner.Run(new ApplyLabels(Options), Sample()));

        Assert.EndsWith("has the key columns uid; expected count, code. Correct key_columns or the file.", refused.Message, StringComparison.Ordinal);
    }

    const string Yaml = """
        name: t
        dataset: t
        steps:
          - { id: read, type: csv, config: { file_path: data.csv } }
          - { id: keep, type: filter, config: { condition: 'id >= 0', reason: negative } }
          - { id: label, type: apply_labels, config: { labels_file: 'labels/*.jsonl', key_columns: [id], label_column: kind } }

        """;

    static async Task<TestRuns> RunsAsync()
    {
        var runs = new TestRuns();
        runs.Write("data.csv", "id,text\n" + string.Concat(Enumerable.Range(0, 400).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i},some text of row {i}\n"))));
        Directory.CreateDirectory(Path.Combine(runs.Folder, "labels"));
        await File.WriteAllBytesAsync(Path.Combine(runs.Folder, "labels", "1.jsonl"), Overlay(i => i % 3 == 0 ? "cat" : "dog"));
        return runs;
    }

    static byte[] Overlay(Func<int, string> of, int from = 0, int to = 400) => new LabelOverlay(
        Enumerable.Range(from, to - from).Select(i => new RowLabel(new(StringComparer.Ordinal) { ["id"] = i.ToString(CultureInfo.InvariantCulture) }, of(i)))).ToBytes();

    [Fact]
    public async Task A_relabel_makes_again_only_the_batches_of_its_rows_and_the_version_names_the_labels()
    {
        await using var runs = await RunsAsync();
        var before = await runs.RunAsync(Yaml);
        var batches = before.WorkedIn(StageKind.Apply);
        Assert.True(batches > 8);
        Assert.True((await runs.RunAsync(Yaml)).Outcome.UpToDate);

        // One row of four hundred gets another label, in a file that comes after the first.
        await File.WriteAllBytesAsync(Path.Combine(runs.Folder, "labels", "2.jsonl"), Overlay(_ => "cat", 7, 8));
        var after = await runs.RunAsync(Yaml);

        Assert.NotEqual(before.Version, after.Version);
        Assert.Equal((0, 0, 1), (after.WorkedIn(StageKind.Ingest), after.WorkedIn(StageKind.Observe), after.WorkedIn(StageKind.Apply)));
        Assert.Equal((1, batches - 1), after.Of(StageKind.Apply));
        var rows = await runs.RowsAsync(after.Version);
        Assert.Equal(["7|some text of row 7|cat"], rows.Except(await runs.RowsAsync(before.Version)));
        Assert.Equal(["data.csv", "labels/1.jsonl", "labels/2.jsonl"], (await runs.Catalogue.ManifestAsync("t", after.Version, CancellationToken.None)).Inputs.Select(i => i.File));
    }

    [Fact]
    public async Task The_same_labels_in_another_file_give_the_same_rows_and_nothing_to_do_but_to_decide()
    {
        await using var runs = await RunsAsync();
        await runs.RunAsync(Yaml);

        await File.WriteAllBytesAsync(Path.Combine(runs.Folder, "labels", "2.jsonl"), Overlay(i => i % 3 == 0 ? "cat" : "dog", 0, 50));
        var after = await runs.RunAsync(Yaml);

        Assert.Equal((0, 0), (after.WorkedIn(StageKind.Apply), after.WorkedIn(StageKind.Publish)));
    }
}
