using System.CommandLine;
using System.Globalization;
using Sluice.Datasets;
using Sluice.Pipelines;
using Spectre.Console;

namespace Sluice.Cli.Ui;

/// <summary>Pipelines of several chains: what they are, and how a run of one ended.</summary>
static class GraphView
{
    public static int Show(RunSummary run, IReadOnlyList<RunSummary> chains)
    {
        if (run.UpToDate)
        {
            AnsiConsole.MarkupLine("[green]Nothing to do:[/] pipeline and input have not changed since the versions below.");
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumn("dataset").AddColumn("").AddColumn(new TableColumn("rows read").RightAligned())
            .AddColumn(new TableColumn("rows kept").RightAligned()).AddColumn("quality").AddColumn("version");
        foreach (var chain in chains)
        {
            var ended = chain.Version is null ? $"[red]{Markup.Escape(chain.Status.Replace('_', ' '))}[/]" : chain.UpToDate ? "unchanged" : "[green]done[/]";
            table.AddRow(
                Markup.Escape(chain.Dataset!), ended, chain.Run.Length == 0 ? "" : $"{chain.RowsRead:N0}", chain.Version is null ? "" : $"{chain.Rows:N0}",
                chain.QualityBefore is null ? "" : $"{chain.QualityBefore:0.0}{(chain.QualityAfter is null ? "" : $" → {chain.QualityAfter:0.0}")}", chain.Version ?? "[red]none[/]");
        }

        AnsiConsole.Write(table);
        AnsiConsole.MarkupLineInterpolated($"{run.Seconds:0.0} s{(run.Resumed ? " (went on with a run that was cut off)" : "")}, run {run.Run}");
        if (run.CostUsd is not null)
        {
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"language models: ${run.CostUsd:0.00##}{(run.SavedUsd > 0 ? $", saved ${run.SavedUsd.Value.ToString("0.00##", CultureInfo.InvariantCulture)}" : "")} (sluice cost {run.Run})");
        }

        foreach (var chain in chains)
        {
            ShowMore(chain);
        }

        if (chains.FirstOrDefault(c => c.Report is not null)?.Report is { } report)
        {
            AnsiConsole.MarkupLineInterpolated($"reports of each version: {Path.GetDirectoryName(Path.GetDirectoryName(report))}");
        }

        foreach (var failed in chains.Where(c => c.Error is not null))
        {
            Console.Error.WriteLine($"{(failed.Run.Length == 0 ? "" : "error: ")}{failed.Dataset}: {failed.Error}");
        }

        return run.ExitCode;
    }

    // What the table has no room for.
    static void ShowMore(RunSummary chain)
    {
        foreach (var (reason, count) in chain.Rejected ?? new Dictionary<string, long>())
        {
            AnsiConsole.MarkupLineInterpolated($"{chain.Dataset}  rejected: {reason} {count:N0}");
        }

        foreach (var note in chain.Notes ?? [])
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]{chain.Dataset}  note: {note}[/]");
        }

        if (chain.Quarantined > 0)
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]{chain.Dataset}  {chain.Quarantined} rows are in quarantine.[/] See 'sluice quarantine {chain.Run}'; retry with 'run --replay-quarantine'.");
        }
    }

    public static int Explain(ParseResult parsed, PipelineGraph graph)
    {
        var chains = graph.Chains.Select(c => new
        {
            c.Pipeline.Dataset,
            Source = $"{c.Pipeline.Source.Id} ({c.Pipeline.Source.Type}) {Read(c.Pipeline.Source.Source)}",
            Steps = c.Pipeline.Steps.Select(s => s.Group).Distinct().ToList(),
            Sinks = c.Pipeline.Sinks.Select(s => s.Id).ToList(),
            WaitsFor = c.After.Select(read => graph.Chains[read].Pipeline.Dataset).ToList(),
        }).ToList();
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(new { graph.MainPipeline.Name, chains, graph.Advice });
            return ExitCodes.Done;
        }

        AnsiConsole.MarkupLineInterpolated($"[bold]{graph.MainPipeline.Name}[/] → {chains.Count} datasets; each chain runs when those that it waits for are done, the others beside it");
        var table = new Table().Border(TableBorder.Rounded).AddColumns("dataset", "reads", "steps", "sinks", "waits for");
        foreach (var chain in chains)
        {
            table.AddRow(Markup.Escape(chain.Dataset), Markup.Escape(chain.Source), string.Join(" → ", chain.Steps), string.Join(", ", chain.Sinks), string.Join(", ", chain.WaitsFor));
        }

        AnsiConsole.Write(table);
        foreach (var advice in graph.Advice)
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]advice[/]  {advice}");
        }

        return ExitCodes.Done;
    }

    static string Read(Sluice.Connectors.Source source) => source is DatasetSource dataset ? string.Join(", ", dataset.Names) : source.FilePath ?? "";
}
