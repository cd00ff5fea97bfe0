using Sluice.Profiles.Kpis;
using Spectre.Console;

namespace Sluice.Cli.Ui;

/// <summary>Key figures of a set as text.</summary>
static class KeyFiguresView
{
    const int MaxShown = 10;

    public static void Show(KpiReport kpis)
    {
        AnsiConsole.WriteLine();
        AnsiConsole.MarkupLine("[bold]Key figures[/]");
        var table = new Table().Border(TableBorder.Rounded).AddColumns("figure", "of", "value", "");
        table.Columns[2].RightAligned();
        foreach (var coverage in kpis.Coverage)
        {
            var missing = coverage.Missing.Count == 0 ? "" : $"missing: {Listed(coverage.Missing)}";
            var others = coverage.UnexpectedRows == 0 ? "" : $"unexpected ({coverage.UnexpectedRows:N0}): {Listed([.. coverage.Unexpected.Select(u => u.Value)])}";
            Row(table, "coverage", coverage.Column, $"{coverage.Share:P0}", string.Join("; ", new[] { missing, others }.Where(w => w.Length > 0)));
        }

        if (kpis.Accuracy is { } accuracy)
        {
            Row(table, "accuracy", string.Join(", ", accuracy.Validations), $"{accuracy.Share:P1}", $"{accuracy.Failing:N0} of {accuracy.Rows:N0} rows fail{(accuracy.Reasons.Count == 0 ? "" : $": {Listed([.. accuracy.Reasons.Select(r => $"{r.Value} ({r.Rows:N0})")])}")}");
        }

        foreach (var categories in kpis.Diversity)
        {
            Row(table, "evenness", categories.Column, $"{categories.Evenness:0.00}", $"{categories.Categories:N0} categories, as diverse as {categories.Effective:0.#} equal ones");
        }

        if (kpis.Vendi is { } vendi)
        {
            Row(table, "Vendi score", vendi.Column, $"{vendi.Score:0.0}", $"of {vendi.Different:N0} different texts{(vendi.IsSample ? ", a sample" : "")}, by {vendi.Model}");
        }

        if (kpis.Freshness is { } freshness)
        {
            var old = freshness.Ages[^1].Share;
            Row(
                table, "median age", freshness.Column, $"{freshness.MedianDays:#,0.#} days",
                $"at {freshness.AsOf:yyyy-MM-dd}; from {freshness.Oldest} to {freshness.Newest}, {old:P0} older than {freshness.Ages[^2].UpToDays:N0} days{(freshness.Future == 0 ? "" : $", later: {freshness.Future:N0}")}");
        }

        AnsiConsole.Write(table);
        foreach (var note in kpis.Notes)
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]{note}[/]");
        }
    }

    static void Row(Table table, params string[] cells) => table.AddRow([.. cells.Select(Markup.Escape)]);

    static string Listed(IReadOnlyList<string> values) => string.Join(", ", values.Take(MaxShown)) + (values.Count > MaxShown ? $" and {values.Count - MaxShown:N0} more" : "");
}
