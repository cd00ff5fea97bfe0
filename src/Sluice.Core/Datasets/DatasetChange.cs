using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Runs;

namespace Sluice.Datasets;

/// <summary>A change of what is said of a dataset, as a JSON merge patch (RFC 7396): what is not named stays, null removes.</summary>
public sealed class DatasetChange
{
    const int MaxDescription = 4_000, MaxOwner = 200, MaxTags = 50, MaxTag = 64, MaxEntries = 50, MaxKey = 64, MaxValue = 1_000;

    static readonly string[] known = ["description", "owner", "tags", "metadata", "schema", "state"];
    static readonly JsonSerializerOptions strict = new() { AllowDuplicateProperties = false };
    readonly JsonElement patch;

    DatasetChange(JsonElement patch) => this.patch = patch;

    /// <summary>The state it asks for; null: none.</summary>
    public DatasetState? State { get; private init; }

    /// <exception cref="DataException">It is no JSON object, or names what cannot be changed.</exception>
    public static DatasetChange Parse(ReadOnlySpan<byte> json) => Of(ReadObject(json));

    /// <summary>A new dataset: the change with its <c>name</c> beside.</summary>
    /// <inheritdoc cref="Parse"/>
    public static (string Name, DatasetChange Change) ParseNamed(ReadOnlySpan<byte> json)
    {
        var body = JsonObject.Create(ReadObject(json))!;
        var name = body["name"] is JsonValue value && value.TryGetValue<string>(out var given) ? given
            : throw new DataException("The dataset has no 'name'. Expected an object such as {\"name\": \"films\", \"description\": \"…\"}.");
        body.Remove("name");
        return (name, Of(body.Deserialize<JsonElement>()));
    }

    static JsonElement ReadObject(ReadOnlySpan<byte> json)
    {
        try
        {
            // Duplicate names would let two readers see two values.
            var read = JsonSerializer.Deserialize<JsonElement>(json, strict);
            return read.ValueKind == JsonValueKind.Object ? read
                : throw new DataException($"The change is {Kind(read)}. Expected an object with some of: {string.Join(", ", known)}.");
        }
        catch (JsonException e)
        {
            throw new DataException($"The change is not JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine}). Expected an object such as {{\"description\": \"…\", \"tags\": [\"…\"]}}.", e);
        }
    }

    static DatasetChange Of(JsonElement patch)
    {
        foreach (var property in patch.EnumerateObject().Where(p => !known.Contains(p.Name)))
        {
            throw new DataException($"'{Cut(property.Name)}' is nothing that can be said of a dataset. Expected some of: {string.Join(", ", known)}.");
        }

        return new DatasetChange(patch) { State = StateOf(patch) };
    }

    /// <summary>The record with the change. Its state stays: that is the register's affair.</summary>
    /// <exception cref="DataException">What was found, what was expected.</exception>
    public DatasetRecord On(DatasetRecord record) => record with
    {
        Description = Text("description", record.Description, MaxDescription),
        Owner = Text("owner", record.Owner, MaxOwner),
        Tags = Tags(record.Tags),
        Metadata = Metadata(record.Metadata),
        Schema = Schema(record.Schema),
    };

    static DatasetState? StateOf(JsonElement patch)
    {
        if (!patch.TryGetProperty("state", out var asked))
        {
            return null;
        }

        return DatasetQuery.StateOf(asked.ValueKind == JsonValueKind.String ? asked.GetString() : asked.GetRawText());
    }

    string? Text(string name, string? before, int max) =>
        !patch.TryGetProperty(name, out var value) ? before
        : value.ValueKind == JsonValueKind.Null ? null
        : Checked(value, $"'{name}'", max);

    IReadOnlyList<string> Tags(IReadOnlyList<string> before)
    {
        if (!patch.TryGetProperty("tags", out var value))
        {
            return before;
        }

        var tags = value.ValueKind switch
        {
            JsonValueKind.Null => [],
            JsonValueKind.Array => value.EnumerateArray().Select(tag => Checked(tag, "A tag", MaxTag).Trim()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList(),
            _ => throw new DataException($"'tags' is {Kind(value)}. Expected a list of texts."),
        };
        return tags.Any(t => t.Length == 0 || t.Any(char.IsControl)) ? throw new DataException("A tag is empty or has a control character. Expected a word or a few.")
            : tags.Count > MaxTags ? throw new DataException($"There are {tags.Count} tags; expected at most {MaxTags}.")
            : tags;
    }

    SortedDictionary<string, string> Metadata(SortedDictionary<string, string> before)
    {
        if (!patch.TryGetProperty("metadata", out var value))
        {
            return before;
        }

        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null))
        {
            throw new DataException($"'metadata' is {Kind(value)}. Expected an object with a text for each name.");
        }

        var entries = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (value.ValueKind == JsonValueKind.Object)
        {
            entries = new SortedDictionary<string, string>(before, StringComparer.Ordinal);
            foreach (var entry in value.EnumerateObject())
            {
                if (entry.Name.Length is 0 or > MaxKey)
                {
                    throw new DataException($"A name in 'metadata' has {entry.Name.Length} characters; expected 1 to {MaxKey}.");
                }

                entries.Remove(entry.Name);
                if (entry.Value.ValueKind != JsonValueKind.Null)
                {
                    entries[entry.Name] = Checked(entry.Value, $"'metadata' for '{entry.Name}'", MaxValue);
                }
            }
        }

        return entries.Count > MaxEntries ? throw new DataException($"'metadata' has {entries.Count} names; expected at most {MaxEntries}.") : entries;
    }

    IReadOnlyList<Field>? Schema(IReadOnlyList<Field>? before)
    {
        if (!patch.TryGetProperty("schema", out var value))
        {
            return before;
        }

        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        try
        {
            var fields = value.Deserialize<List<Field>>(DocumentJson.Options)!;
            return fields.Count == 0 || fields.Any(f => string.IsNullOrEmpty(f?.Name))
                ? throw new DataException("'schema' has no columns, or one without a name. Expected a list such as [{\"name\": \"id\", \"type\": \"int64\"}].")
                : [.. new Schema(fields)];
        }
        catch (JsonException e)
        {
            throw new DataException(
                $"'schema' is not a list of columns (at {e.Path}). Expected such as [{{\"name\": \"id\", \"type\": \"int64\", \"nullable\": false}}] with the types "
                + $"{string.Join(", ", Enum.GetNames<ColumnType>()).ToLowerInvariant()}.", e);
        }
    }

    static string Checked(JsonElement value, string what, int max)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw new DataException($"{what} is {Kind(value)}. Expected a text.");
        }

        var text = value.GetString()!;
        return text.Length <= max ? text : throw new DataException($"{what} has {text.Length:N0} characters; expected at most {max:N0}.");
    }

    static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => "null",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        JsonValueKind.String => $"'{Cut(value.GetString()!)}'",
        _ => value.GetRawText(),
    };

    static string Cut(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 39), "…");
}
