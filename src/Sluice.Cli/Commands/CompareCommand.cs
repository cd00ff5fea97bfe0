using System.CommandLine;
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
        var rows = new Option<int>("--rows") { Description = "Rows of the sample: the first of the source.", DefaultValueFactory = _ => 1_000 };
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
            var pipeline = await ExplainCommand.LoadAsync(parsed.GetRequiredValue(file), cancellation);
            var inputs = ExplainCommand.InputsOf(parsed.GetRequiredValue(file));
            try
            {
                return Show(parsed, await StepComparison.OfAsync(pipeline, parsed.GetRequiredValue(step), inputs, parsed.GetValue(rows), TimeProvider.System, cancellation));
            }
            catch (DataException error)
            {
                return Shell.Invalid(parsed, error.Message);
            }
        });
        return command;
    }

    static int Show(ParseResult parsed, StepComparison found)
    {
        var (with, without) = (found.With, found.Without);
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(new
            {
                found.Step,
                with.Rows,
                found.QualityGain,
                found.CostShare,
                with = new { with.Kept, with.QualityAfter, with.Cost, with.Seconds, with.Columns, with.GateFailure },
                without = new { without.Kept, without.QualityAfter, without.Cost, without.Seconds, without.Columns, without.GateFailure },
            });
            return ExitCodes.Done;
        }

        AnsiConsole.MarkupLineInterpolated($"[bold]{found.Step}[/] on the first {with.Rows:N0} rows");
        var table = new Table().Border(TableBorder.Rounded).AddColumns("", "with", "without");
        table.AddRow("rows kept", $"{with.Kept:N0}", $"{without.Kept:N0}");
        table.AddRow("quality score", Score(with), Score(without));
        table.AddRow("columns", $"{with.Columns.Count:N0}", $"{without.Columns.Count:N0}");
        table.AddRow("cost of the steps", $"{with.Cost:N0}", $"{without.Cost:N0}");
        table.AddRow("seconds", $"{with.Seconds:0.00}", $"{without.Seconds:0.00}");
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(found.QualityGain is { } gain
            ? $"The step brings {gain:+0.0;-0.0;0.0} points of quality for {found.CostShare:P0} of the cost."
            : "A gate refused one of the two, so their scores cannot be compared.");
        return ExitCodes.Done;
    }

    static string Score(SampledRun run) => run.GateFailure is null ? $"{run.QualityAfter:0.0}" : "refused by a gate";
}
