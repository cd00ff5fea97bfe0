using System.CommandLine;
using Sluice.Cli.Ui;
using Sluice.Connectors;
using Sluice.Pipelines;
using Sluice.Pipelines.Optimise;
using Sluice.Runs;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice explain PIPELINE</c>: what a run would do, without doing it; and what the optimiser did in a run that has ended.</summary>
static class ExplainCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo?>("pipeline") { Description = "Pipeline YAML.", Arity = ArgumentArity.ZeroOrOne };
        var optimise = new Option<bool>("--optimise", "--optimize") { Description = "Show what the optimiser rewrites, why it may, what it expects to save, and what it refuses." };
        var run = new Option<string?>("--run") { Description = "With --optimise: what the plan of this run saved; a run id, or DATASET@VERSION." };
        var sample = new Option<int?>("--sample") { Description = "Run every step on the first N rows, without a store, and show what each does." };
        sample.Validators.Add(found =>
        {
            if (found.GetValue(sample) is < 1 or > 100_000)
            {
                found.AddError($"--sample is {found.GetValue(sample)}; expected 1 to 100,000 rows.");
            }
        });
        var command = new Command("explain", "Print the plan of a pipeline: its chain, its walks over the data, the columns each reads.") { file, optimise, run, sample };
        Shell.Act(command, (parsed, cancellation) => ActAsync(parsed, parsed.GetValue(file), parsed.GetValue(optimise), parsed.GetValue(run), parsed.GetValue(sample), cancellation));
        return command;
    }

    static async Task<int> ActAsync(ParseResult parsed, FileInfo? file, bool optimise, string? run, int? sample, CancellationToken cancellation)
    {
        if (run is not null)
        {
            return !optimise || file is not null
                ? Shell.Invalid(parsed, "--run goes with --optimise and without a pipeline: sluice explain --optimise --run RUN.")
                : await OpenedStore.WithAsync(parsed, async store => PlanView.Show(parsed, await store.NamedRecordAsync(run, cancellation)));
        }

        if (file is null)
        {
            return Shell.Invalid(parsed, "No pipeline is named. Name a YAML file, or a run with --optimise --run.");
        }

        var pipeline = await LoadAsync(file, cancellation);
        var inputs = InputsOf(file);
        return (optimise, sample) switch
        {
            (true, not null) => Shell.Invalid(parsed, "--optimise and --sample are two questions. Ask one at a time."),
            (true, _) => PlanView.Show(parsed, await ExplainedRewrites.OfAsync(pipeline, inputs, cancellation)),
            (_, { } rows) => await SampleView.ShowAsync(parsed, pipeline, await SampledRun.OfAsync(pipeline, inputs, rows, TimeProvider.System, cancellation)),
            _ => Show(parsed, await ExplainedPlan.OfAsync(pipeline, inputs, cancellation)),
        };
    }

    internal static Task<Pipeline> LoadAsync(FileInfo file, CancellationToken cancellation) =>
        Pipeline.LoadAsync(Path.GetRelativePath(Environment.CurrentDirectory, file.FullName), cancellation);

    internal static FolderInputs InputsOf(FileInfo file) => new([Path.GetPathRoot(file.DirectoryName!)!], file.DirectoryName!);

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
