using System.Globalization;
using System.Text.Json;
using Sluice.Datasets;
using Sluice.Matching;
using Sluice.Quality;
using Sluice.Runs;
using Sluice.Steps;

namespace Sluice.Reports;

/// <summary>The report of a run: one page that needs nothing else, bounded in size whatever the number of rows.</summary>
public static partial class HtmlReport
{
    const int MaxColumns = 300;
    const int MaxQuarantine = 100;

    /// <param name="manifest">The version; null when a gate refused.</param>
    /// <param name="record">The run.</param>
    /// <param name="took">How long it took, or null.</param>
    /// <param name="trend">Quality of the dataset's versions up to this one, or null.</param>
    public static string Render(VersionManifest? manifest, RunRecord record, TimeSpan? took = null, QualityTrend? trend = null)
    {
        var before = ReportOf(record.QualityBefore);
        var after = manifest is null ? null : ReportOf(manifest.QualityAfter);
        return Html.Of($"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{record.Dataset} – dataset report</title><style>{Html.Raw(Styles)}</style></head><body>
            {Header(manifest, record, before, after, took)}
            <main>
            {Flow(manifest, record)}
            {Checks(before, after)}
            {Advice(after ?? before)}
            {History(trend)}
            {Splits(manifest)}
            {Learned(manifest)}
            {PersonalData(manifest)}
            {Columns(manifest, before, after)}
            {Quarantine(record)}
            {Lineage(manifest, record)}
            </main></body></html>
            """).ToString();
    }

    static QualityReport ReportOf(JsonElement json) => json.Deserialize<QualityReport>(StepJson.Options)
        ?? throw new DataException("A quality report is empty.");

    static Html Header(VersionManifest? manifest, RunRecord record, QualityReport before, QualityReport? after, TimeSpan? took) => Html.Of($"""
        <header><div><p class="eyebrow">{record.Pipeline}</p><h1>{record.Dataset}</h1>
        <p class="sub">{(manifest is null ? Html.Of($"""<strong class="bad">No version was committed.</strong> {record.GateFailure}""") : Html.Of($"version <code>{manifest.Id()}</code>"))}</p>
        <p class="sub">run <code>{record.RunId}</code>, {record.FinishedAt:yyyy-MM-dd HH:mm} UTC{(took is null ? "" : $", {took.Value.TotalSeconds:0.0} s")}</p></div>
        <div class="scores">{Charts.Score(before.Score, "quality as read")}{Charts.Score(after?.Score, "quality of the version")}</div></header>
        <section class="tiles">{Tile(record.RowsRead, "rows read")}{Tile(manifest?.Rows ?? 0, "rows kept")}{Tile(record.Rejected.Values.Sum() - PairVerdicts.Of(record.Rejected, record.Made).Values.Sum(), "rows rejected")}{Tile(record.Steps.SelectMany(s => s.Changed.Values).Sum(), "cells changed")}{Tile(record.Evidence.Sum(e => (long)e.Evidence.Rows), "failures on record")}</section>
        """);

    static Html Tile(long number, string label) => Html.Of($"""<div class="tile"><b>{number:N0}</b><span>{label}</span></div>""");

    static Html Flow(VersionManifest? manifest, RunRecord record)
    {
        var rows = new List<(string, double, string, string)> { ("read", record.RowsRead, $"{record.RowsRead:N0}", "base") };
        rows.AddRange(record.Steps.Select(s => ($"after {s.Step}", (double)s.RowsOut, $"{s.RowsOut:N0}", "base")));
        var pairs = PairVerdicts.Of(record.Rejected, record.Made);
        var rejected = record.Rejected.Where(r => !pairs.ContainsKey(r.Key)).OrderByDescending(r => r.Value).Select(r => (r.Key, (double)r.Value, $"{r.Value:N0}", "bad")).ToList();
        var changed = record.Steps.SelectMany(s => s.Changed).GroupBy(c => c.Key).Select(g => (Key: g.Key, Cells: g.Sum(c => c.Value)))
            .OrderByDescending(c => c.Cells).ThenBy(c => c.Key, StringComparer.Ordinal).Take(20).ToList();
        return Html.Of($"""
            <section><h2>From file to dataset</h2><div class="two"><div><h3>Rows after each step</h3>{Charts.Bars(rows)}</div>
            <div><h3>Why rows are gone</h3>{(rejected.Count == 0 ? Html.Of($"""<p class="note">No row was rejected.</p>""") : Charts.Bars(rejected))}
            <p class="note">{record.RowsRead:N0} read{(record.Made is { } made ? $" + {made.Values.Sum():N0} made" : "")} = {manifest?.Rows ?? 0:N0} kept + {record.Rejected.Values.Sum():N0} rejected{(manifest is null ? " + those that were not published" : "")}.{(pairs.Count == 0 ? "" : $" {pairs.Values.Sum():N0} of those rejected are pairs of rows that were judged ({string.Join(", ", pairs.Select(p => $"{p.Value:N0} {p.Key}"))}): a pair is a row that was made while it is judged, and no row of the table.")}</p>
            {(changed.Count == 0 ? Html.Empty : Html.Of($"<h3>Cells changed</h3>{Charts.Bars(changed.Select(c => (c.Key.Replace(":", " · ", StringComparison.Ordinal), (double)c.Cells, $"{c.Cells:N0}", "good")))}"))}</div></div></section>
            """);
    }

    static Html Checks(QualityReport before, QualityReport? after) => Html.Of($"""
        <section><h2>Checks</h2><p class="note">Score = 100 · (1 − Σ weight · issues⁄possible ÷ Σ weight); weights: critical 1.0, high 0.7, medium 0.4, low 0.1. Every check has its own number of possible issues.</p>
        <div class="scroll"><table><thead><tr><th>check</th><th>column</th><th>severity</th><th class="r">issues as read</th><th class="r">share</th><th class="r">issues in the version</th><th class="r">share</th></tr></thead><tbody>
        {before.Checks.Select(c => CheckRow(c, after?.Checks.FirstOrDefault(a => a.Name == c.Name && a.Column == c.Column)))}</tbody></table></div>
        {before.Notes.Select(n => Html.Of($"""<p class="note">{n}</p>"""))}</section>
        """);

    static Html CheckRow(CheckResult before, CheckResult? after) => Html.Of($"""
        <tr><td>{before.Name.Replace('_', ' ')}</td><td>{before.Column ?? "whole table"}</td><td><span class="sev {before.Severity.ToString().ToLowerInvariant()}">{before.Severity.ToString().ToLowerInvariant()}</span></td>
        <td class="r">{before.Issues:N0} of {before.Denominator:N0} {before.Unit}</td><td class="r">{before.Rate:P2}</td><td class="r">{(after is null ? "–" : $"{after.Issues:N0} of {after.Denominator:N0}")}</td><td class="r {(after is null ? "" : after.Rate < before.Rate ? "up" : after.Rate > before.Rate ? "down" : "")}">{(after is null ? "–" : after.Rate.ToString("P2", CultureInfo.InvariantCulture))}</td></tr>
        """);

    static Html Quarantine(RunRecord record) => record.Quarantine.Count == 0 ? Html.Empty : Html.Of($"""
        <section><h2>Quarantine</h2><p class="note">{record.Quarantine.Count:N0} rows made a step fail and were put aside. Replay them with <code>sluice run … --replay-quarantine</code>.</p>
        <div class="scroll"><table><thead><tr><th class="r">row</th><th>step</th><th>error</th></tr></thead><tbody>{record.Quarantine.Take(MaxQuarantine).Select(q => Html.Of(
            $"""<tr><td class="r">{q.Row + 1:N0}</td><td>{q.Step}</td><td>{q.Error}</td></tr>"""))}</tbody></table></div></section>
        """);

    static Html Lineage(VersionManifest? manifest, RunRecord record) => manifest is null ? Html.Empty : Html.Of($"""
        <section><h2>Where it comes from</h2><div class="scroll"><table><thead><tr><th>input</th><th class="r">bytes</th><th>SHA-256</th></tr></thead><tbody>{manifest.Inputs.Take(50).Select(i => Html.Of(
            $"""<tr><td>{i.File}</td><td class="r">{i.Bytes:N0}</td><td><code>{i.Sha256}</code></td></tr>"""))}</tbody></table></div>
        {(manifest.Inputs.Count > 50 ? Html.Of($"""<p class="note">and {manifest.Inputs.Count - 50:N0} more files</p>""") : Html.Empty)}
        <p class="note">Pipeline “{manifest.Pipeline.Name}” <code>{manifest.Pipeline.Hash}</code>, engine {manifest.Engine}. The same input and pipeline give the same version, byte for byte.
        {record.Evidence.Sum(e => (long)e.Evidence.Rows):N0} failures are on record, each with its row, rule and value.</p></section>
        """);
}
