using System.Text.Json;

namespace Sluice.Llm;

/// <summary>
/// Rows of a call with the names of their columns said once: <c>{"columns":["a","b"],"items":[{"id":1,"data":["x",3]}]}</c>. No value is changed or left out, so the rows can be
/// had back.
/// </summary>
static class CompactRows
{
    public const string Words = "\"columns\" names the values of each \"data\", in their order. ";

    /// <summary>Writes the names, which are the same in all rows of a step.</summary>
    public static void WriteNames(Utf8JsonWriter writer, AskedRow row)
    {
        using var parsed = JsonDocument.Parse(row.Json);
        writer.WriteStartArray("columns");
        foreach (var column in parsed.RootElement.EnumerateObject())
        {
            writer.WriteStringValue(column.Name);
        }

        writer.WriteEndArray();
    }

    /// <summary>Writes the values as they are in the row, to the character.</summary>
    public static void WriteValues(Utf8JsonWriter writer, AskedRow row)
    {
        using var parsed = JsonDocument.Parse(row.Json);
        writer.WriteStartArray();
        foreach (var column in parsed.RootElement.EnumerateObject())
        {
            writer.WriteRawValue(column.Value.GetRawText(), skipInputValidation: true);
        }

        writer.WriteEndArray();
    }
}
