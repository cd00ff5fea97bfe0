using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Datasets;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice datasets create|set|archive|delete</c>: what is said of a dataset beside its versions.</summary>
static class DatasetDetails
{
    static readonly Argument<string> name = new("dataset") { Description = "DATASET: 1 to 64 of a-z, 0-9, '-' and '_'." };
    static readonly Option<string?> description = new("--description") { Description = "What it holds, at most 4,000 characters; '' removes it." };
    static readonly Option<string?> owner = new("--owner") { Description = "Who answers for it; '' removes it." };
    static readonly Option<string[]> tags = new("--tag") { Description = "A word to find it by; may be repeated. Those given replace all tags; '' removes them." };
    static readonly Option<string[]> metadata = new("--metadata") { Description = "NAME=VALUE; may be repeated. Others stay; NAME= removes one." };
    static readonly Option<string?> schema = new("--schema") { Description = "JSON file with the columns: [{\"name\": \"id\", \"type\": \"int64\", \"nullable\": false}]; '' removes it." };

    public static Command Create()
    {
        var command = new Command("create", "Make a dataset before its first version, and say what it is.") { name, description, owner, tags, metadata, schema };
        Shell.Act(command, (parsed, cancellation) => OpenedStore.MakingAsync(parsed, async store =>
        {
            var dataset = parsed.GetRequiredValue(name);
            var made = await store.Register.CreateAsync(dataset, await ChangeAsync(parsed, cancellation), cancellation);
            return made is null ? Shell.Invalid(parsed, $"There is a dataset '{dataset}' already. Change it with 'sluice datasets set'.") : Said(parsed, made);
        }));
        return command;
    }

    public static Command Set()
    {
        var command = new Command("set", "Change what is said of a dataset; what is not named stays.") { name, description, owner, tags, metadata, schema };
        Shell.Act(command, (parsed, cancellation) => OpenedStore.WithAsync(
            parsed, async store => await ChangeAsync(parsed, store, await ChangeAsync(parsed, cancellation), cancellation)));
        return command;
    }

    public static Command Archive()
    {
        var command = new Command("archive", "Retire a dataset: its versions stay readable, and no run may add one.") { name };
        Shell.Act(command, (parsed, cancellation) => OpenedStore.WithAsync(
            parsed, store => ChangeAsync(parsed, store, DatasetChange.Parse("""{"state":"archived"}"""u8), cancellation)));
        return command;
    }

    public static Command Delete()
    {
        var command = new Command("delete", "Forget a dataset that has no version.") { name };
        Shell.Act(command, (parsed, cancellation) => OpenedStore.WithAsync(parsed, async store =>
        {
            var dataset = parsed.GetRequiredValue(name);
            if (await store.Register.FindAsync(dataset, cancellation) is not { } found)
            {
                return Unknown(parsed, dataset);
            }

            if (await store.Register.DeleteAsync(dataset, found.ETag, cancellation) is { } refused)
            {
                return Shell.Invalid(parsed, refused);
            }

            return Said(parsed, found, "deleted");
        }));
        return command;
    }

    static async Task<int> ChangeAsync(ParseResult parsed, OpenedStore store, DatasetChange change, CancellationToken cancellation)
    {
        var dataset = parsed.GetRequiredValue(name);
        return await store.Register.ChangeAsync(dataset, change, null, cancellation) is { } changed ? Said(parsed, changed) : Unknown(parsed, dataset);
    }

    // The same strict reading as over HTTP: the options become the JSON that would be sent.
    static async Task<DatasetChange> ChangeAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var change = new JsonObject();
        foreach (var (key, option) in new[] { ("description", description), ("owner", owner) })
        {
            if (parsed.GetValue(option) is { } text)
            {
                change[key] = text.Length == 0 ? null : text;
            }
        }

        if (parsed.GetValue(tags) is { Length: > 0 } words)
        {
            change["tags"] = new JsonArray([.. words.Where(w => w.Length > 0).Select(w => JsonValue.Create(w))]);
        }

        if (parsed.GetValue(metadata) is { Length: > 0 } entries)
        {
            var named = new JsonObject();
            foreach (var entry in entries)
            {
                var at = entry.IndexOf('=', StringComparison.Ordinal);
                named[at > 0 ? entry[..at] : throw new DataException($"'--metadata {entry}' is no NAME=VALUE.")] = at + 1 == entry.Length ? null : entry[(at + 1)..];
            }

            change["metadata"] = named;
        }

        if (parsed.GetValue(schema) is { } file)
        {
            change["schema"] = file.Length == 0 ? null : await ReadAsync(file, cancellation);
        }

        return DatasetChange.Parse(Encoding.UTF8.GetBytes(change.ToJsonString()));
    }

    static async Task<JsonNode?> ReadAsync(string file, CancellationToken cancellation)
    {
        try
        {
            return JsonNode.Parse(await File.ReadAllBytesAsync(file, cancellation));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            throw new DataException($"The schema '{file}' cannot be read as JSON: {e.Message}", e);
        }
    }

    static int Unknown(ParseResult parsed, string dataset) => Shell.Invalid(parsed, $"Dataset '{dataset}' does not exist. See 'sluice datasets list'.");

    static int Said(ParseResult parsed, StoredDataset dataset, string? done = null)
    {
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(dataset.Record);
        }
        else
        {
            AnsiConsole.MarkupLineInterpolated($"[bold]{dataset.Record.Dataset}[/]: {done ?? dataset.Record.State.ToString().ToLowerInvariant()}");
        }

        return ExitCodes.Done;
    }
}
