using System.CommandLine;
using System.Text.Json.Nodes;
using Sluice.Connectors;
using Sluice.Pipelines;
using Sluice.SchemaDetection;
using Sluice.Storage;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice schema FILE…</c>: what files are, how they refer to each other, and what would make them better.</summary>
static class SchemaCommand
{
    public static Command Create()
    {
        var inputs = new Argument<string[]>("files") { Description = "Files to look at: CSV, JSON, Excel, Parquet or text.", Arity = ArgumentArity.OneOrMore };
        var steps = new Option<bool>("--steps") { Description = "Print the suggested steps as a pipeline (one file)." };
        var command = new Command("schema", "Say what a file is: types, meanings, personal data, keys, dependencies, and what to do about it.") { inputs, steps };
        Shell.Act(command, (parsed, cancellation) => RunAsync(parsed, parsed.GetRequiredValue(inputs), parsed.GetValue(steps), cancellation));
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, string[] paths, bool steps, CancellationToken cancellation)
    {
        if (steps && paths.Length > 1)
        {
            return Shell.Invalid(parsed, $"--steps prints the pipeline of one file; {paths.Length} were given.");
        }

        var scratch = Directory.CreateTempSubdirectory("sluice-");
        try
        {
            await using var store = new FolderStore(Path.Combine(scratch.FullName, "data"));
            var folder = Environment.CurrentDirectory;
            var files = new FolderInputs([Path.GetPathRoot(folder)!], folder);
            var tables = new List<InputTable>();
            foreach (var (path, name) in paths.Zip(Names(paths)))
            {
                tables.Add(await InputTable.OpenAsync(name, SourceOf(path), files, store, cancellation));
            }

            var found = await SchemaScan.RunAsync(tables, new DetectionLimits(), new PlainDescriptions(), cancellation);
            if (steps)
            {
                Console.Out.Write(SchemaView.Pipeline(paths[0], found.Tables[0]));
            }
            else if (parsed.GetValue(Shell.Json))
            {
                Console.Out.WriteLine(found.Tables.Count == 1 && found.ForeignKeys.Count == 0 ? DetectedSchema.Json(found.Tables[0].Schema) : DetectedSchema.Json(found));
            }
            else
            {
                SchemaView.Print(found, [.. tables.Select(t => t.Rejected)]);
            }

            return ExitCodes.Done;
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    // JSON is YAML: the command line goes through the same strict checks as a file.
    static Source SourceOf(string path)
    {
        var step = new JsonObject { ["id"] = "in", ["type"] = FormatOf.Source(path), ["config"] = new JsonObject { ["file_path"] = path } };
        return Pipeline.Parse(new JsonObject { ["name"] = "schema", ["steps"] = new JsonArray(step) }.ToJsonString()).Source.Source;
    }

    /// <summary>File names without extension; the whole path where two would be alike.</summary>
    static IEnumerable<string> Names(string[] paths) =>
        paths.Select(path => paths.Count(p => Path.GetFileNameWithoutExtension(p) == Path.GetFileNameWithoutExtension(path)) > 1 ? path : Path.GetFileNameWithoutExtension(path));
}
