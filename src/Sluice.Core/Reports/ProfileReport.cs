using System.Globalization;
using Sluice.Profiles;
using Sluice.Profiles.Kpis;
using Sluice.Steps;

namespace Sluice.Reports;

/// <summary>The profile of a table, and what changed since another, as one page that needs nothing else and stays small whatever the table.</summary>
public static class ProfileReport
{
    const int MaxColumns = 300;
    const int MaxChanges = 200;
    const int MaxAssociations = 20;

    /// <param name="title">What was profiled.</param>
    /// <param name="profile">Its profile.</param>
    /// <param name="against">What it was compared with, or null.</param>
    /// <param name="drift">What changed, or null.</param>
    /// <param name="kpis">Key figures, or null.</param>
    public static string Render(string title, TableProfile profile, string? against = null, DriftReport? drift = null, KpiReport? kpis = null) => Html.Of($"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{title} – profile</title><style>{Html.Raw(HtmlReport.Styles)}</style></head><body>
        <header><div><p class="eyebrow">profile</p><h1>{title}</h1></div></header>
        <section class="tiles">{Tile($"{profile.Rows:N0}", "rows")}{Tile($"{profile.Columns.Count:N0}", "columns")}{Tile(MissingShare(profile), "of all cells missing")}{(drift is null ? Html.Empty : Tile($"{drift.Changes.Count:N0}", $"changes since {against}"))}</section>
        <main>{(kpis is null ? Html.Empty : KeyFigures.Of(kpis))}{(drift is null ? Html.Empty : Changes(against!, drift))}{Columns(profile)}{Associations(profile)}</main></body></html>
        """).ToString();

    static Html Tile(string number, string label) => Html.Of($"""<div class="tile"><b>{number}</b><span>{label}</span></div>""");

    static string MissingShare(TableProfile profile)
    {
        var cells = (double)profile.Rows * profile.Columns.Count;
        return (cells == 0 ? 0 : profile.Columns.Sum(c => c.Missing) / cells).ToString("0.##%", CultureInfo.InvariantCulture);
    }

    static Html Changes(string against, DriftReport drift) => Html.Of($"""
        <section><h2>Changes since {against}</h2>
        <p class="note">{drift.RowsBefore:N0} rows before, {drift.RowsAfter:N0} now; {drift.Tests:N0} tests. Differences that chance explains are left out: of comparisons of equal tables, at most {drift.FalseAlarms:0%} show any.</p>
        {(drift.Changes.Count == 0 ? Html.Of($"<p>Nothing changed beyond chance.</p>") : Html.Of($"""
            <div class="scroll"><table><thead><tr><th>severity</th><th>column</th><th>change</th><th>what</th></tr></thead><tbody>{drift.Changes.Take(MaxChanges).Select(Row)}</tbody></table></div>
            {More(drift.Changes.Count - MaxChanges, "changes")}
            """))}</section>
        """);

    static Html Row(Change change)
    {
        var severity = change.Severity.ToString().ToLowerInvariant();
        return Html.Of($"""<tr><td><span class="sev {severity}">{severity}</span></td><td>{change.Column}</td><td>{change.Kind.Replace('_', ' ')}</td><td>{change.What}</td></tr>""");
    }

    static Html More(int rest, string what) => rest > 0 ? Html.Of($"""<p class="note">and {rest:N0} more {what}</p>""") : Html.Empty;

    static Html Columns(TableProfile profile) => Html.Of($"""
        <section><h2>Columns</h2><div class="cards">{profile.Columns.Take(MaxColumns).Select(Card)}</div>{More(profile.Columns.Count - MaxColumns, "columns")}</section>
        """);

    static Html Card(ColumnReport column) => Html.Of($"""
        <article class="card"><h3 title="{column.Name}">{column.Name}</h3><p class="type">{column.Type.ToString().ToLowerInvariant()}{(column.Format is null ? "" : $" · {column.Format}")}</p>
        <div class="missing"><span class="track"><span class="fill bad" style="width:{100 * column.MissingShare:0.##}%"></span></span><span>{100 * column.MissingShare:0.#} % missing</span></div>
        {Values(column)}
        {column.Remarks.Select(r => Html.Of($"""<p class="stats">• {r}</p>"""))}
        </article>
        """);

    static Html Values(ColumnReport column)
    {
        var distinct = $"{(column.DistinctError == 0 ? "" : "≈ ")}{column.Distinct.ToString("N0", CultureInfo.InvariantCulture)} different";
        if (column.Numbers is { } numbers)
        {
            var deviation = Numbers.IsNumber(column.Type) ? $" · mean {Profiler.Number(numbers.Mean)} · σ {Profiler.Number(numbers.Deviation)}" : "";
            return Html.Of($"""
                {(numbers.Histogram.Count > 1 ? Charts.Histogram(numbers.Histogram, Show(numbers.Min), Show(numbers.Max)) : Html.Empty)}
                <p class="stats">{distinct} · median {Show(numbers.Median)}{deviation}</p>
                <p class="stats">middle half {Show(numbers.Quantiles[2])} to {Show(numbers.Quantiles[4])}</p>
                """);
        }

        var top = column.Top is { } values ? Charts.Bars(values.Take(5).Select(v => (v.Value, (double)v.Count, $"{v.Count:N0}", "base"))) : Html.Empty;
        var lengths = column.Text is { } text ? string.Create(CultureInfo.InvariantCulture, $" · {text.Shortest:N0} to {text.Longest:N0} bytes, mean {text.MeanLength:N1}") : "";
        var shapes = column.Top is null && column.Text?.Shapes is { } known ? Charts.Bars(known.Take(5).Select(v => (v.Value, (double)v.Count, $"{v.Count:N0}", "base"))) : Html.Empty;
        return Html.Of($"""{top}{shapes}<p class="stats">{distinct}{lengths}</p>""");

        string Show(double value) => Profiler.Show(column.Type, value);
    }

    static Html Associations(TableProfile profile)
    {
        var strong = profile.Associations.Take(MaxAssociations).ToList();
        return strong.Count == 0 ? Html.Empty : Html.Of($"""
            <section><h2>Associations</h2><div class="two">{Charts.Bars(strong.Select(a => ($"{a.Left} × {a.Right}", Math.Abs(a.Value), Shown(a), a.Value < 0 ? "bad" : "base")))}</div>
            {profile.Notes.Select(n => Html.Of($"""<p class="note">{n}</p>"""))}</section>
            """);
    }

    static string Shown(Association association) => string.Create(
        CultureInfo.InvariantCulture, $"{association.Measure.Replace('_', ' ')} {association.Value:0.00}{(association.Error == 0 ? "" : $" ± {association.Error:0.00}")}");
}
