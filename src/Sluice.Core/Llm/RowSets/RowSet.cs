using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sluice.Steps;

namespace Sluice.Llm.RowSets;

/// <summary>
/// One question about several rows: the row that asks carries them in a column of its own, as a JSON list of objects. <see cref="RowPrompts"/> sends that column as
/// JSON, with the policy for personal data applied to each cell under its own name.
/// </summary>
static class RowSet
{
    /// <summary>The column, which is there between the parts of a step and never after it.</summary>
    public const string Column = "_rows";

    public static Field Field { get; } = new(Column, ColumnType.Text);

    static readonly JsonWriterOptions relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The input with columns that are there between parts; reports names that are taken.</summary>
    public static Schema With(Schema input, IEnumerable<Field> fields, StepProblems problems)
    {
        foreach (var taken in fields.Where(f => input.Has(f.Name)))
        {
            problems.Add("", $"Column '{taken.Name}' has a name that this step needs while it works. Rename the column first.");
        }

        return fields.Aggregate(input, (schema, field) => schema.With(field));
    }

    /// <summary>The batch without some columns.</summary>
    public static Batch Without(Batch batch, IEnumerable<string> names) => batch.Select(batch.Schema.Select(f => f.Name).Except(names).ToHashSet(StringComparer.Ordinal));

    /// <summary>The schema without some columns.</summary>
    public static Schema Without(Schema schema, IEnumerable<string> names) => new(schema.Where(f => !names.Contains(f.Name, StringComparer.Ordinal)));

    /// <summary>Rows as one set, in this order.</summary>
    public static byte[] Of(params IEnumerable<(Batch Rows, int Row, IReadOnlyList<string> Columns)> rows) => Write(writer =>
    {
        writer.WriteStartArray();
        foreach (var (batch, row, columns) in rows)
        {
            WriteRow(writer, batch, row, columns);
        }

        writer.WriteEndArray();
    });

    /// <summary>One row, to be put into a set with others.</summary>
    public static byte[] Row(Batch batch, int row, IReadOnlyList<string> columns) => Write(writer => WriteRow(writer, batch, row, columns));

    /// <summary>Written rows as one set.</summary>
    public static byte[] Of(IEnumerable<string> rows) => Encoding.UTF8.GetBytes($"[{string.Join(',', rows)}]");

    /// <summary>Whether no cell of a set has a value.</summary>
    public static bool IsEmpty(ReadOnlySpan<byte> set)
    {
        var reader = new Utf8JsonReader(set);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Writes a cell as JSON.</summary>
    public static void WriteCell(Utf8JsonWriter writer, Column column, int row)
    {
        if (column.IsNull(row))
        {
            writer.WriteNullValue();
            return;
        }

        var text = column is TextColumn texts ? texts[row] : Encoding.UTF8.GetBytes(column.Display(row));

        // Numbers that JSON has no form for (infinities) are text, and so are days and times.
        var isJson = column.Type is ColumnType.Int64 or ColumnType.Boolean || (column is ValueColumn<double> numbers && double.IsFinite(numbers.Values[row]));
        if (isJson)
        {
            writer.WriteRawValue(text);
        }
        else
        {
            writer.WriteStringValue(text);
        }
    }

    static void WriteRow(Utf8JsonWriter writer, Batch batch, int row, IReadOnlyList<string> columns)
    {
        writer.WriteStartObject();
        foreach (var name in columns)
        {
            writer.WritePropertyName(name);
            WriteCell(writer, batch[name], row);
        }

        writer.WriteEndObject();
    }

    static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, relaxed))
        {
            write(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
