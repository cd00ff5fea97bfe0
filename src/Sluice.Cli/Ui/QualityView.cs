using Sluice.Datasets;
using Sluice.Quality;
using Spectre.Console;

namespace Sluice.Cli.Ui;

/// <summary>Findings and trends as text.</summary>
static class QualityView
{
    const int MaxValue = 40, MaxSuggestions = 12, MaxPatterns = 3, MaxNames = 6, MaxIssues = 10, BarWidth = 20;

    public static void Show(TableFindings found)
    {
        // Rounded down: a table with a single failure is not of quality 100.
        AnsiConsole.MarkupLineInterpolated($"[bold]{found.File}[/]: {found.Rows:N0} rows, {found.Columns:N0} columns{(found.Unreadable > 0 ? $", {found.Unreadable:N0} records that cannot be read" : "")}. Quality score [bold]{Math.Floor(found.Score * 100) / 100:0.00}[/] of 100.");
        var failed = found.Checks.Where(c => c.Issues > 0).OrderByDescending(c => c.Severity).ThenByDescending(c => c.Rate).ToList();
        if (failed.Count > 0)
        {
            var table = new Table().Border(TableBorder.Rounded).AddColumn("check").AddColumn("column").AddColumn("severity")
                .AddColumn(new TableColumn("failures").RightAligned()).AddColumn(new TableColumn("share").RightAligned());
            foreach (var check in failed)
            {
                table.AddRow(
                    Spoken(check.Name), Markup.Escape(check.Column ?? "whole table"), Coloured(check), $"{check.Issues:N0} of {check.Denominator:N0} {check.Unit}", Share(check.Rate));
            }

            AnsiConsole.Write(table);
        }

        Line("Nothing found by", found.Checks.Where(c => c.Issues == 0 && c.Denominator > 0).Select(c => Spoken(c.Name)).Distinct());
        Line("Nothing to judge for", found.Checks.Where(c => c.Denominator == 0).Select(c => Spoken(c.Name)).Distinct());
        Worst(found);
        Examples(found);
        foreach (var pattern in found.MissingTogether.Where(p => p.Columns.Count > 1).Take(MaxPatterns))
        {
            var rest = pattern.Columns.Count - MaxNames;
            AnsiConsole.MarkupLineInterpolated($"Missing together in {pattern.Rows:N0} rows: {string.Join(", ", pattern.Columns.Take(MaxNames))}{(rest > 0 ? $" and {rest:N0} more" : "")}");
        }

        Suggestions(found);
        foreach (var note in found.Notes)
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]{note}[/]");
        }
    }

    public static void Show(QualityTrend trend)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("version").AddColumn("committed").AddColumn(new TableColumn("rows").RightAligned())
            .AddColumn(new TableColumn("score").RightAligned()).AddColumn(new TableColumn("change").RightAligned()).AddColumn("");
        double? before = null;
        foreach (var version in trend.Versions)
        {
            var change = version.Score - before;
            table.AddRow(
                $"{version.Number} {version.Version}", $"{version.CommittedAt.ToLocalTime():yyyy-MM-dd HH:mm}", $"{version.Rows:N0}", $"{version.Score:0.0}",
                change is null ? "" : change < 0 ? $"[red]{change:0.0}[/]" : $"+{change:0.0}", new string('█', (int)Math.Round((version.Score ?? 0) / 100 * BarWidth)));
            before = version.Score;
        }

        AnsiConsole.Write(table);
        AnsiConsole.MarkupLineInterpolated($"Mean score of {trend.Versions.Count:N0} {(trend.Versions.Count == 1 ? "version" : "versions")}: {trend.AverageScore:0.0}.");
        if (trend.CommonIssues.Count == 0)
        {
            AnsiConsole.WriteLine("No check found anything in any of them.");
            return;
        }

        var issues = new Table().Border(TableBorder.Rounded).AddColumn("issue").AddColumn("column").AddColumn(new TableColumn("versions").RightAligned())
            .AddColumn(new TableColumn("mean share").RightAligned()).AddColumn(new TableColumn("share now").RightAligned());
        foreach (var issue in trend.CommonIssues.Take(MaxIssues))
        {
            issues.AddRow(Spoken(issue.Check), Markup.Escape(issue.Column ?? "whole table"), $"{issue.Versions:N0}", Share(issue.MeanRate), Share(issue.LastRate));
        }

        AnsiConsole.Write(issues);
    }

    static void Worst(TableFindings found)
    {
        if (found.WorstColumns.Count > 0)
        {
            var table = new Table().Border(TableBorder.Rounded).AddColumn("worst columns").AddColumn(new TableColumn("failures").RightAligned()).AddColumn("of which");
            foreach (var column in found.WorstColumns)
            {
                table.AddRow(Markup.Escape(Cut(column.Column)), $"{column.Failures:N0}", Markup.Escape(string.Join(", ", column.Checks.Select(c => $"{c.Value:N0} {Spoken(c.Key)}"))));
            }

            AnsiConsole.Write(table);
        }
    }

    static void Examples(TableFindings found)
    {
        if (found.Examples.Count > 0)
        {
            var table = new Table().Border(TableBorder.Rounded).AddColumns("for example", "column", "rows and values");
            foreach (var same in found.Examples.GroupBy(e => (e.Check, e.Column)))
            {
                table.AddRow(
                    Spoken(same.Key.Check), Markup.Escape(same.Key.Column ?? "whole row"),
                    Markup.Escape(string.Join(", ", same.Select(e => e.Value is null ? $"row {e.Row:N0}" : $"row {e.Row:N0} '{Cut(e.Value)}'"))));
            }

            AnsiConsole.Write(table);
        }
    }

    static void Suggestions(TableFindings found)
    {
        if (found.Suggestions.Count > 0)
        {
            AnsiConsole.WriteLine("What could be done (--json has the steps as they stand in a pipeline):");
            foreach (var suggestion in found.Suggestions.Take(MaxSuggestions))
            {
                AnsiConsole.MarkupLineInterpolated($"  {(suggestion.Column is null ? "" : $"{Cut(suggestion.Column)}: ")}{suggestion.Text}{(suggestion.Step is null ? "" : $" ({suggestion.Step["type"]})")}");
            }

            if (found.Suggestions.Count > MaxSuggestions)
            {
                AnsiConsole.WriteLine($"  and {found.Suggestions.Count - MaxSuggestions:N0} more");
            }
        }
    }

    static void Line(string title, IEnumerable<string> names)
    {
        if (string.Join(", ", names) is { Length: > 0 } list)
        {
            AnsiConsole.MarkupLineInterpolated($"{title}: {list}.");
        }
    }

    static string Coloured(CheckResult check) => check.Severity switch
    {
        Steps.Severity.Critical or Steps.Severity.High => $"[red]{check.Severity.ToString().ToLowerInvariant()}[/]",
        Steps.Severity.Medium => "[yellow]medium[/]",
        _ => "low",
    };

    // One failure in a million is not none.
    static string Share(double rate) => rate is > 0 and < 0.0001 ? "< 0.01 %" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{100 * rate:0.00} %");

    static string Spoken(string name) => name.Replace('_', ' ');

    static string Cut(string text)
    {
        text = string.Concat(text.Select(c => char.IsControl(c) ? '·' : c));
        return text.Length <= MaxValue ? text : string.Concat(text.AsSpan(0, MaxValue - 1), "…");
    }
}
