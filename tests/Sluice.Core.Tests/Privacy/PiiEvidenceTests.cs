using Sluice.Runs;
using Sluice.Tests.Runs;

namespace Sluice.Core.Tests.Privacy;

/// <summary>A whole run: what is told of personal data, and what is published.</summary>
public sealed class PiiEvidenceTests
{
    [Fact]
    public async Task Evidence_names_row_and_kind_and_the_version_holds_no_value()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", "id,note\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"{i},{(i % 20 == 7 ? "write to ann.lee@example.com" : "nothing")}\n")));
        var outcome = (await runs.RunAsync(TestRuns.Source + """
              - { id: protect, type: pii_detection, config: { action: mask } }
            """)).Outcome;

        var evidence = new List<string>();
        await foreach (var batch in new EvidenceRows(runs.Files, await runs.RecordAsync(outcome)).ReadAsync(CancellationToken.None))
        {
            evidence.AddRange(Enumerable.Range(0, batch.Rows).Select(row => string.Join('|', batch.Columns.Select(c => c.Display(row)))));
        }

        Assert.Equal(["8|protect|pii_email|note|critical|false|", "28|protect|pii_email|note|critical|false|", "48|protect|pii_email|note|critical|false|"], evidence);
        var rows = await runs.RowsAsync(outcome.Version!);
        Assert.Equal(60, rows.Count);
        Assert.Contains("7|write to ***.***@*******.***", rows);
        Assert.DoesNotContain(rows, row => row.Contains("example", StringComparison.Ordinal));
    }
}
