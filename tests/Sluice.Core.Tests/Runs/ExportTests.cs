using Sluice.Runs;

namespace Sluice.Tests.Runs;

public sealed class ExportTests
{
    static readonly string yaml = TestRuns.Chain + "  - { id: out, type: csv_sink, config: { file_path: out/rows.csv } }\n";

    [Fact]
    public async Task A_sink_is_written_once()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", TestRuns.Csv(40, seed: 14));

        var first = await runs.RunAsync(yaml, runId: "run");
        var again = await runs.RunAsync(yaml, runId: "run", deliveries: 2);

        var lines = await File.ReadAllLinesAsync(Path.Combine(runs.Folder, "out", "rows.csv"));
        Assert.Equal((1, 0), (first.WorkedIn(StageKind.Export), again.UnitsWorked));
        Assert.Equal((await runs.RowsAsync(first.Version)).Count + 1, lines.Length);
    }

    [Fact]
    public async Task A_file_that_was_deleted_is_written_again_by_a_run_that_is_up_to_date()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", TestRuns.Csv(40, seed: 14));
        var first = await runs.RunAsync(yaml);
        var file = Path.Combine(runs.Folder, "out", "rows.csv");
        var bytes = await File.ReadAllBytesAsync(file);
        File.Delete(file);

        var second = await runs.RunAsync(yaml);
        var third = await runs.RunAsync(yaml);

        Assert.Equal(bytes, await File.ReadAllBytesAsync(file));
        Assert.Equal((1, 1, true, first.Version), (second.UnitsWorked, second.WorkedIn(StageKind.Export), second.Outcome.UpToDate, second.Version));
        Assert.Equal((0, true), (third.UnitsWorked, third.Outcome.UpToDate));
    }

    [Fact]
    public async Task A_file_that_was_cut_is_written_again()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", TestRuns.Csv(40, seed: 14));
        await runs.RunAsync(yaml);
        var file = Path.Combine(runs.Folder, "out", "rows.csv");
        var text = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, text[..10]);

        await runs.RunAsync(yaml);

        Assert.Equal(text, await File.ReadAllTextAsync(file));
    }
}
