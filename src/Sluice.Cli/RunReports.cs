using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sluice.Datasets;
using Sluice.Functions;
using Sluice.Reports;
using Sluice.Runs;

namespace Sluice.Cli;

/// <summary>Writes the HTML report of a run beside the store.</summary>
static class RunReports
{
    /// <summary>Path of the report; null when the run left nothing to report on.</summary>
    public static async Task<string?> WriteAsync(LocalApp app, RunOutcome outcome, VersionManifest? manifest, RunRecord? record, TimeSpan took, CancellationToken cancellation)
    {
        var folder = Path.Combine(app.Services.GetRequiredService<IOptions<SluiceOptions>>().Value.Store, "reports", outcome.Dataset);
        var path = Path.Combine(folder, $"{outcome.Version ?? outcome.Record?.Split('/')[1] ?? "run"}.html");
        if (record is null)
        {
            return File.Exists(path) ? path : null;
        }

        Directory.CreateDirectory(folder);
        var scratch = path + ".tmp";
        var trend = manifest is null ? null : await QualityTrend.OfAsync(app.Services.GetRequiredService<DatasetCatalogue>(), outcome.Dataset, cancellation);
        await File.WriteAllTextAsync(scratch, HtmlReport.Render(manifest, record, took, trend), cancellation);
        File.Move(scratch, path, overwrite: true);
        return path;
    }
}
