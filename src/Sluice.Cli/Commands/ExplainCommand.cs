using System.CommandLine;
using Sluice.Connectors;
using Sluice.Pipelines;
using Sluice.Runs;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice explain PIPELINE</c>: what a run would do, without doing it.</summary>
static class ExplainCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("pipeline") { Description = "Pipeline YAML." };
        var command = new Command("explain", "Print the plan of a pipeline: its chain, its walks over the data, the columns each reads.") { file };
        Shell.Act(command, async (parsed, cancellation) => Show(parsed, await PlanAsync(parsed.GetRequiredValue(file), cancellation)));
        return command;
    }

    static async Task<ExplainedPlan> PlanAsync(FileInfo file, CancellationToken cancellation)
    {
        var pipeline = await Pipeline.LoadAsync(Path.GetRelativePath(Environment.CurrentDirectory, file.FullName), cancellation);
        var inputs = new FolderInputs([Path.GetPathRoot(file.DirectoryName!)!], file.DirectoryName!);
        return await ExplainedPlan.OfAsync(pipeline, inputs, cancellation);
    }

    static int Show(ParseResult parsed, ExplainedPlan plan)
    {
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(plan);
            return ExitCodes.Done;
        }

        AnsiConsole.MarkupLineInterpolated($"[bold]{plan.Name}[/] → dataset [bold]{plan.Dataset}[/]");
        AnsiConsole.MarkupLineInterpolated($"source  {plan.Source}  {plan.Files:N0} {(plan.Files == 1 ? "file" : "files")}, {plan.Bytes:N0} bytes");
        var steps = new Table().Border(TableBorder.Rounded).AddColumns("step", "type", "looks at all rows");
        foreach (var step in plan.Steps)
        {
            steps.AddRow(Markup.Escape(step.Id), Markup.Escape(step.Type), step.Looks);
        }

        AnsiConsole.Write(steps);
        var walks = new Table().Border(TableBorder.Rounded).AddColumns("walk", "does", "columns read");
        foreach (var walk in plan.Walks)
        {
            walks.AddRow(Markup.Escape(walk.Name), Markup.Escape(walk.Does), Markup.Escape(walk.Columns));
        }

        AnsiConsole.Write(walks);
        foreach (var sink in plan.Sinks)
        {
            AnsiConsole.MarkupLineInterpolated($"sink    {sink}");
        }

        foreach (var advice in plan.Advice)
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]advice[/]  {advice}");
        }

        return ExitCodes.Done;
    }
}
