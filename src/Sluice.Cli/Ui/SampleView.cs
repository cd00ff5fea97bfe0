using System.CommandLine;
using Sluice.Pipelines;
using Sluice.Pipelines.Optimise;
using Spectre.Console;

namespace Sluice.Cli.Ui;

/// <summary>What each step did to a sample.</summary>
static class SampleView
{
    const int Shown = 5, MaxCell = 40;

    public static Task<int> ShowAsync(ParseResult parsed, Pipeline pipeline, SampledRun run)
    {
        var exitCode = run.GateFailure is null ? ExitCodes.Done : ExitCodes.GateFailed;
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(new { pipeline.Name, run.Rows, run.Kept, run.Steps, run.QualityBefore, run.QualityAfter, run.Columns, run.Seconds, run.GateFailure, exitCode });
            return Task.FromResult(exitCode);
        }

        AnsiConsole.MarkupLineInterpolated($"[bold]{pipeline.Name}[/]  on the first {run.Rows:N0} rows");
        var table = new Table().Border(TableBorder.Rounded).AddColumns("step", "rows in", "rows out", "rejected, made", "cells changed", "failures");
        foreach (var step in run.Steps)
        {
            table.AddRow(
                Markup.Escape(step.Step), $"{step.RowsIn:N0}", $"{step.RowsOut:N0}", Counts(step.Rejected.Concat(step.Made ?? [])), Counts(step.Changed), Counts(step.Failures));
        }

        AnsiConsole.Write(table);
        if (run.Preview is { } rows)
        {
            var preview = new Table().Border(TableBorder.Rounded);
            rows.Schema.ToList().ForEach(f => preview.AddColumn(new TableColumn($"[bold]{Markup.Escape(f.Name)}[/]\n[grey]{f.Type.ToString().ToLowerInvariant()}[/]")));
            for (var row = 0; row < Math.Min(Shown, rows.Rows); row++)
            {
                preview.AddRow(rows.Columns.Select(c => c.IsNull(row) ? "[grey]·[/]" : Markup.Escape(Cut(c.Display(row)))).ToArray());
            }

            AnsiConsole.Write(preview);
        }

        AnsiConsole.WriteLine(run.GateFailure ?? $"{run.Kept:N0} of {run.Rows:N0} rows are left; quality {run.QualityBefore:0.0} → {run.QualityAfter:0.0}; nothing was stored.");
        return Task.FromResult(exitCode);
    }

    static string Counts(IEnumerable<KeyValuePair<string, long>> counts) => Markup.Escape(string.Join(", ", counts.Select(c => $"{c.Value:N0} {c.Key}")));

    static string Cut(string text) => text.Length <= MaxCell ? text : string.Concat(text.AsSpan(0, MaxCell - 1), "…");
}
