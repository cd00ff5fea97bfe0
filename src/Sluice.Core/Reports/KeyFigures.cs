using Sluice.Profiles.Kpis;

namespace Sluice.Reports;

/// <summary>Key figures of a set as a section of a page.</summary>
static class KeyFigures
{
    const int MaxShown = 12;

    public static Html Of(KpiReport kpis) => Html.Of($"""
        <section><h2>Key figures</h2><div class="two">{kpis.Coverage.Select(Of)}{(kpis.Accuracy is { } accuracy ? Of(accuracy) : Html.Empty)}{kpis.Diversity.Select(Of)}{(kpis.Vendi is { } vendi ? Of(vendi) : Html.Empty)}{(kpis.Freshness is { } freshness ? Of(freshness) : Html.Empty)}</div>
        {kpis.Notes.Select(n => Html.Of($"""<p class="note">{n}</p>"""))}</section>
        """);

    static Html Of(Coverage coverage) => Html.Of($"""
        <div><h3>Coverage of {coverage.Column}: {coverage.Present.Count:N0} of {coverage.Present.Count + coverage.Missing.Count:N0} expected ({coverage.Share:0.#%})</h3>
        {Charts.Bars(Counted(coverage.Present, "good").Concat(coverage.Missing.Take(MaxShown).Select(m => (m, 0.0, "missing", "bad"))))}
        {More(coverage.Missing.Count - MaxShown, "expected values are missing")}
        {(coverage.UnexpectedRows == 0 ? Html.Empty : Html.Of($"""<p class="note">Other values ({coverage.UnexpectedRows:N0}): {string.Join(", ", coverage.Unexpected.Take(MaxShown).Select(u => $"{u.Value} ({u.Rows:N0})"))}</p>"""))}
        {Without(coverage.WithoutValue)}</div>
        """);

    static Html Of(Accuracy accuracy) => Html.Of($"""
        <div><h3>Accuracy: {accuracy.Share:0.#%} of rows pass</h3>
        {(accuracy.Reasons.Count == 0 ? Html.Empty : Charts.Bars(Counted(accuracy.Reasons, "bad")))}
        <p class="note">{accuracy.Failing:N0} of {accuracy.Rows:N0} rows, as they were read, have a failure of medium or higher severity in {string.Join(", ", accuracy.Validations)}. Missing values do not count.</p></div>
        """);

    static Html Of(Representation categories) => Html.Of($"""
        <div><h3>Diversity of {categories.Column}: evenness {categories.Evenness:0.##}</h3>
        {Charts.Bars(Counted(categories.Largest, "base"))}
        <p class="note">{categories.Categories:N0} categories, as diverse as {categories.Effective:0.#} equally frequent ones.</p></div>
        """);

    static Html Of(Vendi vendi) => Html.Of($"""
        <div><h3>Diversity of {vendi.Column} by meaning: Vendi score {vendi.Score:0.#}</h3>
        <p class="note">As diverse as {vendi.Score:0.#} texts with nothing in common; from {vendi.Different:N0} different texts{(vendi.IsSample ? ", a sample that their content picks" : "")}, by {vendi.Model}.</p></div>
        """);

    static Html Of(Freshness freshness) => Html.Of($"""
        <div><h3>Freshness by {freshness.Column}: median age {freshness.MedianDays:#,0.#} days at {freshness.AsOf:yyyy-MM-dd}</h3>
        {Charts.Bars(freshness.Ages.Select(a => (Band(a), (double)a.Rows, $"{a.Share:0.#%}", "base")))}
        <p class="note">From {freshness.Oldest} to {freshness.Newest}.{(freshness.Future == 0 ? "" : $" Rows of later days: {freshness.Future:N0}.")}</p>{Without(freshness.WithoutValue)}</div>
        """);

    internal static string Band(AgeBand band) => band.UpToDays is { } days ? $"up to {days:N0} {(days == 1 ? "day" : "days")}" : "older";

    static IEnumerable<(string Label, double Value, string Shown, string Kind)> Counted(IReadOnlyList<CountedValue> values, string kind) =>
        values.Take(MaxShown).Select(v => (v.Value, (double)v.Rows, $"{v.Rows:N0}", kind));

    static Html More(int rest, string what) => rest > 0 ? Html.Of($"""<p class="note">and {rest:N0} more {what}</p>""") : Html.Empty;

    static Html Without(long rows) => rows > 0 ? Html.Of($"""<p class="note">Without a value: {rows:N0}.</p>""") : Html.Empty;
}
