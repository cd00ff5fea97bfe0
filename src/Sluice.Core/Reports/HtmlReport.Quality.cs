using System.Globalization;
using Sluice.Datasets;
using Sluice.Quality;

namespace Sluice.Reports;

// What could be done about the findings, and how they went over the versions.
public static partial class HtmlReport
{
    const int MaxAdvice = 60;
    const int MaxIssues = 20;

    static Html Advice(QualityReport report)
    {
        var all = QualityValidation.Suggest(report);
        var patterns = report.MissingPatterns ?? [];
        return all.Count == 0 && patterns.Count == 0 ? Html.Empty : Html.Of($"""
            <section><h2>What could be done</h2><div class="scroll"><table><thead><tr><th>finding</th><th>column</th><th>suggestion</th><th>step</th></tr></thead><tbody>
            {all.Take(MaxAdvice).Select(s => Html.Of($"<tr><td>{s.Check.Replace('_', ' ')}</td><td>{s.Column ?? "whole table"}</td><td>{s.Text}</td><td><code>{s.Step?.ToJsonString() ?? ""}</code></td></tr>"))}</tbody></table></div>
            {(all.Count > MaxAdvice ? Html.Of($"""<p class="note">and {all.Count - MaxAdvice:N0} more</p>""") : Html.Empty)}
            {patterns.Select(p => Html.Of($"""<p class="note">Missing together in {p.Rows:N0} rows: {string.Join(", ", p.Columns.Take(12))}{(p.Columns.Count > 12 ? $" and {p.Columns.Count - 12:N0} more" : "")}.</p>"""))}</section>
            """);
    }

    static Html History(QualityTrend? trend)
    {
        var points = trend?.Versions.Where(v => v.Score is not null).ToList() ?? [];
        return points.Count < 2 ? Html.Empty : Html.Of($"""
            <section><h2>Over the versions</h2>{Charts.Line([.. points.Select(p => (string.Create(CultureInfo.InvariantCulture, $"{p.Number}: {p.Score:0.0}, {p.Rows:N0} rows"), p.Score!.Value))])}
            <div class="axis"><span>version {points[0].Number}: {points[0].Score:0.0}</span><span>version {points[^1].Number}: {points[^1].Score:0.0}</span></div>
            <p class="note">Mean score {trend!.AverageScore:0.0}. Issues of most versions first:</p>
            <div class="scroll"><table><thead><tr><th>check</th><th>column</th><th class="r">versions</th><th class="r">mean share</th><th class="r">share now</th></tr></thead><tbody>{trend.CommonIssues.Take(MaxIssues).Select(i => Html.Of(
                $"""<tr><td>{i.Check.Replace('_', ' ')}</td><td>{i.Column ?? "whole table"}</td><td class="r">{i.Versions:N0} of {trend.Versions.Count:N0}</td><td class="r">{i.MeanRate:P2}</td><td class="r">{i.LastRate:P2}</td></tr>"""))}</tbody></table></div></section>
            """);
    }
}
