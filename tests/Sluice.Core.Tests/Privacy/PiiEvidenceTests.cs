using Sluice.Reports;
using Sluice.Runs;
using Sluice.Tests.Runs;

namespace Sluice.Core.Tests.Privacy;

/// <summary>A whole run: what is told of personal data, and what is published.</summary>
public sealed class PiiEvidenceTests
{
    [Fact]
    public async Task The_version_says_which_columns_are_sensitive_and_the_page_what_was_measured()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", "id,mail,note\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i},ann{i}@example.com,{(i == 3 ? "card 4111 1111 1111 1111" : "nothing")}\n")));
        var outcome = (await runs.RunAsync(TestRuns.Source + """
              - { id: controls, type: privacy_controls }
              - { id: protect, type: pii_detection, config: { columns: [mail], action: mask } }
              - { id: group, type: k_anonymity, config: { quasi_identifiers: [{ column: id }], k: 4, method: mondrian } }
            """)).Outcome;

        var manifest = (await runs.Catalogue.ShowAsync(outcome.Dataset, outcome.Version!, CancellationToken.None)).Manifest;
        var page = HtmlReport.Render(manifest, await runs.RecordAsync(outcome));

        Assert.Equal(["mail", "note"], manifest.Sensitive!.Keys);
        Assert.Equal(("confidential", true), (manifest.Sensitive["mail"].Sensitivity, manifest.Sensitive["mail"].IsProtected));
        Assert.Equal(("restricted", false), (manifest.Sensitive["note"].Sensitivity, manifest.Sensitive["note"].IsProtected));
        Assert.Contains("Controls and evidence", page, StringComparison.Ordinal);
        Assert.Contains("note: credit card in 1 of 40 cells", page, StringComparison.Ordinal);
        Assert.Contains("Anonymity", page, StringComparison.Ordinal);
        Assert.DoesNotContain("compliant", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("4111", page, StringComparison.Ordinal);
    }

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
