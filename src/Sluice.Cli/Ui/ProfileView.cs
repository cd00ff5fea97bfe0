using System.Globalization;
using Sluice.Profiles;
using Spectre.Console;

namespace Sluice.Cli.Ui;

/// <summary>A profile and its changes as text.</summary>
static class ProfileView
{
    const int MaxColumns = 200;
    const int MaxAssociations = 8;
    const int MaxChanges = 50;
    const double WeakAssociation = 0.3;

    public static void Show(string input, TableProfile profile, long rejected, TimeSpan took)
    {
        var unreadable = rejected == 0 ? "" : $", {rejected:N0} unreadable records left out";
        AnsiConsole.MarkupLineInterpolated($"[bold]{input}[/]: {Counted(profile.Rows, "row")} × {Counted(profile.Columns.Count, "column")}{unreadable}, {took.TotalSeconds:0.0} s");
        var table = new Table().Border(TableBorder.Rounded).AddColumns("column", "type", "missing", "different", "values", "look at");
        table.Columns[2].RightAligned();
        table.Columns[3].RightAligned();
        foreach (var column in profile.Columns.Take(MaxColumns))
        {
            table.AddRow(
                Markup.Escape(column.Name), column.Type.ToString().ToLowerInvariant(), Share(column.MissingShare), $"{(column.DistinctError == 0 ? "" : "≈ ")}{column.Distinct:N0}",
                Markup.Escape(Values(column)), Markup.Escape(string.Join("; ", column.Remarks)));
        }

        AnsiConsole.Write(table);
        More(profile.Columns.Count - MaxColumns, "columns; --json has them all");
        var strong = profile.Associations.Where(a => Math.Abs(a.Value) >= WeakAssociation).Take(MaxAssociations).ToList();
        if (strong.Count > 0)
        {
            AnsiConsole.WriteLine("Strongest associations:");
            strong.ForEach(a => AnsiConsole.MarkupLineInterpolated($"  {a.Left} × {a.Right}: {a.Measure.Replace('_', ' ')} {a.Value:0.00}{(a.Error == 0 ? "" : $" ± {a.Error:0.00}")}"));
        }

        foreach (var note in profile.Notes)
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]{note}[/]");
        }
    }

    public static void Show(string against, DriftReport drift)
    {
        AnsiConsole.WriteLine();
        AnsiConsole.MarkupLineInterpolated($"[bold]Since {against}[/] ({drift.RowsBefore:N0} rows): {(drift.Changes.Count == 0 ? "nothing changed beyond chance" : Counted(drift.Changes.Count, "change"))} ({drift.Tests:N0} tests, at most {drift.FalseAlarms:0%} false alarms)");
        if (drift.Changes.Count == 0)
        {
            return;
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumns("severity", "column", "change", "what");
        foreach (var change in drift.Changes.Take(MaxChanges))
        {
            table.AddRow(change.Severity.ToString().ToLowerInvariant(), Markup.Escape(change.Column), change.Kind.Replace('_', ' '), Markup.Escape(change.What));
        }

        AnsiConsole.Write(table);
        More(drift.Changes.Count - MaxChanges, "changes; --json has them all");
    }

    static string Counted(long count, string what) => $"{count:N0} {what}{(count == 1 ? "" : "s")}";

    static void More(int rest, string what)
    {
        if (rest > 0)
        {
            AnsiConsole.WriteLine($"and {rest:N0} more {what}");
        }
    }

    static string Share(double share) => share == 0 ? "–" : share < 0.0005 ? "< 0.1 %" : string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.#} %");

    static string Values(ColumnReport column)
    {
        if (column.Numbers is { } numbers)
        {
            var middle = numbers.Quantiles[2] == numbers.Quantiles[4] ? "" : $", half in {Text(numbers.Quantiles[2])} … {Text(numbers.Quantiles[4])}";
            return numbers.Min == numbers.Max ? Text(numbers.Min) : $"{Text(numbers.Min)} … {Text(numbers.Max)}, median {Text(numbers.Median)}{middle}";
        }

        if (column.Top is { Count: > 0 } top && top[0].Count > 1)
        {
            return string.Join(", ", top.Take(3).Select(v => string.Create(CultureInfo.InvariantCulture, $"{Cut(v.Value)} ({v.Count:N0})")));
        }

        if (column.Text is { } text)
        {
            var shape = text.Shapes is { Count: > 0 } shapes ? $", mostly like {Cut(shapes[0].Value)}" : "";
            return string.Create(CultureInfo.InvariantCulture, $"{text.Shortest:N0} to {text.Longest:N0} bytes{shape}");
        }

        return "";

        string Text(double value) => TableProfile.Show(column.Type, value);
    }

    static string Cut(string text) => text.Length <= 24 ? text : string.Concat(text.AsSpan(0, 23), "…");
}
