using System.Text.Json;
using Sluice.Pipelines;
using Sluice.Quality;
using Sluice.Runs;
using Sluice.Steps;
using Sluice.Tests.Runs;

namespace Sluice.Core.Tests.Quality;

/// <summary>Rows are compared with a table that is right.</summary>
public sealed class CheckAccuracyTests
{
    const string Rows = "id,city,amount,day\n1,Bonn,10,2024-01-01\n2,Ulm,20.5,2024-01-02\n3,,30,2024-01-03\n4,Kiel,41,2024-01-05\n9,Jena,1,2024-01-01\n,Mars,1,2024-01-01\n";
    const string Truth = "id,city,amount,day\n1,Bonn,10,2024-01-01\n2,Köln,20,2024-01-02\n3,Jena,30,2024-01-03\n4,Kiel,40,2024-01-04\n";

    static string Yaml(string config) => TestRuns.Source + $"  - {{ id: right, type: check_accuracy, config: {{ file: truth.csv, on: [id]{config} }} }}\n";

    [Theory]
    [InlineData(1 << 20)]
    [InlineData(20)]
    public async Task Every_value_that_the_table_contradicts_is_evidence_however_the_input_is_cut(long batchBytes)
    {
        await using var runs = await RunsAsync();

        var run = await runs.RunAsync(Yaml(""), batchBytes: batchBytes);

        var record = await runs.RecordAsync(run.Outcome);
        Assert.Equal(
            [("inaccurate:amount", 2L), ("inaccurate:city", 1L), ("inaccurate:day", 1L), ("not_in_reference:id", 2L)], record.Steps[0].Failures.Select(f => (f.Key, f.Value)));
        var evidence = new List<string>();
        await foreach (var batch in new EvidenceRows(runs.Files, record).ReadAsync(default))
        {
            evidence.AddRange(Enumerable.Range(0, batch.Rows).Select(row => $"{batch["row"].Display(row)} {batch["reason"].Display(row)} {batch["column"].Display(row)}"));
        }

        Assert.Equal(["2 inaccurate amount", "2 inaccurate city", "4 inaccurate amount", "4 inaccurate day", "5 not_in_reference id", "6 not_in_reference id"], evidence.Order(StringComparer.Ordinal));
        var (_, manifest) = await runs.Catalogue.ShowAsync("t", "latest", default);
        var report = manifest.Steps[0].Fitted!.Value.Deserialize<CheckAccuracy.Report>(StepJson.Options)!;
        Assert.Equal((6L, 2L, 7.0 / 11), (report.Rows, report.Unknown, report.Accuracy));
        Assert.Equal([("amount", 4L, 2L), ("city", 3L, 2L), ("day", 4L, 3L)], report.Columns.Select(c => (c.Column, c.Compared, c.Right)));
        Assert.Equal(6, manifest.Rows);
    }

    [Fact]
    public async Task A_tolerance_lets_numbers_and_days_differ()
    {
        await using var runs = await RunsAsync();

        var record = await runs.RecordAsync((await runs.RunAsync(Yaml(", tolerance: 0.5, columns: [amount, city]"))).Outcome);
        var days = await runs.RecordAsync((await runs.RunAsync(Yaml(", tolerance: 1, columns: [day]"))).Outcome);

        Assert.Equal([("inaccurate:amount", 1L), ("inaccurate:city", 1L)], record.Steps[0].Failures.Where(f => f.Key.StartsWith("ina", StringComparison.Ordinal)).Select(f => (f.Key, f.Value)));
        Assert.DoesNotContain("inaccurate:day", days.Steps[0].Failures.Keys);
    }

    [Theory]
    [InlineData(", min_accuracy: 0.6", null)]
    [InlineData(", min_accuracy: 0.7", "Step 'right': 0.6364 of the compared values are right; at least 0.7 are demanded. amount: 2 of 4 wrong, city: 1 of 3 wrong, day: 1 of 4 wrong.")]
    public async Task A_gate_refuses_below_what_is_demanded(string config, string? failure)
    {
        await using var runs = await RunsAsync();

        Assert.Equal(failure, (await runs.RunAsync(Yaml(config))).Outcome.GateFailure);
    }

    [Fact]
    public async Task A_gate_refuses_where_nothing_could_be_compared()
    {
        await using var runs = await RunsAsync("id,city\n77,Bonn\n");

        Assert.Equal(
            "Step 'right': No value could be compared, and an accuracy of 0.5 is demanded. 6 of 6 rows have a key that the table does not have.",
            (await runs.RunAsync(Yaml(", min_accuracy: 0.5"))).Outcome.GateFailure);
    }

    [Theory]
    [InlineData("id,city\n1,a\n1,b\n", "", "The table has a key of id twice, so it does not say which row is right. Name columns that tell its rows apart.")]
    [InlineData("id,city\nx,a\n", "", "Column 'id' is int64 here and text in the table: bring one to the type of the other, for instance with fix_types.")]
    [InlineData("id,city\n1,2024-01-01\n", ", columns: [city]", "Column 'city' is text here and date in the table: bring one to the type of the other, for instance with fix_types.")]
    [InlineData("id,town\n1,a\n", ", columns: [city]", "Column 'city' does not exist here.")]
    public async Task A_table_that_cannot_tell_is_refused_before_the_run(string truth, string config, string error)
    {
        await using var runs = await RunsAsync(truth);

        var refused = await Assert.ThrowsAsync<PipelineException>(() => runs.RunAsync(Yaml(config)));

        Assert.Contains(error, refused.Problems[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_is_named_once() => Assert.Contains(
        "The table that is right is named once: either 'file', or 'dataset' with or without 'version', or as the second step in 'depends_on'.",
        Assert.Throws<PipelineException>(() => Pipeline.Parse(TestRuns.Source + "  - { id: right, type: check_accuracy, config: { on: [id] } }\n")).Problems[0].ToString(), StringComparison.Ordinal);

    static async Task<TestRuns> RunsAsync(string truth = Truth)
    {
        var runs = new TestRuns();
        runs.Write("data.csv", Rows);
        await File.WriteAllTextAsync(Path.Combine(runs.Folder, "truth.csv"), truth);
        return runs;
    }
}
