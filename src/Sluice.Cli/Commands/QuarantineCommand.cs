using System.CommandLine;
using Sluice.Runs;
using Sluice.Storage;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice quarantine RUN</c>: rows that a step failed on, with the exact error.</summary>
static class QuarantineCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("run") { Description = "Run id, as 'sluice run' shows it." };
        var command = new Command("quarantine", "Show the rows a run put aside, with the exact error.") { run };
        Shell.Act(command, async (parsed, cancellation) =>
        {
            await using var store = new FolderStore(Path.Combine(parsed.GetRequiredValue(Shell.Store), "data"));
            var id = parsed.GetRequiredValue(run);
            var path = RunRecord.PathOf(id);
            if (await store.StatAsync(path, cancellation) is null)
            {
                return Shell.Invalid(parsed, $"There is no record of a run '{id}' in this store.");
            }

            var record = DocumentJson.Parse<RunRecord>(await store.ReadAsync(path, cancellation));
            if (parsed.GetValue(Shell.Json))
            {
                Shell.Print(record.Quarantine);
                return ExitCodes.Done;
            }

            var table = new Table().Border(TableBorder.Rounded).AddColumns("row", "step", "error");
            foreach (var row in record.Quarantine)
            {
                table.AddRow($"{row.Row + 1:N0}", Markup.Escape(row.Step), Markup.Escape(row.Error));
            }

            AnsiConsole.Write(table);
            return ExitCodes.Done;
        });
        return command;
    }
}
