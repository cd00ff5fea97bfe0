using System.CommandLine;
using System.Text.Json.Nodes;
using Sluice.Batches;
using Sluice.Connectors;
using Sluice.Features;
using Sluice.Pipelines;
using Sluice.Storage;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice features apply|export</c>: the transforms of a version for new rows, as a model meets them.</summary>
static class FeaturesCommand
{
    public static Command Create() => new("features", "Apply or export the transforms that made a version.") { Apply(), Export() };

    static Command Apply()
    {
        var name = Name();
        var input = new Argument<string>("file") { Description = "File, folder or glob with new rows." };
        var output = new Option<string>("--out", "-o") { Description = "File to write: .parquet, .csv or .jsonl.", Required = true };
        var missing = new Option<string>("--missing-columns") { Description = "A column of training that the file lacks: refuse, or missing (all its values are).", DefaultValueFactory = _ => "refuse" };
        missing.AcceptOnlyFromAmong("refuse", "missing");
        var command = new Command("apply", "Turn new rows into features exactly as the rows of a version were.") { name, input, output, missing };
        Shell.Act(command, async (parsed, cancellation) =>
        {
            var document = await DocumentAsync(parsed, parsed.GetRequiredValue(name), cancellation);
            if (document is null)
            {
                return ExitCodes.Invalid;
            }

            var file = parsed.GetRequiredValue(input);
            var path = parsed.GetRequiredValue(output);
            var scratch = Directory.CreateTempSubdirectory("sluice-");
            try
            {
                await using var store = new FolderStore(scratch.FullName);
                var transforms = new Transforms(document);
                var folder = Environment.CurrentDirectory;
                var rows = await TransformedFile.OfAsync(
                    transforms, SourceOf(transforms.Pipeline.Source, file), new FolderInputs([Path.GetPathRoot(folder)!], folder),
                    parsed.GetValue(missing) == "missing" ? MissingColumn.Missing : MissingColumn.Refuse, new BatchFiles(store), cancellation);
                await Exports.WriteAsync(rows, path, null, cancellation);
                Show(parsed, document, rows, path);
                return ExitCodes.Done;
            }
            finally
            {
                scratch.Delete(recursive: true);
            }
        });
        return command;
    }

    static Command Export()
    {
        var name = Name();
        var output = new Option<string>("--out", "-o") { Description = "JSON file to write.", Required = true };
        var command = new Command("export", "Write the transforms of a version as one JSON document.") { name, output };
        Shell.Act(command, async (parsed, cancellation) =>
        {
            var document = await DocumentAsync(parsed, parsed.GetRequiredValue(name), cancellation);
            if (document is null)
            {
                return ExitCodes.Invalid;
            }

            var path = parsed.GetRequiredValue(output);
            try
            {
                await File.WriteAllBytesAsync(path, document.ToBytes(), cancellation);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new SinkException($"'{path}' cannot be written: {error.Message} Name another file with --out.", error);
            }

            if (parsed.GetValue(Shell.Json))
            {
                Shell.Print(new { document.Dataset, document.DatasetVersion, steps = document.Steps.Select(s => s.Id), output = path });
            }
            else
            {
                AnsiConsole.MarkupLineInterpolated($"{document.Steps.Count} steps of {document.Dataset}@{document.DatasetVersion} → {path}");
            }

            return ExitCodes.Done;
        });
        return command;
    }

    static Argument<string> Name() => new("dataset")
    {
        Description = "DATASET or DATASET@VERSION (an id, its start, a number, or 'latest'), or a file that 'features export' wrote.",
    };

    /// <summary>From a file or from the store; null after saying what is wrong.</summary>
    static async Task<TransformDocument?> DocumentAsync(ParseResult parsed, string name, CancellationToken cancellation)
    {
        if (name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            return File.Exists(name)
                ? TransformDocument.Parse(await File.ReadAllBytesAsync(name, cancellation))
                : throw new DataException($"The file '{name}' does not exist. Write it with: sluice features export DATASET --out {name}");
        }

        TransformDocument? document = null;
        await OpenedStore.WithAsync(parsed, async store =>
        {
            var (dataset, version) = NamedVersion.Parse(name);
            var (entry, manifest) = await store.Datasets.ShowAsync(dataset, version, cancellation);
            document = TransformDocument.Of(entry.Version, manifest);
            return ExitCodes.Done;
        });
        return document;
    }

    /// <summary>A file of the format of training is read with its options: its words for missing values, its delimiter.</summary>
    static Source SourceOf(PipelineSource trained, string file)
    {
        var type = FormatOf.Source(file);
        var options = type == trained.Type ? JsonNode.Parse(trained.OptionsJson)!.AsObject() : [];
        options["file_path"] = file;
        return (Source)Catalog.Default.Configure(CapabilityKind.Source, type, options.ToJsonString());
    }

    static void Show(ParseResult parsed, TransformDocument document, TransformedFile rows, string path)
    {
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(new { document.Dataset, document.DatasetVersion, rows.RowsRead, rows.Rows, rows.Rejected, rows.Findings, rows.Ignored, rows.Schema, output = path });
            return;
        }

        foreach (var (finding, count) in rows.Findings)
        {
            AnsiConsole.MarkupLineInterpolated($"{count,12:N0} rows: {finding}");
        }

        if (rows.Ignored.Count > 0)
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]not in training, left out: {string.Join(", ", rows.Ignored)}[/]");
        }

        var rejected = string.Join(", ", rows.Rejected.Select(r => $"{r.Value:N0} {r.Key}"));
        AnsiConsole.MarkupLineInterpolated(
            $"{rows.RowsRead:N0} rows read, {rows.Rows:N0} transformed as in {document.Dataset}@{document.DatasetVersion}{(rejected.Length > 0 ? $", rejected: {rejected}" : "")} → {path}");
    }
}
