using System.Text.Json;
using Sluice.Llm;

namespace Sluice.SchemaDetection;

/// <summary>What a model is asked about columns and tables, and how its answers are read.</summary>
static class RefinementFields
{
    const int MaxWords = 300;

    public const string ColumnTask =
        "Each item is a column of a table, with what was measured of it and some of its values. Say what the column is, for somebody who has never seen the table. "
        + "Say only what the name, the values and the other columns show: every claim is checked against all values, and one that a single value contradicts is refused.";

    public static IReadOnlyList<AnswerField> Column { get; } =
    [
        new() { Name = "description", Description = "one sentence on what the values are, without numbers that the data may change", MaxLength = MaxWords },
        new() { Name = "semantic_type", Description = "what the values mean, in snake_case, such as email, country_code, price, product_name", Pattern = "[a-z][a-z0-9_]{1,49}", Required = false },
        new() { Name = "type", Description = "the type that every value has", Labels = ["string", "integer", "decimal", "float", "boolean", "datetime"] },
        new() { Name = "unit", Description = "for numbers that measure something, what they are counted in, such as kg, EUR, days, percent", Required = false, MaxLength = 40 },
        new() { Name = "pii", Type = AnswerType.Boolean, Description = "whether the values are about a person who could be identified" },
        new() { Name = "min", Type = AnswerType.Number, Description = "the least number that makes sense at all, if there is one", Required = false },
        new() { Name = "max", Type = AnswerType.Number, Description = "the greatest number that makes sense at all, if there is one", Required = false },
    ];

    public static string TableTask { get; } =
        "Each item is a table, with what was measured of its columns. Say which columns identify a row, which columns refer to keys of other tables, and which steps would make "
        + "the table better. Every claim is checked against all rows. Steps that can be suggested, with their options: "
        + string.Join("; ", StepClaims.Offered.Select(Usage)) + ".";

    public static IReadOnlyList<AnswerField> Table { get; } =
    [
        new() { Name = "key", Type = AnswerType.Json, Description = "a list of the fewest columns that identify a row, empty if there are none" },
        new() { Name = "references", Type = AnswerType.Json, Description = "a list of {\"column\", \"table\", \"references\"}: a column of this table, another table, and the key column there" },
        new() { Name = "steps", Type = AnswerType.Json, Description = "a list of at most five {\"type\", \"config\", \"why\"} that are not suggested already; why is one sentence without a full stop" },
    ];

    static string Usage(string type) => Catalog.Default.Find(CapabilityKind.Step, type) is { } info
        ? $"{type} ({string.Join(", ", info.Options.Select(o => $"{o.Name}: {o.Type}"))})"
        : type;

    public static ColumnRefinement ReadColumn(string column, string answer)
    {
        var fields = JsonDocument.Parse(answer).RootElement;
        return new ColumnRefinement(
            column, Text(fields, "description"), Text(fields, "type"), fields.GetProperty("pii").GetBoolean(), Text(fields, "semantic_type"), Text(fields, "unit"),
            Number(fields, "min"), Number(fields, "max"));
    }

    /// <summary>Key, references and steps; what is not as it was asked for is said in a note.</summary>
    public static TableRefinement ReadTable(string? answer, List<string> notes)
    {
        if (answer is null)
        {
            return new TableRefinement { Model = "" };
        }

        var fields = JsonDocument.Parse(answer).RootElement;
        return new TableRefinement
        {
            Model = "",
            Key = [.. Items(fields, "key", notes, e => e.ValueKind == JsonValueKind.String ? e.GetString() : null)],
            References = [.. Items(fields, "references", notes, e => (Text(e, "column"), Text(e, "table"), Text(e, "references")) is ({ } column, { } table, { } key) ? new ReferenceClaim(column, table, key) : null)],
            Steps = [.. Items(fields, "steps", notes, e => Text(e, "type") is { } type ? new StepClaim(type, Config(e), Text(e, "why") ?? "") : null)],
        };
    }

    static IEnumerable<T> Items<T>(JsonElement fields, string name, List<string> notes, Func<JsonElement, T?> read)
        where T : class
    {
        var list = JsonDocument.Parse(fields.GetProperty(name).GetString()!).RootElement;
        List<T?> items = list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(read)] : list.ValueKind == JsonValueKind.Null ? [] : [null];
        if (items.Exists(i => i is null))
        {
            notes.Add($"The model's answer '{name}' is not all as it was asked for; what could not be read is left out.");
        }

        return items.OfType<T>();
    }

    static string? Text(JsonElement from, string name) =>
        from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.String ? found.GetString() : null;

    static double? Number(JsonElement from, string name) => from.GetProperty(name) is { ValueKind: JsonValueKind.Number } found ? found.GetDouble() : null;

    static string Config(JsonElement step) => step.TryGetProperty("config", out var config) ? config.ValueKind == JsonValueKind.String ? config.GetString()! : config.GetRawText() : "{}";
}
