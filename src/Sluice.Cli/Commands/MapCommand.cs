using System.CommandLine;
using Sluice.Embedding;
using Sluice.Maps;
using Sluice.Reports;
using Sluice.VectorSpace;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice map DATASET[@VERSION] --text COLUMN</c>: a picture of a version in which rows that are alike lie together.</summary>
static class MapCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("version") { Description = "DATASET or DATASET@VERSION; the latest version without one." };
        var text = new Option<string?>("--text") { Description = "Text column to compare rows by." };
        var vector = new Option<string?>("--vector") { Description = "Column with vectors as JSON arrays to compare rows by instead." };
        var columns = new Option<string[]>("--columns") { Description = "Columns of numbers to compare rows by instead.", AllowMultipleArgumentsPerToken = true };
        var model = new Option<string>("--model") { Description = "Model for the text.", DefaultValueFactory = _ => EmbeddingModel.Default };
        var colour = new Option<string[]>("--color") { Description = "Columns to colour by.", AllowMultipleArgumentsPerToken = true };
        var label = new Option<string?>("--label") { Description = "Label column: labels that the nearest rows do not have are in doubt." };
        var split = new Option<string?>("--split") { Description = "Column with the set of a row: rows that no training row is near to are not covered." };
        var train = new Option<string>("--train") { Description = "Name of the training set.", DefaultValueFactory = _ => "train" };
        var by = new Option<string>("--by") { Description = "Layout: 'umap', which keeps neighbours, or 'tsne', which sets groups further apart.", DefaultValueFactory = _ => "umap" };
        by.AcceptOnlyFromAmong("umap", "tsne");
        var output = new Option<string>("--out", "-o") { Description = "HTML page to write.", DefaultValueFactory = _ => "map.html" };
        var command = new Command("map", "Draw a version as a map: rows that are alike lie together.") { name, text, vector, columns, model, colour, label, split, train, by, output };
        Shell.Act(command, (parsed, cancellation) => OpenedStore.WithAsync(parsed, async store =>
        {
            var source = new VectorSource { Text = parsed.GetValue(text), Vector = parsed.GetValue(vector), Columns = parsed.GetValue(columns) ?? [], Model = parsed.GetValue(model)! };
            var (entry, rows) = await store.OpenRowsAsync(parsed.GetRequiredValue(name), "map", cancellation);
            var map = await DatasetMap.OfAsync(
                rows.ReadAsync(cancellation), source, parsed.GetValue(colour) ?? [], parsed.GetValue(label), parsed.GetValue(split), parsed.GetValue(train)!,
                parsed.GetValue(by) == "tsne", store.Vectors, 42, cancellation);
            return await WriteAsync(parsed, $"{entry.Dataset}@{entry.Version}", map, parsed.GetValue(output)!, cancellation);
        }));
        return command;
    }

    static async Task<int> WriteAsync(ParseResult parsed, string title, DatasetMap map, string output, CancellationToken cancellation)
    {
        if (Path.GetExtension(output).ToLowerInvariant() is not (".html" or ".htm"))
        {
            return Shell.Invalid(parsed, $"--out is '{output}'; expected a name that ends in .html.");
        }

        await Exports.WritePageAsync(output, MapReport.Render(title, map), cancellation);
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(new
            {
                version = title,
                map.Rows,
                shown = map.Snippets.Count,
                map = output,
                notCovered = map.Holes.Select(h => new { row = map.Snippets[h.Row], h.Distance }),
                suspectedLabels = map.SuspectedLabels.Select(s => new { row = map.Snippets[s.Row], s.Given, s.Suggested, s.Votes }),
            });
            return ExitCodes.Done;
        }

        AnsiConsole.MarkupLineInterpolated($"[bold]{title}[/]: {map.Snippets.Count:N0} of {map.Rows:N0} rows shown, {map.Holes.Count:N0} not covered, {map.SuspectedLabels.Count:N0} labels in doubt");
        AnsiConsole.MarkupLineInterpolated($"map → {output}");
        return ExitCodes.Done;
    }
}
