using System.CommandLine;
using Sluice.Embedding;
using Sluice.Profiles;
using Sluice.VectorSpace;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice drift DATASET@BEFORE DATASET@AFTER --text COLUMN</c>: whether what rows say has changed, by their vectors.</summary>
static class DriftCommand
{
    public static Command Create()
    {
        var before = new Argument<string>("before") { Description = "DATASET@VERSION that is compared with." };
        var after = new Argument<string>("after") { Description = "DATASET@VERSION that is judged." };
        var text = new Option<string?>("--text") { Description = "Text column to compare by its meaning." };
        var vector = new Option<string?>("--vector") { Description = "Column with vectors as JSON arrays to compare by instead." };
        var columns = new Option<string[]?>("--columns") { Description = "Columns of numbers and dates to compare by instead, all at once.", AllowMultipleArgumentsPerToken = true };
        var model = new Option<string>("--model") { Description = "Model for the text.", DefaultValueFactory = _ => EmbeddingModel.Default };
        var alarms = new Option<double>("--false-alarms") { Description = "Share of comparisons of versions from one source in which drift may be reported.", DefaultValueFactory = _ => 0.01 };
        var fail = new Option<bool>("--fail") { Description = "End with 1 when there is drift." };
        var command = new Command("drift", "Compare two versions by the vectors of their rows: a change that no single column shows.") { before, after, text, vector, columns, model, alarms, fail };
        Shell.Act(command, (parsed, cancellation) => OpenedStore.WithAsync(parsed, async store =>
        {
            if (parsed.GetValue(alarms) is not (> 0 and < 1))
            {
                return Shell.Invalid(parsed, $"--false-alarms is {parsed.GetValue(alarms)}; expected more than 0 and less than 1.");
            }

            var source = new VectorSource { Text = parsed.GetValue(text), Vector = parsed.GetValue(vector), Columns = parsed.GetValue(columns) ?? [], Model = parsed.GetValue(model)! };
            var (first, firstName) = await OpenAsync(store, parsed.GetRequiredValue(before), cancellation);
            var (second, secondName) = await OpenAsync(store, parsed.GetRequiredValue(after), cancellation);
            var found = await VectorDrift.OfAsync(() => first.ReadAsync(cancellation), () => second.ReadAsync(cancellation), source, store.Vectors, parsed.GetValue(alarms), cancellation);
            var exitCode = found.IsDrift && parsed.GetValue(fail) ? ExitCodes.GateFailed : ExitCodes.Done;
            Show(parsed, firstName, secondName, found, exitCode);
            return exitCode == ExitCodes.Done || parsed.GetValue(Shell.Json) ? exitCode : Shell.Fail(parsed, exitCode, $"What rows of {secondName} say is not what those of {firstName} do.");
        }));
        return command;
    }

    static async Task<(Connectors.DatasetRows Rows, string Name)> OpenAsync(OpenedStore store, string name, CancellationToken cancellation)
    {
        var (entry, rows) = await store.OpenRowsAsync(name, "drift", cancellation);
        return (rows, $"{entry.Dataset}@{entry.Number}");
    }

    static void Show(ParseResult parsed, string before, string after, VectorDrift found, int exitCode)
    {
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(new { before, after, drift = found.IsDrift, found.RowsBefore, found.RowsAfter, found.FalseAlarms, found.Tests, found.Separation, found.NewKinds, exitCode });
            return;
        }

        if (found.Tests.Count == 0)
        {
            AnsiConsole.WriteLine(found.RowsAfter == 0 && found.RowsBefore == 0
                ? $"{before} and {after} have the same rows."
                : $"Too few rows are different to compare: {found.RowsBefore:N0} of {before} and {found.RowsAfter:N0} of {after}; expected {VectorDrift.FewestRows} of each.");
            return;
        }

        AnsiConsole.WriteLine($"{found.RowsBefore:N0} rows of {before} beside {found.RowsAfter:N0} rows of {after}; rows that both have are left out.");
        var table = new Table().Border(TableBorder.Rounded).AddColumn("test").AddColumn(new TableColumn("p-value").RightAligned());
        foreach (var test in found.Tests)
        {
            table.AddRow(test.Name, test.PValue < 0.0001 ? "< 0.0001" : $"{test.PValue:0.####}");
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine($"A classifier tells them apart with an area under the curve of {found.Separation:0.###} (0.5: not at all).");
        if (!found.IsDrift)
        {
            AnsiConsole.MarkupLine("[green]✓[/] no drift");
            return;
        }

        AnsiConsole.MarkupLine("[yellow]![/] what rows say has changed. Least like before:");
        foreach (var snippet in found.NewKinds)
        {
            AnsiConsole.WriteLine($"  {(snippet.Length <= 100 ? snippet : snippet[..(char.IsHighSurrogate(snippet[98]) ? 98 : 99)] + "…")}");
        }
    }
}
