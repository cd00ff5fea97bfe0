using System.CommandLine;
using System.Globalization;
using Sluice.Batches;
using Sluice.Repair;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice repair FILE</c>: finds wrong cells, corrects those it is sure of, keeps a log of each; <c>repair undo</c> takes them back.</summary>
static class RepairCommand
{
    const int Shown = 15, MaxAsked = 20, MaxCell = 28;

    public static Command Create()
    {
        var input = new Argument<string>("file") { Description = "Delimited text with a header: .csv or .tsv." };
        var output = new Option<string?>("--out", "-o") { Description = "File for the repaired rows: .csv, .jsonl or .parquet. Without it, nothing is written." };
        var labels = new Option<string?>("--labels") { Description = "File with corrected rows, as --ask wrote it." };
        var ask = new Option<int>("--ask") { Description = $"Adds this many rows (1 to {MaxAsked}) to the file of --labels, those whose correction would tell most; correct them there and run again." };
        var log = new Option<string?>("--log") { Description = "Log of every finding, one JSON document a line. Default: OUT.repairs.jsonl." };
        var gate = new Option<double>("--min-confidence") { Description = "Least confidence to change a cell, 0 to 1; below, it is only flagged.", DefaultValueFactory = _ => 0.5 };
        var command = new Command("repair", "Find wrong cells and repair those that are sure enough; every change can be undone.") { input, output, labels, ask, log, gate };
        command.Subcommands.Add(RepairUndoCommand.Create());
        Shell.Act(command, async (parsed, cancellation) =>
        {
            var (file, target, labelled, asked) = (parsed.GetRequiredValue(input), parsed.GetValue(output), parsed.GetValue(labels), parsed.GetValue(ask));
            if (parsed.GetValue(gate) is var least && least is not (>= 0 and <= 1))
            {
                return Shell.Invalid(parsed, $"--min-confidence is {least.ToString(CultureInfo.InvariantCulture)}; expected a number from 0 to 1.");
            }

            if (asked != 0 && (labelled is null || asked is < 1 or > MaxAsked))
            {
                return Shell.Invalid(parsed, $"--ask writes 1 to {MaxAsked} rows to the file of --labels. Found: --ask {asked}{(labelled is null ? " without --labels" : "")}. Use for example --ask 5 --labels labels.csv.");
            }

            var rows = await TextTable.ReadAsync(file, cancellation);
            var session = new RepairSession(rows);
            var known = labelled is not null && (asked == 0 || File.Exists(labelled)) ? await LabelAsync(session, rows, labelled, cancellation) : [];
            if (asked > 0)
            {
                return await AskAsync(parsed, session, rows, known, asked, labelled!, cancellation);
            }

            var entries = RepairLog.Of(rows, session.Findings(rows, least));
            var logFile = parsed.GetValue(log) ?? (target is null ? null : target + ".repairs.jsonl");
            if (target is not null)
            {
                await Exports.WriteAsync(new BatchRows(RepairLog.Apply(rows, entries)), target, null, cancellation);
            }

            if (logFile is not null)
            {
                await RepairLog.WriteAsync(logFile, entries, cancellation);
            }

            Show(parsed, rows, entries, known.Count, target, logFile);
            return ExitCodes.Done;
        });
        return command;
    }

    static async Task<List<int>> LabelAsync(RepairSession session, Batch rows, string file, CancellationToken cancellation)
    {
        var known = new List<int>();
        foreach (var (row, label) in LabelFile.Read(rows, await TextTable.ReadAsync(file, cancellation), file))
        {
            session.Label(label);
            known.Add(row);
        }

        return known;
    }

    // The rows asked for are taken as correct while the next ones are chosen, so that one question does not repeat another.
    static async Task<int> AskAsync(ParseResult parsed, RepairSession session, Batch rows, List<int> known, int count, string file, CancellationToken cancellation)
    {
        var filled = known.Count > 0 ? await TextTable.ReadAsync(file, cancellation) : null;
        var asked = new List<int>();
        while (asked.Count < count && session.NextToLabel() is var next && next >= 0)
        {
            asked.Add(next);
            session.Label(new LabelledRow(TextTable.Row(rows, next), TextTable.Row(rows, next)));
        }

        var toFill = LabelFile.ToFill(rows, asked);
        await Exports.WriteAsync(new BatchRows(filled is null ? toFill : Batch.Concat([filled, toFill])), file, null, cancellation);
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(new { asked = asked.Select(row => row + 1), labels = file, labelled = known.Count });
        }
        else
        {
            AnsiConsole.MarkupLineInterpolated($"{asked.Count:N0} rows to correct were added to {file} ({known.Count:N0} were there): data rows {string.Join(", ", asked.Select(row => row + 1))}.");
            AnsiConsole.MarkupLineInterpolated($"Correct their values there, leave right ones as they are, then run: sluice repair … --labels {file}");
        }

        return ExitCodes.Done;
    }

    static void Show(ParseResult parsed, Batch rows, IReadOnlyList<RepairEntry> entries, int labelled, string? output, string? log)
    {
        var repaired = entries.Where(e => e.New is not null).ToList();
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(new
            {
                rows = rows.Rows,
                cells = (long)rows.Rows * rows.Schema.Count,
                labelled,
                found = entries.Count,
                repaired = repaired.Count,
                flagged = entries.Count - repaired.Count,
                operators = repaired.GroupBy(e => e.Operator).OrderBy(g => g.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count()),
                columns = entries.GroupBy(e => e.Column).ToDictionary(g => g.Key, g => new { found = g.Count(), repaired = g.Count(e => e.New is not null) }),
                output,
                log,
                findings = log is null ? entries : null,
            });
            return;
        }

        if (entries.Count > 0)
        {
            Table(entries.OrderByDescending(e => e.New is not null).ThenByDescending(e => e.Confidence).ThenBy(e => e.Row).Take(Shown), entries.Count);
            foreach (var group in entries.GroupBy(e => e.Column).OrderByDescending(g => g.Count()))
            {
                AnsiConsole.MarkupLineInterpolated($"{group.Count(),10:N0} wrong in {group.Key}, {group.Count(e => e.New is not null):N0} of them repaired");
            }
        }

        var by = string.Join(", ", repaired.GroupBy(e => e.Operator).OrderByDescending(g => g.Count()).Select(g => $"{g.Count():N0} by {g.Key}"));
        AnsiConsole.MarkupLineInterpolated(
            $"{rows.Rows:N0} rows read, {labelled:N0} labelled: {entries.Count:N0} cells are probably wrong, {repaired.Count:N0} repaired{(by.Length > 0 ? $" ({by})" : "")}, {entries.Count - repaired.Count:N0} only flagged.");
        if (output is not null)
        {
            AnsiConsole.MarkupLineInterpolated($"→ {output}; every change with its reason is in {log}. Undo: sluice repair undo {output} --log {log} -o FILE [[--operator NAME]]");
        }
        else if (entries.Count > 0)
        {
            AnsiConsole.MarkupLine("[grey]Nothing was written. -o FILE writes the repaired rows; --ask 5 --labels labels.csv proposes rows to correct, which makes it better.[/]");
        }
    }

    static void Table(IEnumerable<RepairEntry> entries, int all)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns("row", "column", "found", "repaired to", "sure", "why");
        var shown = 0;
        foreach (var entry in entries)
        {
            table.AddRow(
                entry.Row.ToString("N0", CultureInfo.InvariantCulture),
                Markup.Escape(entry.Column),
                entry.Old is null ? "[grey]missing[/]" : Markup.Escape(Cut(entry.Old)),
                entry.New is null ? "[grey]flagged[/]" : Markup.Escape(Cut(entry.New)),
                entry.Confidence.ToString("P0", CultureInfo.InvariantCulture),
                Markup.Escape(entry.Evidence));
            shown++;
        }

        AnsiConsole.Write(table);
        if (shown < all)
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]… the {shown} surest of {all:N0}[/]");
        }
    }

    static string Cut(string text) => text.Length <= MaxCell ? text : string.Concat(text.AsSpan(0, MaxCell - 1), "…");
}
