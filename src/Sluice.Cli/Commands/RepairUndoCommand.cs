using System.CommandLine;
using Sluice.Repair;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice repair undo OUT</c>: puts the old values back, all or those of one operator or column.</summary>
static class RepairUndoCommand
{
    public static Command Create()
    {
        var input = new Argument<string>("file") { Description = "Repaired file, as sluice repair wrote it (.csv)." };
        var output = new Option<string>("--out", "-o") { Description = "File for the rows: .csv, .jsonl or .parquet.", Required = true };
        var log = new Option<string?>("--log") { Description = "Log of the repair. Default: FILE.repairs.jsonl." };
        var operation = new Option<string?>("--operator") { Description = "Undo only this operator: dependency, slip, rewrite, replacement or label." };
        var column = new Option<string?>("--column") { Description = "Undo only this column." };
        var command = new Command("undo", "Put the old values of a repair back.") { input, output, log, operation, column };
        Shell.Act(command, async (parsed, cancellation) =>
        {
            var file = parsed.GetRequiredValue(input);
            var entries = await RepairLog.ReadAsync(parsed.GetValue(log) ?? file + ".repairs.jsonl", cancellation);
            var (only, where) = (parsed.GetValue(operation), parsed.GetValue(column));
            var undone = RepairLog.Undoable(entries, only, where).ToList();
            if (undone.Count == 0 && (only ?? where) is not null)
            {
                var known = entries.Where(e => e.New is not null).Select(e => $"{e.Operator} in {e.Column}").Distinct().Order(StringComparer.Ordinal);
                return Shell.Invalid(parsed, $"The log has no repair{(only is null ? "" : $" by '{only}'")}{(where is null ? "" : $" in column '{where}'")}. It has: {string.Join(", ", known)}.");
            }

            var rows = await TextTable.ReadAsync(file, cancellation);
            await Exports.WriteAsync(new BatchRows(RepairLog.Undo(rows, entries, only, where)), parsed.GetRequiredValue(output), null, cancellation);
            if (parsed.GetValue(Shell.Json))
            {
                Shell.Print(new { undone = undone.Count, output = parsed.GetRequiredValue(output) });
            }
            else
            {
                AnsiConsole.MarkupLineInterpolated($"{undone.Count:N0} repairs undone → {parsed.GetRequiredValue(output)}");
            }

            return ExitCodes.Done;
        });
        return command;
    }
}
