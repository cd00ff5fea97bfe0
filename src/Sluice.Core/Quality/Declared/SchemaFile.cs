using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Quality;

/// <summary>
/// Reads a declared schema: what <c>sluice schema FILE --json</c> prints (<c>columns</c>), a Frictionless Table Schema (<c>fields</c>) or a JSON Schema of an object or of an
/// array of them (<c>properties</c>). What it demands beyond what can be judged is named, not passed over in silence.
/// </summary>
/// <param name="Demand">What can be judged.</param>
/// <param name="Ignored">Demands that are not judged, in words.</param>
public sealed record SchemaFile(SchemaDemand Demand, IReadOnlyList<string> Ignored)
{
    /// <param name="json">The file's text.</param>
    /// <param name="fileName">Its name, for messages.</param>
    /// <exception cref="PipelineException">It is no schema.</exception>
    public static SchemaFile Read(string json, string fileName)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(json);
        }
        catch (JsonException error)
        {
            throw new PipelineException([new Problem($"The schema '{fileName}' is not JSON: {error.Message}", fileName, 0, 0)]);
        }

        var ignored = new List<string>();
        var demand = root switch
        {
            JsonObject table when table["columns"] is JsonArray columns => new SchemaDemand { Columns = [.. columns.Select((c, i) => Detected(c, i, fileName, ignored))] },
            JsonObject table when table["fields"] is JsonArray fields => new SchemaDemand
            {
                Columns = [.. fields.Select((f, i) => Frictionless(f, i, fileName, ignored))],
                PrimaryKey = Texts(table["primaryKey"]),
            },
            JsonObject schema when (schema["properties"] ?? schema["items"]?["properties"]) is JsonObject properties => OfJsonSchema(
                properties, schema["properties"] is null ? schema["items"]!.AsObject() : schema, fileName, ignored),
            _ => throw new PipelineException([new Problem(
                $"The schema '{fileName}' has none of columns (as 'sluice schema FILE --json' prints), fields (Frictionless Table Schema) and properties (JSON Schema).", fileName, 0, 0)]),
        };
        return new SchemaFile(demand, ignored);
    }

    static ColumnDemand Detected(JsonNode? node, int at, string fileName, List<string> ignored)
    {
        var column = Named(node, at, "columns", fileName);
        var (name, pattern) = (Text(column["name"])!, Text(column["pattern"]));
        if (pattern is not null && !pattern.StartsWith('^'))
        {
            ignored.Add($"the form '{pattern}' of column '{name}'");
        }

        return new ColumnDemand
        {
            Name = name,
            Type = TypeOf(Text(column["type"]), name, ignored),
            Nullable = column["nullable"]?.GetValue<bool>() ?? true,
            Pattern = pattern?.StartsWith('^') == true ? pattern : null,
        };
    }

    static ColumnDemand Frictionless(JsonNode? node, int at, string fileName, List<string> ignored)
    {
        var field = Named(node, at, "fields", fileName);
        var constraints = field["constraints"] as JsonObject ?? [];
        var column = Constrained(Text(field["name"])!, Text(field["type"]), constraints, ignored);
        return column with
        {
            Nullable = constraints["required"]?.GetValue<bool>() != true,
            Unique = constraints["unique"]?.GetValue<bool>() == true,

            // A pattern of a Table Schema is one of XML Schema: it must match the whole value.
            Pattern = column.Pattern is { } pattern ? $@"\A(?:{pattern})\z" : null,
        };
    }

    static SchemaDemand OfJsonSchema(JsonObject properties, JsonObject of, string fileName, List<string> ignored)
    {
        var required = Texts(of["required"]);
        return new SchemaDemand
        {
            Columns = [.. properties.Select(p =>
            {
                var property = p.Value as JsonObject ?? throw Wrong($"properties.{p.Key} is {Found(p.Value)}; expected an object", fileName);
                var types = Texts(property["type"]);
                var word = types.FirstOrDefault(t => t != "null");
                var format = Text(property["format"]);
                return Constrained(p.Key, word == "string" && format is "date" or "date-time" ? format : word, property, ignored) with
                {
                    Nullable = types.Contains("null") || !required.Contains(p.Key),
                    Optional = !required.Contains(p.Key),
                };
            })],
            AdditionalColumns = of["additionalProperties"] is not JsonValue value || value.GetValueKind() != JsonValueKind.False,
        };
    }

    static ColumnDemand Constrained(string name, string? type, JsonObject constraints, List<string> ignored) => new()
    {
        Name = name,
        Type = TypeOf(type, name, ignored),
        Min = Number("minimum", constraints, name, ignored),
        Max = Number("maximum", constraints, name, ignored),
        MinLength = (int?)Number("minLength", constraints, name, ignored),
        MaxLength = (int?)Number("maxLength", constraints, name, ignored),
        Values = Texts(constraints["enum"]),
        Pattern = Text(constraints["pattern"]),
    };

    static ValueType? TypeOf(string? word, string column, List<string> ignored)
    {
        switch (word)
        {
            case null or "any":
                return null;
            case "string":
                return ValueType.String;
            case "integer":
                return ValueType.Integer;
            case "decimal" or "number" or "float":
                return ValueType.Decimal;
            case "boolean":
                return ValueType.Boolean;
            case "date":
                return ValueType.Date;
            case "datetime" or "date-time":
                return ValueType.Datetime;
            default:
                ignored.Add($"the type '{word}' of column '{column}'");
                return null;
        }
    }

    static double? Number(string constraint, JsonObject constraints, string column, List<string> ignored)
    {
        if (constraints[constraint] is not { } node)
        {
            return null;
        }

        if (double.TryParse(node.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        ignored.Add($"{constraint} '{node}' of column '{column}', which is no number");
        return null;
    }

    static JsonObject Named(JsonNode? node, int at, string list, string fileName) =>
        node is JsonObject named && Text(named["name"]) is not null ? named : throw Wrong($"{list}[{at}] has no name", fileName);

    static PipelineException Wrong(string what, string fileName) => new([new Problem($"In the schema '{fileName}', {what}.", fileName, 0, 0)]);

    static string Found(JsonNode? node) => node is null ? "null" : node.GetValueKind().ToString().ToLowerInvariant();

    static string? Text(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    /// <summary>One text or a list; numbers and booleans as they are written.</summary>
    static string[] Texts(JsonNode? node) => node switch
    {
        JsonArray list => [.. list.Where(item => item is not null).Select(item => item!.ToString())],
        JsonValue value => [value.ToString()],
        _ => [],
    };
}
