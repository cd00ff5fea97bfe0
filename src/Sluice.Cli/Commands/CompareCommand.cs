using System.CommandLine;
using Sluice.Datasets;
using Sluice.Pipelines.Optimise;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice compare PIPELINE --without STEP</c>: what a step brings and what it costs, on a sample.</summary>
static class CompareCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("pipeline") { Description = "Pipeline YAML." };
        var step = new Option<string>("--without") { Description = "Id of the step to leave out.", Required = true };
        var rows = new Option<int>("--rows") { Description = "Rows of the sample: the first of each source.", DefaultValueFactory = _ => 1_000 };
        rows.Validators.Add(found =>
        {
            if (found.GetValue(rows) is < 1 or > 100_000)
            {
                found.AddError($"--rows is {found.GetValue(rows)}; expected 1 to 100,000.");
            }
        });
        var command = new Command("compare", "Run a pipeline with and without one of its steps on a sample, and show what the step brings and costs.") { file, step, rows };
        Shell.Act(command, async (parsed, cancellation) =>
        {
            var graph = await ExplainCommand.LoadAsync(parsed.GetRequiredValue(file), cancellation);
            var inputs = ExplainCommand.InputsOf(parsed.GetRequiredValue(file));
            async Task<int> CompareAsync(DatasetCatalogue? datasets) =>
                Show(parsed, await StepComparison.OfAsync(graph, parsed.GetRequiredValue(step), inputs, parsed.GetValue(rows), TimeProvider.System, cancellation, datasets), graph.Chains.Count > 1);
            try
            {
                return graph.ReadsStore ? await OpenedStore.WithAsync(parsed, store => CompareAsync(store.Datasets)) : await CompareAsync(null);
            }
            catch (DataException error)
            {
                return Shell.Invalid(parsed, error.Message);
            }
        });
        return command;
    }

    static int Show(ParseResult parsed, StepComparison found, bool isGraph)
    {
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(isGraph ? new { found.Step, found.CostShare, chains = found.Chains.Select(JsonOf) } : (object)JsonOf(found));
            return ExitCodes.Done;
        }

        foreach (var chain in found.Chains)
        {
            AnsiConsole.MarkupLineInterpolated($"[bold]{found.Step}[/] {(isGraph ? $"in {chain.Dataset}, " : "")}on the first {chain.With?.Rows ?? 0:N0} rows");
            var table = new Table().Border(TableBorder.Rounded).AddColumns("", "with", "without");
            void Row(string name, Func<SampledRun, string> value) => table.AddRow(name, chain.With is null ? "not run" : value(chain.With), chain.Without is null ? "not run" : value(chain.Without));
            Row("rows kept", run => $"{run.Kept:N0}");
            Row("quality score", run => run.GateFailure is null ? $"{run.QualityAfter:0.0}" : "refused by a gate");
            Row("columns", run => $"{run.Columns.Count:N0}");
            Row("cost of the steps", run => $"{run.Cost:N0}");
            Row("seconds", run => $"{run.Seconds:0.00}");
            AnsiConsole.Write(table);
        }

        var gains = found.Chains.Where(c => c.QualityGain is not null).Select(c => $"{c.QualityGain:+0.0;-0.0;0.0} points of quality{(isGraph ? $" to {c.Dataset}" : "")}").ToList();
        AnsiConsole.WriteLine(gains.Count > 0
            ? $"The step brings {string.Join(" and ", gains)} for {found.CostShare:P0} of the cost{(isGraph ? " of all chains" : "")}."
            : "A gate refused one of the two, so their scores cannot be compared.");
        return ExitCodes.Done;
    }

    static object JsonOf(StepComparison found)
    {
        var chain = found.Chains[0];
        return new { found.Step, chain.With!.Rows, chain.QualityGain, found.CostShare, with = JsonOf(chain.With), without = JsonOf(chain.Without!) };
    }

    static object JsonOf(ComparedChain chain) => new
    {
        chain.Dataset,
        chain.With?.Rows,
        chain.QualityGain,
        with = chain.With is null ? null : JsonOf(chain.With),
        without = chain.Without is null ? null : JsonOf(chain.Without),
    };

    static object JsonOf(SampledRun run) => new { run.Kept, run.QualityAfter, run.Cost, run.Seconds, run.Columns, run.GateFailure };
}
