using System.CommandLine;
using Sluice.Cli.Ui;
using Sluice.Connectors;
using Sluice.Datasets;
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
        var sample = new Option<int?>("--sample") { Description = "Run every step on the first N rows of each source, in memory, and show what each does. Makes no version." };
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
                : await OpenedStore.WithAsync(parsed, async store => PlanView.Show(parsed, await store.NamedRecordsAsync(run, cancellation)));
        }

        if (file is null)
        {
            return Shell.Invalid(parsed, "No pipeline is named. Name a YAML file, or a run with --optimise --run.");
        }

        if (optimise && sample is not null)
        {
            return Shell.Invalid(parsed, "--optimise and --sample are two questions. Ask one at a time.");
        }

        var graph = await LoadAsync(file, cancellation);
        if (graph.Chains.Count > 1 && !optimise && sample is null)
        {
            return GraphView.Explain(parsed, graph);
        }

        // Only what reads datasets needs a store to be explained.
        return graph.ReadsStore
            ? await OpenedStore.WithAsync(parsed, store => ExplainAsync(parsed, graph, InputsOf(file), optimise, sample, store.Datasets, cancellation))
            : await ExplainAsync(parsed, graph, InputsOf(file), optimise, sample, null, cancellation);
    }

    static async Task<int> ExplainAsync(
        ParseResult parsed, PipelineGraph graph, FolderInputs inputs, bool optimise, int? sample, DatasetCatalogue? datasets, CancellationToken cancellation) =>
        (optimise, sample) switch
        {
            (true, _) => PlanView.Show(parsed, await ExplainedRewrites.OfAsync(graph, inputs, cancellation, datasets)),
            (_, { } rows) => SampleView.Show(parsed, graph.MainPipeline.Name, await SampledRun.OfAsync(graph, inputs, rows, TimeProvider.System, cancellation, datasets)),
            _ => Show(parsed, await ExplainedPlan.OfAsync(graph.Single, inputs, cancellation, datasets)),
        };

    internal static Task<PipelineGraph> LoadAsync(FileInfo file, CancellationToken cancellation) =>
        PipelineGraph.LoadAsync(Shown(file), cancellation);

    static string Shown(FileInfo file) => Path.GetRelativePath(Environment.CurrentDirectory, file.FullName);

    internal static FolderInputs InputsOf(FileInfo file) => new([Path.GetPathRoot(file.DirectoryName!)!], file.DirectoryName!);

    static int Show(ParseResult parsed, ExplainedPlan plan)
    {
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(plan);
            return ExitCodes.Done;
        }

        AnsiConsole.MarkupLineInterpolated($"[bold]{plan.Name}[/] → dataset [bold]{plan.Dataset}[/]");
        var read = plan.Versions.Count > 0 ? string.Join(", ", plan.Versions) : $"{plan.Files:N0} {(plan.Files == 1 ? "file" : "files")}";
        AnsiConsole.MarkupLineInterpolated($"source  {plan.Source}  {read}, {plan.Bytes:N0} bytes");
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
