using System.Text.Json;
using Sluice.Quality;
using Sluice.Steps;

namespace Sluice.Datasets;

/// <summary>Quality over the versions of a dataset, oldest first.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="AverageScore">Mean score of these versions; null when none was measured.</param>
/// <param name="Versions">The newest versions, at most <see cref="MaxVersions"/>.</param>
/// <param name="CommonIssues">Checks that failed in any of them, those of most versions first.</param>
public sealed record QualityTrend(string Dataset, double? AverageScore, IReadOnlyList<QualityPoint> Versions, IReadOnlyList<CommonIssue> CommonIssues)
{
    /// <summary>Versions that are looked at; older ones are left out.</summary>
    public const int MaxVersions = 100;

    public static async Task<QualityTrend> OfAsync(DatasetCatalogue catalogue, string dataset, CancellationToken cancellation)
    {
        // An unknown name is answered as everywhere, with the names there are.
        await catalogue.ShowAsync(dataset, "latest", cancellation);
        var points = new List<QualityPoint>();
        foreach (var version in (await catalogue.VersionsAsync(dataset, cancellation)).TakeLast(MaxVersions))
        {
            var manifest = await catalogue.ManifestAsync(dataset, version.Version, cancellation);
            var report = manifest.QualityAfter.Deserialize<QualityReport>(StepJson.Options);
            points.Add(new QualityPoint(version.Number, version.Version, version.CommittedAt, version.Rows, report?.Score, report?.Checks ?? []));
        }

        var issues = points.SelectMany(p => p.Checks).Where(c => c.Issues > 0).GroupBy(c => (c.Name, c.Column)).Select(same => new CommonIssue(
                same.Key.Name, same.Key.Column, same.Count(), same.Average(c => c.Rate), RateOf(points[^1], same.Key.Name, same.Key.Column)))
            .OrderByDescending(i => i.Versions).ThenByDescending(i => i.MeanRate).ThenBy(i => i.Check, StringComparer.Ordinal).ThenBy(i => i.Column, StringComparer.Ordinal);
        return new QualityTrend(dataset, points.Average(p => p.Score), points, [.. issues]);
    }

    static double RateOf(QualityPoint point, string check, string? column) => point.Checks.FirstOrDefault(c => c.Name == check && c.Column == column)?.Rate ?? 0;
}

/// <summary>Quality of one version.</summary>
/// <param name="Number">1, 2, 3… in order of commit.</param>
/// <param name="Version">Id.</param>
/// <param name="CommittedAt">When.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Score">0 to 100; null when it was not measured.</param>
/// <param name="Checks">What was found in its rows.</param>
public sealed record QualityPoint(int Number, string Version, DateTimeOffset CommittedAt, long Rows, double? Score, IReadOnlyList<CheckResult> Checks);

/// <summary>A check that failed.</summary>
/// <param name="Check">Its reason.</param>
/// <param name="Column">Column of a rule, or null.</param>
/// <param name="Versions">Versions in which it did.</param>
/// <param name="MeanRate">Mean share of failures in those.</param>
/// <param name="LastRate">Share in the newest version.</param>
public sealed record CommonIssue(string Check, string? Column, int Versions, double MeanRate, double LastRate);
