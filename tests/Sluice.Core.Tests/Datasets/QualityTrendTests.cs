using Sluice.Datasets;
using Sluice.Reports;
using Sluice.Tests.Runs;

namespace Sluice.Tests.Datasets;

/// <summary>Quality over versions: how it went, and rules that compare with the version before.</summary>
public sealed class QualityTrendTests
{
    const string Compared = TestRuns.Source + """
          - id: check
            type: quality_validation
            config:
              business_rules: [{ type: historical, tolerance: 0.3 }]
              max_issue_rate: { unlike_earlier_version: 0 }

        """;

    [Fact]
    public async Task Scores_and_common_issues_of_the_versions_in_order()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", "id,amount\n1,10\n2,20\n3,30\n4,40\n");
        await runs.RunAsync(TestRuns.Source);
        runs.Write("data.csv", "id,amount\n1,10\n2,\n3,30\n3,30\n");
        var last = await runs.RunAsync(TestRuns.Source);

        var trend = await QualityTrend.OfAsync(runs.Catalogue, "t", default);

        Assert.Equal([1, 2], trend.Versions.Select(v => v.Number));
        Assert.Equal(100, trend.Versions[0].Score);
        Assert.Equal(100 * (1 - (((0.4 / 8) + (0.7 / 4)) / 1.8)), trend.Versions[1].Score!.Value, 4);
        Assert.Equal((trend.Versions[0].Score + trend.Versions[1].Score) / 2, trend.AverageScore);
        Assert.Equal([("duplicate_row", 1, 0.25, 0.25), ("missing_value", 1, 0.125, 0.125)], trend.CommonIssues.Select(i => (i.Check, i.Versions, i.MeanRate, i.LastRate)));
        var page = HtmlReport.Render((await runs.Catalogue.ShowAsync("t", "latest", default)).Manifest, await runs.RecordAsync(last.Outcome), null, trend);
        Assert.Contains("""aria-label="Quality score of 2 versions" """.TrimEnd(), page, StringComparison.Ordinal);
        Assert.Contains("keep the first of equal rows", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dataset_that_does_not_exist_has_no_trend()
    {
        await using var runs = new TestRuns();

        var error = await Assert.ThrowsAsync<DataException>(() => QualityTrend.OfAsync(runs.Catalogue, "nobody", default));

        Assert.StartsWith("Dataset 'nobody' does not exist.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_unlike_the_one_before_is_refused_with_the_figures()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", "id,amount\n1,10\n2,20\n3,30\n4,40\n");
        var first = await runs.RunAsync(Compared);
        runs.Write("data.csv", "id,amount\n1,10\n2,20\n3,31\n4,40\n");
        var alike = await runs.RunAsync(Compared);
        runs.Write("data.csv", "id,amount\n1,90\n2,\n3,\n4,95\n5,\n6,\n");
        var unlike = await runs.RunAsync(Compared);

        Assert.Null(first.Outcome.GateFailure);
        Assert.Null(alike.Outcome.GateFailure);
        Assert.Contains("\"unlike_earlier_version: there is no earlier version to compare with.\"", await runs.BytesAsync(first.Outcome.Version!), StringComparison.Ordinal);
        Assert.StartsWith("Step 'check': unlike_earlier_version: 4 of 5 figures", unlike.Outcome.GateFailure, StringComparison.Ordinal);
        var record = await runs.RecordAsync(unlike.Outcome);
        var notes = record.QualityBefore.GetProperty("notes").EnumerateArray().Select(n => n.GetString()!).ToList();
        Assert.Equal($"unlike_earlier_version: the number of rows is 6, was 4 in {alike.Outcome.Version}; the tolerance is 0.3.", notes[0]);
        Assert.Equal($"unlike_earlier_version: the share of missing values of 'amount' is 0.6667, was 0 in {alike.Outcome.Version}; the tolerance is 0.3.", notes[2]);
    }

    [Fact]
    public async Task The_same_input_again_is_the_same_version_and_is_not_compared_with_itself()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", "id,amount\n1,10\n2,20\n");
        var first = await runs.RunAsync(Compared);

        var again = await runs.RunAsync(Compared);

        Assert.True(again.Outcome.UpToDate);
        Assert.Equal(first.Outcome.Version, again.Outcome.Version);
    }
}
