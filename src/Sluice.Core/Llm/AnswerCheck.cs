using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sluice.Llm;

/// <summary>
/// What answers must be like: as JSON Schema for the provider, and checked here whatever the provider says. What passes has one form, so that equal answers are
/// equal bytes.
/// </summary>
static class AnswerCheck
{
    static readonly TimeSpan patternLimit = TimeSpan.FromMilliseconds(250);
    static readonly ConcurrentDictionary<string, Regex?> patterns = new(StringComparer.Ordinal);

    /// <summary>The expression, or null where it is none. Answers are foreign text: an expression that backtracks without end is given up.</summary>
    public static Regex? Compiled(string pattern) => patterns.GetOrAdd(pattern, text =>
    {
        try
        {
            return new Regex($"^(?:{text})$", RegexOptions.CultureInvariant | RegexOptions.Singleline, patternLimit);
        }
        catch (ArgumentException)
        {
            return null;
        }
    });

    /// <summary>Schema of the answer to a call: one result for each row.</summary>
    /// <param name="fields">What every result has.</param>
    /// <param name="isDescribed">Whether it says of each field what the instructions say of it.</param>
    public static string SchemaOf(IReadOnlyList<AnswerField> fields, bool isDescribed = true)
    {
        var properties = new JsonObject { ["id"] = new JsonObject { ["type"] = "integer" } };
        foreach (var field in fields)
        {
            properties[field.Name] = Property(field, isDescribed);
        }

        var result = new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = properties,
            ["required"] = new JsonArray([.. fields.Select(f => JsonValue.Create(f.Name)).Prepend(JsonValue.Create("id"))]),
        };
        return Pipelines.CanonicalJson.Write(new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject { ["results"] = new JsonObject { ["type"] = "array", ["items"] = result } },
            ["required"] = new JsonArray("results"),
        });
    }

    // Limits are said in words too: not every provider enforces them, and some refuse the keywords for them.
    static JsonObject Property(AnswerField field, bool isDescribed)
    {
        var type = field.Type switch
        {
            AnswerType.Integer => "integer",
            AnswerType.Number => "number",
            AnswerType.Boolean => "boolean",
            _ => "string",
        };
        var property = new JsonObject { ["type"] = field.Required ? type : new JsonArray(type, "null") };
        if (field.Labels.Count > 0)
        {
            var labels = field.Labels.Distinct(StringComparer.Ordinal).Select(l => (JsonNode?)JsonValue.Create(l));
            property["enum"] = new JsonArray([.. field.Required ? labels : labels.Append(null)]);
        }

        if (isDescribed && Words(field) is { Length: > 0 } words)
        {
            property["description"] = words;
        }

        return property;
    }

    /// <summary>A field for the model: what it is and what is allowed.</summary>
    public static string Words(AnswerField field)
    {
        string?[] words =
        [
            field.Description,
            field.Type switch { AnswerType.Date => "a date as yyyy-MM-dd", AnswerType.Json => "a JSON value as text", _ => null },
            field.Labels.Count > 0 ? "one of: " + string.Join(", ", field.Labels) : null,
            field.Min is { } min ? FormattableString.Invariant($"at least {min}") : null,
            field.Max is { } max ? FormattableString.Invariant($"at most {max}") : null,
            field.Pattern is { } pattern ? $"matching {pattern}" : null,
            field.Type == AnswerType.Text && field.Labels.Count == 0 ? FormattableString.Invariant($"at most {field.MaxLength} characters") : null,
            field.Required ? null : "null where it cannot be told",
        ];
        return string.Join("; ", words.OfType<string>());
    }

    /// <summary>The fields of one result in their one form, or what is wrong with it.</summary>
    public static (string? Value, string? Problem) Read(IReadOnlyList<AnswerField> fields, JsonElement result)
    {
        try
        {
            return ReadAll(fields, result);
        }
        catch (InvalidOperationException)
        {
            // JSON may hold half of a surrogate pair as an escape, which is no text.
            return (null, "The result holds text that is not Unicode.");
        }
    }

    static (string? Value, string? Problem) ReadAll(IReadOnlyList<AnswerField> fields, JsonElement result)
    {
        var value = new JsonObject();
        foreach (var field in fields)
        {
            var (read, problem) = result.TryGetProperty(field.Name, out var found) && found.ValueKind != JsonValueKind.Null
                ? Read(field, found)
                : (null, field.Required ? "is missing; expected a value" : null);
            if (problem is not null)
            {
                return (null, $"'{field.Name}' {problem}.");
            }

            value[field.Name] = read;
        }

        return (value.ToJsonString(Pipelines.OptionType.Json), null);
    }

    static (JsonNode? Value, string? Problem) Read(AnswerField field, JsonElement found) => (field.Type, found.ValueKind) switch
    {
        (AnswerType.Text, JsonValueKind.String) => Text(field, found.GetString()!),
        (AnswerType.Boolean, JsonValueKind.True or JsonValueKind.False) => (JsonValue.Create(found.GetBoolean()), null),
        (AnswerType.Integer, JsonValueKind.Number) when found.TryGetInt64(out var whole) => Number(field, whole, JsonValue.Create(whole)),
        (AnswerType.Number, JsonValueKind.Number) when found.TryGetDouble(out var number) && double.IsFinite(number) => Number(field, number, JsonValue.Create(number)),
        (AnswerType.Date, JsonValueKind.String) when Day(found) is { } day => (JsonValue.Create(day), null),
        (AnswerType.Json, JsonValueKind.String) => Json(found.GetString()!),
        (AnswerType.Json, _) => Json(found.GetRawText()),
        _ => (null, $"is {Cut(found.GetRawText())}; expected {Expected(field)}"),
    };

    static (JsonNode? Value, string? Problem) Text(AnswerField field, string text)
    {
        if (field.Labels.Count > 0)
        {
            var label = field.Labels.FirstOrDefault(l => l == text) ?? field.Labels.FirstOrDefault(l => l.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase));
            return label is null ? (null, $"is '{Cut(text)}'; expected one of: {string.Join(", ", field.Labels)}") : (JsonValue.Create(label), null);
        }

        if (text.Length > field.MaxLength)
        {
            return (null, $"has {text.Length} characters; expected at most {field.MaxLength}");
        }

        return field.Pattern is { } pattern && !Matches(pattern, text)
            ? (null, $"is '{Cut(text)}'; expected text that matches {pattern}")
            : (JsonValue.Create(text), null);
    }

    static bool Matches(string pattern, string text)
    {
        try
        {
            return Compiled(pattern)!.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    static (JsonNode? Value, string? Problem) Number(AnswerField field, double number, JsonValue value) =>
        number < field.Min ? (null, FormattableString.Invariant($"is {number}; expected at least {field.Min}"))
        : number > field.Max ? (null, FormattableString.Invariant($"is {number}; expected at most {field.Max}"))
        : (value, null);

    static (JsonNode? Value, string? Problem) Json(string text)
    {
        try
        {
            return (JsonValue.Create(JsonDocument.Parse(text).RootElement.GetRawText()), null);
        }
        catch (JsonException)
        {
            return (null, $"is '{Cut(text)}'; expected JSON as text");
        }
    }

    static string? Day(JsonElement found) =>
        DateOnly.TryParseExact(found.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : null;

    static string Expected(AnswerField field) => field.Type switch
    {
        AnswerType.Text => "text",
        AnswerType.Integer => "a whole number",
        AnswerType.Number => "a number",
        AnswerType.Boolean => "true or false",
        AnswerType.Date => "a date as yyyy-MM-dd",
        _ => "JSON",
    };

    static string Cut(string text) => text.Length <= 80 ? text : text[..(char.IsHighSurrogate(text[78]) ? 78 : 79)] + "…";
}
