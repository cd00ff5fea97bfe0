using System.CommandLine;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice quarantine RUN</c>: rows that a step failed on, with the exact error.</summary>
static class QuarantineCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("run") { Description = "Run id, as 'sluice run' shows it." };
        var command = new Command("quarantine", "Show the rows a run put aside, with the exact error.") { run };
        Shell.Act(command, (parsed, cancellation) => OpenedStore.WithAsync(parsed, store => ShowAsync(parsed, store, parsed.GetRequiredValue(run), cancellation)));
        return command;
    }

    static async Task<int> ShowAsync(ParseResult parsed, OpenedStore store, string run, CancellationToken cancellation)
    {
        var record = await store.RecordAsync(run, cancellation);
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(record.Quarantine);
            return ExitCodes.Done;
        }

        if (record.Quarantine.Count == 0)
        {
            AnsiConsole.WriteLine($"Run {run} put no rows aside.");
            return ExitCodes.Done;
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumns("row", "step", "error");
        foreach (var row in record.Quarantine)
        {
            table.AddRow($"{row.Row + 1:N0}", Markup.Escape(row.Step), Markup.Escape(row.Error));
        }

        AnsiConsole.Write(table);
        return ExitCodes.Done;
    }
}
