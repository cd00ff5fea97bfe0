namespace Sluice.Reports;

/// <summary>Small charts as inline SVG and CSS: no scripts, no network, readable in print and by screen readers.</summary>
static class Charts
{
    /// <summary>Horizontal bars with label and number.</summary>
    public static Html Bars(IEnumerable<(string Label, double Value, string Shown, string Kind)> bars)
    {
        var all = bars.ToList();
        var most = all.Select(b => b.Value).DefaultIfEmpty(1).Max();
        return Html.Of($"""<div class="bars">{all.Select(b => Html.Of(
            $"""<div class="bar"><span class="label" title="{b.Label}">{b.Label}</span><span class="track"><span class="fill {b.Kind}" style="width:{100 * b.Value / Math.Max(most, double.Epsilon):0.##}%"></span></span><span class="num">{b.Shown}</span></div>"""))}</div>""");
    }

    /// <summary>Counts in bins of equal width.</summary>
    public static Html Histogram(IReadOnlyList<long> counts, string from, string to)
    {
        const int Width = 240, Height = 56;
        var most = Math.Max(1, counts.Max());
        var step = (double)Width / counts.Count;
        return Html.Of($"""
            <svg class="hist" viewBox="0 0 {Width} {Height}" preserveAspectRatio="none" role="img" aria-label="Histogram from {from} to {to}">{counts.Select((count, i) => Html.Of(
                $"""<rect x="{i * step:0.##}" y="{Height - (Height * (double)count / most):0.##}" width="{Math.Max(0.5, step - 1):0.##}" height="{Height * (double)count / most:0.##}"><title>{count:N0}</title></rect>"""))}</svg>
            <div class="axis"><span>{from}</span><span>{to}</span></div>
            """);
    }

    /// <summary>Scores from 0 to 100 in order, as a line with a dot each.</summary>
    public static Html Line(IReadOnlyList<(string Label, double Score)> points)
    {
        const int Width = 720, Height = 120, Margin = 6;
        var step = (Width - (2.0 * Margin)) / Math.Max(1, points.Count - 1);
        var places = points.Select((p, i) => (X: Margin + (i * step), Y: Margin + ((Height - (2 * Margin)) * (1 - (p.Score / 100))), p.Label)).ToList();
        return Html.Of($"""
            <svg class="trend" viewBox="0 0 {Width} {Height}" role="img" aria-label="Quality score of {points.Count} versions"><polyline points="{string.Join(' ', places.Select(p => FormattableString.Invariant($"{p.X:0.#},{p.Y:0.#}")))}"/>{places.Select(p => Html.Of(
                $"""<circle cx="{p.X:0.#}" cy="{p.Y:0.#}" r="4"><title>{p.Label}</title></circle>"""))}</svg>
            """);
    }

    /// <summary>A score from 0 to 100 as a ring.</summary>
    public static Html Score(double? score, string label)
    {
        const double Around = 2 * Math.PI * 42;
        var shown = score is null ? "–" : score.Value.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture);
        var kind = score switch { null => "none", >= 95 => "good", >= 80 => "fair", _ => "poor" };
        return Html.Of($"""
            <figure class="score {kind}"><svg viewBox="0 0 100 100" role="img" aria-label="{label} {shown} of 100"><circle cx="50" cy="50" r="42" class="rail"/><circle cx="50" cy="50" r="42" class="arc" stroke-dasharray="{Around * (score ?? 0) / 100:0.##} {Around:0.##}" transform="rotate(-90 50 50)"/><text x="50" y="56">{shown}</text></svg><figcaption>{label}</figcaption></figure>
            """);
    }
}
