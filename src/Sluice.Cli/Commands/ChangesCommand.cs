using System.CommandLine;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice changes DATASET[@VERSION]</c>: every cell that the steps changed, with the value before and after.</summary>
static class ChangesCommand
{
    const int Shown = 20, MaxCell = 40;

    public static Command Create()
    {
        var name = new Argument<string>("run") { Description = "Run id, as 'sluice run' shows it; or DATASET@VERSION, for the run that made it." };
        var output = new Option<string?>("--out", "-o") { Description = "File for all changes, a cell each: .parquet, .csv or .jsonl." };
        var command = new Command("changes", "Show which cells the steps of a run changed, with the values before and after.") { name, output };
        Shell.Act(command, (parsed, cancellation) => OpenedStore.WithAsync(
            parsed, store => ShowAsync(parsed, store, parsed.GetRequiredValue(name), parsed.GetValue(output), cancellation)));
        return command;
    }

    static async Task<int> ShowAsync(ParseResult parsed, OpenedStore store, string name, string? output, CancellationToken cancellation)
    {
        var record = await store.NamedRecordAsync(name, cancellation);
        var changes = await store.Engine.ChangesAsync(record.RunId, cancellation);
        var written = output is null ? null : await Exports.WriteAsync(changes, output, null, cancellation);
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(new { record.RunId, record.Dataset, record.Version, cells = changes.Rows, changes.Columns, files = written });
            return ExitCodes.Done;
        }

        if (written is null && changes.Rows > 0)
        {
            var table = new Table().Border(TableBorder.Rounded).AddColumns("row", "column", "operations", "before", "after");
            await foreach (var batch in changes.ReadAsync(cancellation))
            {
                for (var row = 0; row < batch.Rows && table.Rows.Count < Shown; row++)
                {
                    table.AddRow(batch.Columns.Select(c => c.IsNull(row) ? "[grey]·[/]" : Markup.Escape(Cut(c.Display(row)))).ToArray());
                }

                if (table.Rows.Count == Shown)
                {
                    break;
                }
            }

            AnsiConsole.Write(table);
        }

        var columns = string.Join(", ", changes.Columns.Select(c => $"{c.Key} {c.Value:N0}"));
        AnsiConsole.WriteLine($"{changes.Rows:N0} {(changes.Rows == 1 ? "cell" : "cells")} changed{(columns.Length > 0 ? $": {columns}" : "")}."
            + (written is not null ? $" → {string.Join(", ", written)}" : changes.Rows > Shown ? " Write a row for each to a file with --out." : ""));
        return ExitCodes.Done;
    }

    static string Cut(string text) => text.Length <= MaxCell ? text : string.Concat(text.AsSpan(0, MaxCell - 1), "…");
}
