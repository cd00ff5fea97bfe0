using System.Text;
using System.Text.Json;
using Sluice.Privacy;

namespace Sluice.Llm.RowSets;

/// <summary>
/// Writes a set of rows as it is sent. What is redacted stands there as its kind and a number, <c>&lt;EMAIL_1&gt;</c>: equal values of one question have equal numbers, since
/// a model that cannot tell two people apart would say that they are one.
/// </summary>
sealed class RedactedSet(Redactor redactor, PiiPolicy policy)
{
    readonly Dictionary<string, ColumnContext> contexts = new(StringComparer.Ordinal);

    /// <returns>Whether there was personal data.</returns>
    public bool Write(Utf8JsonWriter writer, ReadOnlySpan<byte> set)
    {
        redactor.StartNumbers();
        using var rows = JsonDocument.Parse(set.ToArray());
        var personal = false;
        writer.WriteStartArray();
        foreach (var row in rows.RootElement.EnumerateArray())
        {
            writer.WriteStartObject();
            foreach (var cell in row.EnumerateObject())
            {
                writer.WritePropertyName(cell.Name);
                personal |= WriteCell(writer, cell);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        return personal;
    }

    bool WriteCell(Utf8JsonWriter writer, JsonProperty cell)
    {
        var raw = cell.Value.GetRawText();
        var isScanned = cell.Value.ValueKind == JsonValueKind.String || (cell.Value.ValueKind == JsonValueKind.Number && raw.AsSpan().IndexOfAny('.', 'e', 'E') < 0);
        var personal = isScanned && redactor.Redact(Encoding.UTF8.GetBytes(cell.Value.ValueKind == JsonValueKind.String ? cell.Value.GetString()! : raw), Context(cell.Name), numbered: true);
        if (personal && policy != PiiPolicy.Allow)
        {
            writer.WriteStringValue(redactor.Written);
        }
        else
        {
            writer.WriteRawValue(raw);
        }

        return personal;
    }

    ColumnContext Context(string name) => contexts.TryGetValue(name, out var known) ? known : contexts[name] = new ColumnContext(name);
}
