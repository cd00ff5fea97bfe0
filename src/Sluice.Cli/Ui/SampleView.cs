using System.CommandLine;
using Sluice.Pipelines.Optimise;
using Spectre.Console;

namespace Sluice.Cli.Ui;

/// <summary>What each step did to a sample.</summary>
static class SampleView
{
    const int Shown = 5, MaxCell = 40;

    public static int Show(ParseResult parsed, string name, IReadOnlyList<SampledChain<SampledRun>> chains)
    {
        var exitCode = chains.All(c => c.Found is { GateFailure: null }) ? ExitCodes.Done : ExitCodes.GateFailed;
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(chains is [{ Found: { } run }]
                ? new { name, run.Rows, run.Kept, run.Steps, run.QualityBefore, run.QualityAfter, run.Columns, run.Seconds, run.GateFailure, exitCode }
                : (object)new { name, chains = chains.Select(JsonOf), exitCode });
            return exitCode;
        }

        foreach (var chain in chains)
        {
            AnsiConsole.MarkupInterpolated($"[bold]{(chains.Count > 1 ? chain.Dataset : name)}[/]  ");
            if (chain.Found is null)
            {
                AnsiConsole.WriteLine($"not run: {chain.NotRun}");
                continue;
            }

            Show(chain.Found);
            if (chain.Note is not null)
            {
                AnsiConsole.WriteLine($"note: {chain.Note}");
            }
        }

        AnsiConsole.WriteLine("Nothing was stored.");
        return exitCode;
    }

    static object JsonOf(SampledChain<SampledRun> chain) => new
    {
        chain.Dataset,
        chain.NotRun,
        chain.Note,
        chain.Found?.Rows,
        chain.Found?.Kept,
        chain.Found?.Steps,
        chain.Found?.QualityBefore,
        chain.Found?.QualityAfter,
        chain.Found?.Columns,
        chain.Found?.Seconds,
        chain.Found?.GateFailure,
    };

    static void Show(SampledRun run)
    {
        AnsiConsole.WriteLine($"on {(run.Rows == 1 ? "the first row" : $"the first {run.Rows:N0} rows")}");
        if (run.Steps.Count > 0)
        {
            var table = new Table().Border(TableBorder.Rounded).AddColumns("step", "rows in", "rows out", "rejected, made", "cells changed", "failures");
            foreach (var step in run.Steps)
            {
                table.AddRow(
                    Markup.Escape(step.Step), $"{step.RowsIn:N0}", $"{step.RowsOut:N0}", Counts(step.Rejected.Concat(step.Made ?? [])), Counts(step.Changed), Counts(step.Failures));
            }

            AnsiConsole.Write(table);
        }

        if (run.Made is { } rows)
        {
            var preview = new Table().Border(TableBorder.Rounded);
            rows.Schema.ToList().ForEach(f => preview.AddColumn(new TableColumn($"[bold]{Markup.Escape(f.Name)}[/]\n[grey]{f.Type.ToString().ToLowerInvariant()}[/]")));
            for (var row = 0; row < Math.Min(Shown, rows.Rows); row++)
            {
                preview.AddRow(rows.Columns.Select(c => c.IsNull(row) ? "[grey]·[/]" : Markup.Escape(Cut(c.Display(row)))).ToArray());
            }

            AnsiConsole.Write(preview);
        }

        AnsiConsole.WriteLine(run.GateFailure ?? $"{run.Kept:N0} of {run.Rows:N0} rows are left; quality {run.QualityBefore:0.0} → {run.QualityAfter:0.0}.");
    }

    static string Counts(IEnumerable<KeyValuePair<string, long>> counts) => Markup.Escape(string.Join(", ", counts.Select(c => $"{c.Value:N0} {c.Key}")));

    static string Cut(string text) => text.Length <= MaxCell ? text : string.Concat(text.AsSpan(0, MaxCell - 1), "…");
}
