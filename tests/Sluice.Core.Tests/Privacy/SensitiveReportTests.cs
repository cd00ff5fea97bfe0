using System.Text;
using Sluice.Tests.Runs;

namespace Sluice.Tests.Privacy;

public sealed class SensitiveReportTests
{
    static readonly string csv = "part,contact\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"wheel,ann{i % 4}@example.org\n"));

    [Theory]
    [InlineData("mask", "")]
    [InlineData("flag", "")]
    [InlineData("flag", "  - { id: check, type: quality_validation, config: { min_quality_score: 100 } }\n")]
    public async Task Neither_manifest_nor_record_lists_values_of_columns_that_hold_personal_data(string action, string gate)
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", csv);

        var run = await runs.RunAsync(TestRuns.Source + $"  - {{ id: pii, type: pii_detection, config: {{ action: {action} }} }}\n" + gate);

        var record = Encoding.UTF8.GetString(await runs.Store.ReadAsync(run.Outcome.Record!, default));
        Assert.DoesNotContain("@example.org", record, StringComparison.Ordinal);
        Assert.Contains("\"value\":\"wheel\"", record, StringComparison.Ordinal);
        if (gate.Length == 0)
        {
            var manifest = await runs.BytesAsync(run.Outcome.Version!);
            Assert.DoesNotContain("@example.org", manifest, StringComparison.Ordinal);
            Assert.Contains("\"value\":\"wheel\"", manifest, StringComparison.Ordinal);
        }
        else
        {
            Assert.NotNull(run.Outcome.GateFailure);
        }
    }
}
