using System.CommandLine;
using Sluice.Runs;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice evidence RUN</c>: every verdict of a run on a row, with the run and the trace that it belongs to.</summary>
static class EvidenceCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("run") { Description = "Run id, as 'sluice run' shows it; or DATASET@VERSION, for the run that made it." };
        var output = new Option<string?>("--out", "-o") { Description = "File for all verdicts, a row each: .parquet, .csv or .jsonl." };
        var command = new Command("evidence", "Show which rules rows failed in a run, and the trace of what started it.") { name, output };
        Shell.Act(command, (parsed, cancellation) => OpenedStore.WithAsync(
            parsed, store => ShowAsync(parsed, store, parsed.GetRequiredValue(name), parsed.GetValue(output), cancellation)));
        return command;
    }

    static async Task<int> ShowAsync(ParseResult parsed, OpenedStore store, string name, string? output, CancellationToken cancellation)
    {
        var record = await store.NamedRecordAsync(name, cancellation);
        var rows = new EvidenceRows(store.Files, record, withRun: true);
        if (output is not null)
        {
            await store.NoteAsReadAsync(record, "evidence", cancellation);
        }

        var written = output is null ? null : await Exports.WriteAsync(rows, output, null, cancellation);
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(new { record.RunId, record.Trace, record.Dataset, record.Version, record.FinishedAt, verdicts = rows.Rows, record.Steps, files = written });
            return ExitCodes.Done;
        }

        var facts = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumns("", "");
        facts.AddRow("run", Markup.Escape(record.RunId));
        facts.AddRow("trace", record.Trace ?? "none");
        facts.AddRow("version", record.Version is null ? "none" : Markup.Escape($"{record.Dataset}@{record.Version}"));
        facts.AddRow("finished", $"{record.FinishedAt.ToLocalTime():yyyy-MM-dd HH:mm:ss}");
        AnsiConsole.Write(facts);
        var rules = new Table().Border(TableBorder.Rounded).AddColumn("step").AddColumn("verdict").AddColumn(new TableColumn("rows").RightAligned());
        foreach (var (step, failure, count) in record.Steps.SelectMany(step => step.Failures.Select(f => (step.Step, f.Key, f.Value))))
        {
            rules.AddRow(Markup.Escape(step), Markup.Escape(failure), $"{count:N0}");
        }

        AnsiConsole.Write(rules);
        var said = $"{rows.Rows:N0} {(rows.Rows == 1 ? "verdict" : "verdicts")}";
        AnsiConsole.WriteLine(written is null ? $"{said}. Write a row for each to a file with --out." : $"{said} → {string.Join(", ", written)}");
        return ExitCodes.Done;
    }
}
