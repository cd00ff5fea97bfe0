using System.Globalization;
using Sluice.Datasets;
using Sluice.Privacy;
using Sluice.Quality;

namespace Sluice.Reports;

// One card a column.
public static partial class HtmlReport
{
    static Html Columns(VersionManifest? manifest, QualityReport before, QualityReport? after)
    {
        var shown = after ?? before;
        var rest = shown.Columns.Count - MaxColumns;
        return Html.Of($"""
            <section><h2>Columns{(manifest is null ? " as read" : "")}</h2><div class="cards">{shown.Columns.Take(MaxColumns).Select(c => Card(c, shown.Rows, before.Columns.FirstOrDefault(b => b.Name == c.Name), before.Rows, manifest?.Sensitive?.GetValueOrDefault(c.Name)))}</div>
            {(rest > 0 ? Html.Of($"""<p class="note">and {rest:N0} more columns</p>""") : Html.Empty)}</section>
            """);
    }

    static Html Card(ColumnProfile column, long rows, ColumnProfile? before, long rowsBefore, SensitiveColumn? tag)
    {
        var type = column.Type.ToString().ToLowerInvariant();
        var was = before is not null && before.Type != column.Type ? $" (read as {before.Type.ToString().ToLowerInvariant()})" : "";
        return Html.Of($"""
            <article class="card"><h3 title="{column.Name}">{column.Name}</h3><p class="type">{type}{was}{(column.Format is null ? "" : $" · {column.Format}")}</p>
            {Missing(column.Missing, rows, before?.Missing, rowsBefore)}
            {(tag is { IsProtected: false } ? Html.Of($"""<p class="stats">{tag.Sensitivity}: personal data in the clear, so no value is shown here</p>""") : Values(column))}
            </article>
            """);
    }

    static Html Missing(long missing, long rows, long? before, long rowsBefore)
    {
        var now = rows == 0 ? 0 : 100.0 * missing / rows;
        var was = before is null || rowsBefore == 0 ? null : (double?)(100.0 * before.Value / rowsBefore);
        return Html.Of($"""
            <div class="missing"><span class="track"><span class="fill bad" style="width:{now:0.##}%"></span></span><span>{now:0.#} % missing{(was is null || Math.Abs(was.Value - now) < 0.05 ? "" : $", {was.Value.ToString("0.#", CultureInfo.InvariantCulture)} % as read")}</span></div>
            """);
    }

    static Html Values(ColumnProfile column)
    {
        var distinct = $"{(column.DistinctIsExact ? "" : "≈ ")}{column.Distinct:N0} different";
        if (column.Numbers is { } numbers)
        {
            return Html.Of($"""
                {(numbers.Histogram.Count > 1 ? Charts.Histogram(numbers.Histogram, Show(column, numbers.Min), Show(column, numbers.Max)) : Html.Empty)}
                <p class="stats">{distinct} · median {Show(column, numbers.Quantiles[2])} · mean {Show(column, numbers.Mean)}{(IsTime(column) ? "" : $" · σ {Number(numbers.Deviation)}")}</p>
                """);
        }

        if (column.Top is { } top)
        {
            var bars = top.Take(5).Select(v => (v.Value, (double)v.Count, $"{v.Count:N0}", "base"));
            return Html.Of($"""{Charts.Bars(bars)}<p class="stats">{distinct}</p>""");
        }

        var lengths = column.Lengths is { } l ? $" · {l.Shortest:N0} to {l.Longest:N0} bytes, mean {l.Mean:N1}" : "";
        return Html.Of($"""<p class="stats">{distinct}{lengths}</p>""");
    }

    static bool IsTime(ColumnProfile column) => column.Type is ColumnType.Date or ColumnType.Timestamp;

    static string Show(ColumnProfile column, double value) => column.Type switch
    {
        ColumnType.Date => Dates.Format((long)Math.Round(value)),
        ColumnType.Timestamp => Timestamps.Format((long)value),
        _ => Number(value),
    };

    static string Number(double value) => Math.Abs(value) switch
    {
        0 => "0",
        >= 1e15 or < 1e-3 => value.ToString("0.###e0", CultureInfo.InvariantCulture),
        >= 1000 => value.ToString("#,0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.###", CultureInfo.InvariantCulture),
    };
}
