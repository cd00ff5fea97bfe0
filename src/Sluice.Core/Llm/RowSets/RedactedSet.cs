using System.Text;
using System.Text.Json;
using Sluice.Privacy;

namespace Sluice.Llm.RowSets;

/// <summary>
/// Writes a set of rows as it is sent. What is redacted stands there as its kind and a number, <c>&lt;EMAIL_1&gt;</c>: equal values of one question have equal numbers, since
/// a model that cannot tell two people apart would say that they are one.
/// </summary>
sealed class RedactedSet(PiiScanner scanner, PiiPolicy policy, SortedDictionary<string, long> found)
{
    readonly Dictionary<string, ColumnContext> contexts = new(StringComparer.Ordinal);
    readonly Dictionary<(string Entity, string Value), int> numbers = [];
    readonly List<PiiSpan> spans = [];
    readonly PooledText redacted = new();

    /// <returns>Whether there was personal data.</returns>
    public bool Write(Utf8JsonWriter writer, ReadOnlySpan<byte> set)
    {
        numbers.Clear();
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
        var personal = isScanned && Redact(Encoding.UTF8.GetBytes(cell.Value.ValueKind == JsonValueKind.String ? cell.Value.GetString()! : raw), Context(cell.Name));
        if (personal && policy != PiiPolicy.Allow)
        {
            writer.WriteStringValue(redacted.Written);
        }
        else
        {
            writer.WriteRawValue(raw);
        }

        return personal;
    }

    ColumnContext Context(string name) => contexts.TryGetValue(name, out var known) ? known : contexts[name] = new ColumnContext(name);

    bool Redact(ReadOnlySpan<byte> text, ColumnContext context)
    {
        scanner.Scan(text, context, spans);
        redacted.Clear();
        var at = 0;
        foreach (var span in spans)
        {
            redacted.Append(text[at..span.Start]);
            redacted.Append($"<{span.Entity.ToUpperInvariant()}_{Number(span.Entity, text[span.Start..span.End])}>");
            at = span.End;
            found[span.Entity] = found.GetValueOrDefault(span.Entity) + 1;
        }

        redacted.Append(text[at..]);
        return spans.Count > 0;
    }

    // Case and blanks around make no other person.
    int Number(string entity, ReadOnlySpan<byte> value)
    {
        var key = (entity, Encoding.UTF8.GetString(value).Trim().ToUpperInvariant());
        return numbers.TryGetValue(key, out var known) ? known : numbers[key] = numbers.Keys.Count(k => k.Entity == entity) + 1;
    }
}
