using System.CommandLine;
using System.Text.Json.Nodes;
using Sluice.Connectors;
using Sluice.Llm;
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
        var model = new Option<string?>("--model")
        {
            Description = "Language model that describes the columns: default, a name of the settings, an alias or provider/model. It sees a profile and a few values, with personal data masked. Answers are kept in the store.",
        };
        var allow = new Option<bool>("--allow-personal-data") { Description = "With --model: send the values as they are." };
        command.Add(model);
        command.Add(allow);
        Shell.Act(command, (parsed, cancellation) => parsed.GetValue(model) is not { } name
            ? RunAsync(parsed, parsed.GetRequiredValue(inputs), parsed.GetValue(steps), null, cancellation)
            : OpenedStore.MakingAsync(parsed, store => AskingAsync(parsed, store, name, parsed.GetValue(allow), parsed.GetRequiredValue(inputs), parsed.GetValue(steps), cancellation)));
        return command;
    }

    static async Task<int> AskingAsync(ParseResult parsed, OpenedStore store, string model, bool allow, string[] paths, bool steps, CancellationToken cancellation)
    {
        if (store.Models == LanguageModels.None)
        {
            return await RunAsync(parsed, paths, steps, new Asked(null, store), cancellation);
        }

        try
        {
            var refiner = await ModelRefiner.OpenAsync(store.Models, model, allow, store.Objects, store.Ledger, TimeProvider.System, cancellation);
            return await RunAsync(parsed, paths, steps, new Asked(refiner, store), cancellation);
        }
        catch (ModelException error)
        {
            return Shell.Invalid(parsed, $"The model '{model}' cannot be asked. {error.Message} 'sluice models' lists those that can.");
        }
    }

    /// <summary>What a language model was asked; no refiner: none is configured.</summary>
    sealed record Asked(ModelRefiner? Refiner, OpenedStore Store)
    {
        public DetectedTables Noted(DetectedTables found) => Refiner is not null ? found : found with
        {
            Tables = [.. found.Tables.Select(t => t with { Schema = t.Schema with { Notes = [.. t.Schema.Notes, ModelRefiner.NotAsked] } })],
        };

        public Task<RunCost?> CostAsync(CancellationToken cancellation) =>
            Refiner is null ? Task.FromResult<RunCost?>(null) : RunCost.FindAsync(Store.Objects, Refiner.Run, cancellation);
    }

    static async Task<int> RunAsync(ParseResult parsed, string[] paths, bool steps, Asked? asked, CancellationToken cancellation)
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

            var found = await SchemaScan.RunAsync(tables, new DetectionLimits(), asked?.Refiner, cancellation);
            found = asked?.Noted(found) ?? found;
            var cost = asked is null ? null : await asked.CostAsync(cancellation);
            if (steps)
            {
                Console.Out.Write(SchemaView.Pipeline(paths[0], found.Tables[0]));
            }
            else if (parsed.GetValue(Shell.Json))
            {
                var json = found.Tables.Count == 1 && found.ForeignKeys.Count == 0 ? DetectedSchema.Json(found.Tables[0].Schema) : DetectedSchema.Json(found);
                Console.Out.WriteLine(cost is null ? json : WithCost(json, cost, asked!.Refiner!));
            }
            else
            {
                SchemaView.Print(found, [.. tables.Select(t => t.Rejected)]);
                if (cost is not null)
                {
                    SchemaView.Print(cost, asked!.Refiner!);
                }
            }

            return ExitCodes.Done;
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    static string WithCost(string json, RunCost cost, ModelRefiner refiner)
    {
        var node = JsonNode.Parse(json)!.AsObject();
        node["asked"] = new JsonObject
        {
            ["model"] = refiner.Model,
            ["run"] = refiner.Run,
            ["calls"] = cost.Total.Calls,
            ["known_answers"] = refiner.Known,
            ["cost_usd"] = cost.Total.CostUsd,
        };
        return DetectedSchema.Json(node);
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
