using System.Text;
using Sluice.Connectors;
using Sluice.Datasets;
using Sluice.Embedding;
using Sluice.Steps;

namespace Sluice.Splits;

/// <summary>A split of a version, checked again from the version's rows.</summary>
/// <param name="Step">Id of the step in the pipeline.</param>
/// <param name="Column">Column that names the set of each row.</param>
/// <param name="Report">What the split reported when it was made.</param>
/// <param name="Audit">What the rows say now.</param>
public sealed record CheckedSplit(string Step, string Column, SplitReport Report, SplitAuditReport Audit);

/// <summary>The splits of a version.</summary>
public static class VersionSplits
{
    /// <summary>Checks every split of a version; empty when its pipeline has none.</summary>
    /// <exception cref="DataException">A step after the split took its column away.</exception>
    public static async Task<IReadOnlyList<CheckedSplit>> CheckAsync(VersionManifest manifest, DatasetRows rows, VectorStore vectors, CancellationToken cancellation)
    {
        var made = manifest.Steps.Where(step => step.Type == "split" && step.Fitted is not null).ToArray();
        var written = manifest.Pipeline.Definition.GetProperty("steps").EnumerateArray().Where(step => step.GetProperty("type").GetString() == "split").ToArray();
        var audits = new List<(string Step, Split.Options Options, SplitReport Report, SplitAudit Audit)>();
        for (var i = 0; i < made.Length && i < written.Length; i++)
        {
            var id = written[i].GetProperty("id").GetString()!;
            var options = ((Split)Catalog.Default.Configure(CapabilityKind.Step, "split", written[i].GetProperty("config").GetRawText())).Given;
            var report = new Fitted(Encoding.UTF8.GetBytes(made[i].Fitted!.Value.GetRawText())).As<SplitReport>();
            if (!rows.Schema.Has(options.OutputColumn))
            {
                throw new DataException(
                    $"Step '{id}' wrote column '{options.OutputColumn}', which the version does not have: a later step took it away, so the split cannot be checked.");
            }

            audits.Add((id, options, report, new SplitAudit(options, report)));
        }

        if (audits.Count > 0)
        {
            await foreach (var batch in rows.ReadAsync(cancellation))
            {
                foreach (var audit in audits)
                {
                    await audit.Audit.AddAsync(batch, vectors, cancellation);
                }
            }
        }

        return [.. audits.Select(audit => new CheckedSplit(audit.Step, audit.Options.OutputColumn, audit.Report, audit.Audit.Finish(cancellation)))];
    }
}
