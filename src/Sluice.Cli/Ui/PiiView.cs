using Sluice.Cli.Commands;
using Spectre.Console;

namespace Sluice.Cli.Ui;

/// <summary>Personal data and privacy budgets as text.</summary>
static class PiiView
{
    const int MaxKinds = 4, MaxValue = 60;

    public static void Show(PiiFindings found)
    {
        var personal = found.Columns.Where(c => c.Found.Count > 0 || c.Entity is not null).OrderByDescending(c => Rank(c.Sensitivity)).ThenBy(c => c.Column, StringComparer.Ordinal).ToList();
        AnsiConsole.MarkupLineInterpolated($"[bold]{found.File}[/]: {found.Rows:N0} rows{(found.Unreadable > 0 ? $", {found.Unreadable:N0} records that cannot be read" : "")}. Personal data in {personal.Count:N0} of {found.Columns.Count:N0} columns that were looked at.");
        if (personal.Count > 0)
        {
            var table = new Table().Border(TableBorder.Rounded).AddColumns("column", "sensitivity", "holds", "found in cells", "first rows");
            foreach (var column in personal)
            {
                var kinds = column.Found.OrderByDescending(f => f.Value).ThenBy(f => f.Key, StringComparer.Ordinal).ToList();
                table.AddRow(
                    Markup.Escape(column.Column), Coloured(column.Sensitivity), Spoken(column.Entity ?? "mixed text"),
                    string.Join('\n', kinds.Take(MaxKinds).Select(kind => $"{Spoken(kind.Key)} {kind.Value:N0} of {column.Cells:N0}")) + (kinds.Count > MaxKinds ? $"\nand {kinds.Count - MaxKinds} more kinds" : ""),
                    string.Join('\n', kinds.Take(MaxKinds).Select(kind => Markup.Escape(Places(column.Places.GetValueOrDefault(kind.Key) ?? [])))));
            }

            AnsiConsole.Write(table);
        }

        var clean = found.Columns.Except(personal).Select(c => c.Column).ToList();
        if (clean.Count > 0)
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]Nothing found in: {string.Join(", ", clean)}[/]");
        }

        if (found.Output is not null)
        {
            AnsiConsole.MarkupLineInterpolated($"{found.CellsChanged:N0} cells changed → {found.Output}");
        }
        else if (personal.Count > 0)
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]Protect it: sluice pii {found.File} --action mask --out safe.csv[/]");
        }
    }

    static string Places(IReadOnlyList<PiiPlace> places) => places.Count > 0 && places[0].Value is not null
        ? string.Join("; ", places.Select(place => $"{place.Row}: {Cut(place.Value ?? "")}"))
        : string.Join(", ", places.Select(place => place.Row));

    static string Cut(string value) => value.Length <= MaxValue ? value : string.Concat(value.AsSpan(0, MaxValue - 1), "…");

    static string Spoken(string kind) => Markup.Escape(kind.Replace('_', ' '));

    static int Rank(string sensitivity) => sensitivity switch { "restricted" => 3, "confidential" => 2, "personal" => 1, _ => 0 };

    static string Coloured(string sensitivity) => sensitivity switch
    {
        "restricted" => "[red]restricted[/]",
        "confidential" => "[yellow]confidential[/]",
        _ => sensitivity,
    };
}
