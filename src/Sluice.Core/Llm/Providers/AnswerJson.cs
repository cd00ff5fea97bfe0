using System.Text;
using System.Text.Json;

namespace Sluice.Llm.Providers;

/// <summary>JSON from models that are only told to give it.</summary>
public static class AnswerJson
{
    /// <summary>What the prompt says where the provider does not enforce a schema.</summary>
    public static string Instruction(string schema) => $"Answer with one JSON value that keeps to this JSON Schema, and with nothing else:\n{schema}";

    // Every beginning that turns out to be prose is read to where it breaks.
    const int MostBeginnings = 200;

    /// <summary>The JSON in an answer with words or a fence around it; the answer as it is when there is none.</summary>
    /// <param name="answer">What the model wrote.</param>
    /// <param name="schema">What it was asked for: says whether an object or an array is looked for.</param>
    public static string Extract(string answer, string schema)
    {
        var bytes = Encoding.UTF8.GetBytes(answer);
        var opening = (byte)(IsArray(schema) ? '[' : '{');
        var beginnings = 0;
        for (var start = 0; start < bytes.Length && beginnings < MostBeginnings; start++)
        {
            if (bytes[start] == opening && ++beginnings > 0 && Length(bytes.AsSpan(start)) is { } length)
            {
                return Encoding.UTF8.GetString(bytes, start, length);
            }
        }

        return answer;
    }

    static bool IsArray(string schema)
    {
        using var document = JsonDocument.Parse(schema);
        return document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("array");
    }

    /// <summary>Whether a schema is of the kind that strict providers take: every object closed, and all that it may have required.</summary>
    public static bool IsStrict(JsonElement schema) => schema.ValueKind switch
    {
        JsonValueKind.Array => schema.EnumerateArray().All(IsStrict),
        JsonValueKind.Object => IsClosed(schema) && schema.EnumerateObject().All(p => p.Name is "enum" or "const" or "required" || IsStrict(p.Value)),
        _ => true,
    };

    static bool IsClosed(JsonElement schema)
    {
        if (!schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
        {
            return !(schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("object"));
        }

        var required = schema.TryGetProperty("required", out var names) && names.ValueKind == JsonValueKind.Array ? names.EnumerateArray().Select(n => n.GetString()).ToHashSet() : [];
        return schema.TryGetProperty("additionalProperties", out var more) && more.ValueKind == JsonValueKind.False && properties.EnumerateObject().All(p => required.Contains(p.Name));
    }

    // A brace may be prose: only what parses to its end is JSON.
    static int? Length(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text);
            reader.Read();
            reader.Skip();
            return (int)reader.BytesConsumed;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
