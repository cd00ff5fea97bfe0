using System.CommandLine;
using Sluice.Connectors;
using Sluice.Runs;
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
        var step = new Option<string?>("--step") { Description = "Only what this step did, with the value now and whether 'sluice undo' can take it back: an id of the pipeline, or of one operation, such as clean/0:strip_whitespace." };
        var command = new Command("changes", "Show which cells the steps of a run changed, with the values before and after.") { name, step, output };
        Shell.Act(command, (parsed, cancellation) => OpenedStore.WithAsync(parsed, store => parsed.GetValue(step) is { } one
            ? ShowStepAsync(parsed, store, parsed.GetRequiredValue(name), one, parsed.GetValue(output), cancellation)
            : ShowAsync(parsed, store, parsed.GetRequiredValue(name), parsed.GetValue(output), cancellation)));
        return command;
    }

    static async Task<int> ShowStepAsync(ParseResult parsed, OpenedStore store, string name, string step, string? output, CancellationToken cancellation)
    {
        var record = await store.NamedRecordAsync(name, cancellation);
        var changes = await store.Engine.ChangesAsync(record.RunId, step, cancellation);
        await NoteAsync(parsed, store, record, changes.Rows, output, cancellation);
        var written = output is null ? null : await Exports.WriteAsync(changes, output, null, cancellation);
        var rejected = record.Steps.Where(s => Repair.StepUndo.Means(step, s.Step)).Sum(s => s.Rejected.Values.Sum());
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(new { record.RunId, record.Dataset, record.Version, step, cells = changes.Rows, changes.Columns, changes.Undo, rowsTakenOut = rejected, files = written });
            return ExitCodes.Done;
        }

        if (written is null && changes.Rows > 0)
        {
            await PrintAsync(changes, ["row", "column", "before", "after", "now", "undo"], cancellation);
        }

        var states = string.Join(", ", changes.Undo.Select(u => $"{u.Value:N0} {u.Key}"));
        AnsiConsole.WriteLine($"{changes.Rows:N0} {(changes.Rows == 1 ? "cell" : "cells")} changed by {step}{(states.Length > 0 ? $": {states}" : "")}."
            + (rejected > 0 ? $" It took out {rejected:N0} rows, which an undo does not bring back: 'sluice evidence {record.RunId}'." : "")
            + Rest(changes.Rows, written));
        return ExitCodes.Done;
    }

    // JSON alone has counts and no values.
    static Task NoteAsync(ParseResult parsed, OpenedStore store, RunRecord record, long cells, string? output, CancellationToken cancellation) =>
        cells > 0 && (output is not null || !parsed.GetValue(Shell.Json)) ? store.NoteAsReadAsync(record, "changes", cancellation) : Task.CompletedTask;

    static async Task PrintAsync(DatasetRows rows, string[] columns, CancellationToken cancellation)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns(columns);
        await foreach (var batch in rows.ReadAsync(cancellation))
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

    static string Rest(long rows, IReadOnlyList<string>? written) =>
        written is not null ? $" → {string.Join(", ", written)}" : rows > Shown ? " Write a row for each to a file with --out." : "";

    static async Task<int> ShowAsync(ParseResult parsed, OpenedStore store, string name, string? output, CancellationToken cancellation)
    {
        var record = await store.NamedRecordAsync(name, cancellation);
        var changes = await store.Engine.ChangesAsync(record.RunId, cancellation);
        await NoteAsync(parsed, store, record, changes.Rows, output, cancellation);
        var written = output is null ? null : await Exports.WriteAsync(changes, output, null, cancellation);
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(new { record.RunId, record.Dataset, record.Version, cells = changes.Rows, changes.Columns, files = written });
            return ExitCodes.Done;
        }

        if (written is null && changes.Rows > 0)
        {
            await PrintAsync(changes, ["row", "column", "operations", "before", "after"], cancellation);
        }

        var columns = string.Join(", ", changes.Columns.Select(c => $"{c.Key} {c.Value:N0}"));
        AnsiConsole.WriteLine($"{changes.Rows:N0} {(changes.Rows == 1 ? "cell" : "cells")} changed{(columns.Length > 0 ? $": {columns}" : "")}."
            + Rest(changes.Rows, written));
        return ExitCodes.Done;
    }

    static string Cut(string text) => text.Length <= MaxCell ? text : string.Concat(text.AsSpan(0, MaxCell - 1), "…");
}
