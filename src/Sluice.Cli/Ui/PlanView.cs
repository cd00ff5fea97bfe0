using System.CommandLine;
using Sluice.Pipelines.Optimise;
using Sluice.Runs;
using Spectre.Console;

namespace Sluice.Cli.Ui;

/// <summary>What the optimiser does, and what it did.</summary>
static class PlanView
{
    public static int Show(ParseResult parsed, IReadOnlyList<SampledChain<ExplainedRewrites>> chains)
    {
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(chains is [{ Found: { } one }] ? one : (object)new { chains = chains.Select(c => new { c.Dataset, rewrites = c.Found, c.NotRun, c.Note }) });
            return ExitCodes.Done;
        }

        foreach (var chain in chains)
        {
            Show(chain, chains.Count > 1);
        }

        return ExitCodes.Done;
    }

    static void Show(SampledChain<ExplainedRewrites> chain, bool isGraph)
    {
        AnsiConsole.MarkupLineInterpolated($"[bold]{(isGraph ? chain.Dataset : chain.Found!.Name)}[/]{(chain.Found is null ? "" : $"  optimize: {chain.Found.Level.ToString().ToLowerInvariant()}")}");
        if (chain.Found is not { } plan)
        {
            AnsiConsole.WriteLine($"Not known: {chain.NotRun}.");
            return;
        }

        Show(plan.Rewrites, "done");
        Show(plan.Refused, "not done");
        AnsiConsole.WriteLine(plan switch
        {
            { Order.Count: 0 } => "It has no steps.",
            { Level: RewriteLevel.Off } => "The steps run as written: 'optimize: false' or debug says so.",
            { NotUsed: { } why } => $"The steps run as written: {why}.",
            { Rewrites.Count: 0 } => "The steps run as written: nothing would make them cheaper.",
            _ => $"Order: {string.Join(" → ", plan.Order)}\nChecked: on the first {plan.CheckedRows:N0} rows it gives what the steps as written give.",
        });
        foreach (var advice in chain.Note is null ? plan.Advice : [.. plan.Advice, $"note: {chain.Note}."])
        {
            AnsiConsole.WriteLine(advice);
        }
    }

    public static int Show(ParseResult parsed, IReadOnlyList<RunRecord> records)
    {
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(records is [var one] ? JsonOf(one) : new { chains = records.Select(JsonOf) });
            return ExitCodes.Done;
        }

        foreach (var record in records)
        {
            Show(record, records.Count > 1);
        }

        return ExitCodes.Done;
    }

    static object JsonOf(RunRecord record)
    {
        var (written, ran, saved) = CostOf(record);
        return new { record.RunId, record.Dataset, record.Version, record.Plan?.Plan.Rewrites, record.Plan?.Ran, record.Plan?.Kept, costAsWritten = written, cost = ran, saved };
    }

    static (double Written, double Ran, double Saved) CostOf(RunRecord record)
    {
        var (written, ran) = (record.Plan is null ? 0 : Cost(record.Plan, record.Steps), record.Plan?.Ran.Sum(r => r.Rows * r.Cost) ?? 0);
        return (written, ran, written > 0 ? 1 - (ran / written) : 0);
    }

    static void Show(RunRecord record, bool isGraph)
    {
        if (isGraph)
        {
            AnsiConsole.MarkupLineInterpolated($"[bold]{record.Dataset}[/]");
        }

        if (record.Plan is not { } outcome)
        {
            AnsiConsole.WriteLine($"Run {record.RunId} ran its steps as written.");
            return;
        }

        Show(outcome.Plan.Rewrites, "done");
        var table = new Table().Border(TableBorder.Rounded).AddColumns("step, as run", "rows given", "as written", "cost a row");
        foreach (var step in outcome.Ran)
        {
            var counts = record.Steps.FirstOrDefault(s => s.Step == step.Step);
            table.AddRow(Markup.Escape(step.Step), $"{step.Rows:N0}", counts is null ? "–" : $"{counts.RowsIn:N0}", $"{step.Cost:0.#}");
        }

        AnsiConsole.Write(table);
        foreach (var kept in outcome.Kept ?? [])
        {
            AnsiConsole.WriteLine($"Kept after {kept.Step}: {kept.Rows:N0} rows, {kept.Bytes:N0} bytes; {kept.Looks} {(kept.Looks == 1 ? "look begins" : "looks begin")} there.");
        }

        var (written, ran, saved) = CostOf(record);
        AnsiConsole.WriteLine($"Cost of the steps: {ran:N0}, as written {written:N0}; saved {saved:P1}. Walks that were saved are not in it.");
    }

    // A step that was not run cost at least what a comparison costs.
    static double Cost(PlanOutcome outcome, IReadOnlyList<StepCounts> written) =>
        written.Sum(s => s.RowsIn * (outcome.Ran.FirstOrDefault(r => r.Step == s.Step)?.Cost ?? 1));

    static void Show(IReadOnlyList<RewriteNote> notes, string title)
    {
        if (notes.Count == 0)
        {
            return;
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumns(title, "what", "why", "saves");
        foreach (var note in notes)
        {
            table.AddRow(note.Rule, Markup.Escape(note.What), Markup.Escape(note.Why), note.Saves is { } saves ? $"{saves:P0}" : "");
        }

        AnsiConsole.Write(table);
    }
}
