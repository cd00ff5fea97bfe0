using System.Globalization;
using System.Text;

namespace Sluice.Repair;

/// <summary>Rows as text, whatever their types. A very long cell is its beginning and its hash: told from others, but never corrected.</summary>
static class CellTexts
{
    const int MaxBytes = 1024, KeptBytes = 512;
    const char Clipped = '\uE000';

    public static Batch Of(Batch rows) =>
        new(new Schema(rows.Schema.Select(f => new Field(f.Name, ColumnType.Text))), rows.Columns.Select(Of), rows.Rows);

    public static Batch Of(IReadOnlyList<string?> row) => Of(new Batch(
        new Schema(row.Select((_, i) => new Field(i.ToString(CultureInfo.InvariantCulture), ColumnType.Text))), row.Select(value => TextColumn.Of(value)), 1));

    public static bool IsClipped(string value) => value.Length > 0 && value[0] == Clipped;

    static Column Of(Column column)
    {
        if (column is TextColumn text && Longest(text) <= MaxBytes)
        {
            return text;
        }

        var builder = new TextBuilder(column.Rows);
        for (var row = 0; row < column.Rows; row++)
        {
            if (column.IsNull(row) || (column is ValueColumn<double> numbers && double.IsNaN(numbers.Values[row])))
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(column is TextColumn texts ? Cell(texts[row]) : Encoding.UTF8.GetBytes(column.Display(row)));
            }
        }

        return builder.Build();
    }

    static int Longest(TextColumn text)
    {
        var longest = 0;
        for (var row = 0; row < text.Rows; row++)
        {
            longest = Math.Max(longest, text[row].Length);
        }

        return longest;
    }

    static ReadOnlySpan<byte> Cell(ReadOnlySpan<byte> value) => value.Length <= MaxBytes
        ? value
        : Encoding.UTF8.GetBytes($"{Clipped}{Encoding.UTF8.GetString(value[..KeptBytes])}{RowHash.Bytes(value):x16}");
}
