using Sluice.Batches;
using Sluice.Runs;
using Sluice.Tests.Runs;

namespace Sluice.Tests.Datasets;

public sealed class DatasetSourceTests
{
    const string Reads = "name: t\ndataset: t\nsteps:\n  - { id: read, type: dataset, config: { dataset: a } }\n";

    [Fact]
    public async Task It_reads_the_newest_version_and_names_it_as_input()
    {
        await using var runs = new TestRuns();
        await MakeAsync(runs, "a", "x,y\n1,2024-01-01\n");
        var newest = await MakeAsync(runs, "a", "x,y\n1,2024-01-01\n2,\n3,2024-05-06\n");

        var run = await runs.RunAsync(Reads);

        Assert.Equal(["1|2024-01-01", "2|", "3|2024-05-06"], await runs.RowsAsync(run.Version));
        var manifest = await runs.Catalogue.ManifestAsync("t", run.Version, CancellationToken.None);
        Assert.Equal($"a@{newest}", Assert.Single(manifest.Inputs).File);
        Assert.Equal([("x", ColumnType.Int64), ("y", ColumnType.Date)], manifest.Schema.Select(f => (f.Name, f.Type)));
        Assert.True((await runs.RunAsync(Reads)).Outcome.UpToDate);
    }

    [Fact]
    public async Task A_stated_version_is_read_whatever_came_after_it()
    {
        await using var runs = new TestRuns();
        var first = await MakeAsync(runs, "a", "x\n1\n");
        await MakeAsync(runs, "a", "x\n2\n");

        foreach (var version in new[] { first, "1" })
        {
            var run = await runs.RunAsync(Reads.Replace("dataset: a }", $"dataset: a, version: '{version}' }}", StringComparison.Ordinal));
            Assert.Equal(["1"], await runs.RowsAsync(run.Version));
        }
    }

    [Fact]
    public async Task A_run_that_goes_on_later_reads_the_version_that_it_began_with()
    {
        await using var runs = new TestRuns();
        var first = await MakeAsync(runs, "a", "x\n1\n");
        var request = await runs.RequestAsync(Reads, "run");
        await runs.NewEngine().AdvanceAsync(request, StageKind.Start, 0, CancellationToken.None);
        await MakeAsync(runs, "a", "x\n2\n");

        var outcome = await LocalRun.RunAsync(runs.NewEngine(), request, 1, null, CancellationToken.None);

        Assert.Equal(["1"], await runs.RowsAsync(outcome.Version!));
        Assert.Equal($"a@{first}", (await runs.Catalogue.ManifestAsync("t", outcome.Version!, CancellationToken.None)).Inputs[0].File);
    }

    [Fact]
    public async Task A_new_version_reads_only_the_files_that_are_new_in_it()
    {
        await using var runs = new TestRuns();
        await MakeAsync(runs, "a", TestRuns.Csv(400, seed: 3));
        var first = await runs.RunAsync(Reads);
        await MakeAsync(runs, "a", TestRuns.Csv(400, seed: 3) + "400,name,1\n");

        var second = await runs.RunAsync(Reads);

        Assert.True(first.WorkedIn(StageKind.Ingest) > 3);
        Assert.InRange(second.WorkedIn(StageKind.Ingest), 1, 2);
    }

    [Fact]
    public async Task Several_datasets_are_one_table_whose_types_hold_all()
    {
        await using var runs = new TestRuns();
        await MakeAsync(runs, "a", "x,y\n1,1\n");
        await MakeAsync(runs, "b", "y,x\ntrue,2.5\n");

        var run = await runs.RunAsync(Reads.Replace("dataset: a }", "datasets: [a, b] }", StringComparison.Ordinal));

        Assert.Equal(["1|1", "2.5|true"], await runs.RowsAsync(run.Version));
        Assert.Equal([("x", ColumnType.Float64), ("y", ColumnType.Text)], (await runs.Catalogue.ManifestAsync("t", run.Version, CancellationToken.None)).Schema.Select(f => (f.Name, f.Type)));
    }

    [Fact]
    public async Task A_column_that_one_lacks_is_refused_or_filled_as_the_options_say()
    {
        await using var runs = new TestRuns();
        await MakeAsync(runs, "a", "x,y\n1,1\n");
        await MakeAsync(runs, "b", "x\n2\n");
        var text = Reads.Replace("dataset: a }", "datasets: [a, b] }", StringComparison.Ordinal);

        var refused = await Assert.ThrowsAsync<SourceException>(() => runs.RunAsync(text));
        var filled = await runs.RunAsync(text.Replace("[a, b]", "[a, b], missing_columns: fill", StringComparison.Ordinal));

        Assert.Equal("'b' has no column 'y', which 'a' has, so their rows cannot be put together. Bring them to the same columns, or set missing_columns: fill.", refused.Message);
        Assert.Equal(["1|1", "2|"], await runs.RowsAsync(filled.Version));
    }

    [Fact]
    public async Task A_version_without_rows_still_has_its_columns()
    {
        await using var runs = new TestRuns();
        await MakeAsync(runs, "a", "x,y\n1,1\n", "  - { id: none, type: filter, config: { condition: 'x > 5' } }\n");

        var run = await runs.RunAsync(Reads + "  - { id: f, type: filter, config: { condition: 'y > 0' } }\n");

        Assert.Empty(await runs.RowsAsync(run.Version));
        Assert.Equal(["x", "y"], (await runs.Catalogue.ManifestAsync("t", run.Version, CancellationToken.None)).Schema.Select(f => f.Name));
    }

    [Fact]
    public async Task A_dataset_that_is_not_there_is_refused()
    {
        await using var runs = new TestRuns();
        await MakeAsync(runs, "b", "x\n1\n");

        var refused = await Assert.ThrowsAsync<SourceException>(() => runs.RunAsync(Reads));

        Assert.Equal("Dataset 'a' does not exist. There are: b. A pipeline reads a dataset that another one has made: run that first, or correct the name.", refused.Message);
    }

    [Fact]
    public async Task Columns_with_personal_data_stay_marked_when_they_are_read_again()
    {
        await using var runs = new TestRuns();
        await MakeAsync(runs, "a", "id,mail\n1,ann@example.org\n2,bob@example.org\n", "  - { id: pii, type: pii_detection, config: { columns: [mail], action: flag } }\n");
        await MakeAsync(runs, "b", "id,mail\n1,ann@example.org\n2,bob@example.org\n", "  - { id: pii, type: pii_detection, config: { columns: [mail], action: mask } }\n");
        foreach (var (dataset, isProtected) in new[] { ("a", false), ("b", true) })
        {
            var run = await runs.RunAsync(Reads.Replace("dataset: a }", $"dataset: {dataset} }}", StringComparison.Ordinal) + "  - { id: f, type: filter, config: { condition: 'id > 0' } }\n");

            var manifest = await runs.Catalogue.ManifestAsync("t", run.Version, CancellationToken.None);
            Assert.Equal(isProtected, Assert.Single(manifest.Sensitive!).Value.IsProtected);
            Assert.DoesNotContain("ann@example.org", manifest.QualityBefore.ToString() + manifest.QualityAfter, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_table_of_which_no_version_is_stated_is_the_newest_and_an_input()
    {
        await using var runs = new TestRuns();
        await MakeAsync(runs, "a", "x,y\n1,one\n");
        var newest = await MakeAsync(runs, "a", "x,y\n1,uno\n");
        runs.Write("data.csv", "x\n1\n");
        const string joins = TestRuns.Source + "  - { id: j, type: join, config: { 'on': [x], dataset: a } }\n";

        var run = await runs.RunAsync(joins);

        Assert.Equal(["1|uno"], await runs.RowsAsync(run.Version));
        Assert.Equal(["data.csv", $"a@{newest}"], (await runs.Catalogue.ManifestAsync("t", run.Version, CancellationToken.None)).Inputs.Select(i => Path.GetFileName(i.File)));
    }

    static async Task<string> MakeAsync(TestRuns runs, string dataset, string csv, string steps = "")
    {
        runs.Write($"{dataset}.csv", csv);
        return (await runs.RunAsync($"name: {dataset}\ndataset: {dataset}\nsteps:\n  - {{ id: in, type: csv, config: {{ file_path: {dataset}.csv }} }}\n{steps}")).Version;
    }
}
