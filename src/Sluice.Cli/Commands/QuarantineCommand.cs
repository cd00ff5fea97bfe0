using System.CommandLine;
using Sluice.Functions.Api;
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
            if (Shell.StoreProblem(parsed) is { } problem)
            {
                return Shell.Invalid(parsed, problem);
            }

            var id = parsed.GetRequiredValue(run);
            if (!RunIds.IsValid(id))
            {
                return Shell.Invalid(parsed, $"'{id}' cannot be the id of a run. Expected 1 to {RunIds.MaxLength} of A-Z, a-z, 0-9, '.', '_' and '-', as 'sluice run' shows it.");
            }

            await using var store = new FolderStore(Path.Combine(parsed.GetRequiredValue(Shell.Store), "data"));
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

            if (record.Quarantine.Count == 0)
            {
                AnsiConsole.WriteLine($"Run {id} put no rows aside.");
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
