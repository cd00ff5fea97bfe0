using System.Globalization;
using System.Text;

namespace Sluice.Repair;

/// <summary>
/// The small file in which a person corrects rows: the number of the data row in a first column <c>row</c>, then the columns of the table. Written
/// with the rows as they are; corrected by hand; read back.
/// </summary>
public static class LabelFile
{
    public const string RowColumn = "row";

    /// <summary>The rows with these positions as a table to correct.</summary>
    public static Batch ToFill(Batch rows, IReadOnlyList<int> positions)
    {
        var numbers = TextColumn.Of([.. positions.Select(p => (p + 1).ToString(CultureInfo.InvariantCulture))]);
        var taken = rows.Take([.. positions]);
        return new Batch(new Schema(taken.Schema.Prepend(new Field(NumberColumn(rows.Schema), ColumnType.Text))), taken.Columns.Prepend(numbers), positions.Count);
    }

    /// <summary>What a filled file says.</summary>
    /// <exception cref="DataException">Its columns or row numbers are not those of the rows.</exception>
    public static IEnumerable<(int Row, LabelledRow Label)> Read(Batch rows, Batch filled, string file)
    {
        var number = NumberColumn(rows.Schema);
        var expected = rows.Schema.Select(f => f.Name).Prepend(number).ToList();
        if (!filled.Schema.Select(f => f.Name).SequenceEqual(expected))
        {
            throw new DataException($"The labels '{file}' have the columns {filled.Schema.Names}; expected {string.Join(", ", expected)}. Have them written with --ask, and only correct the values.");
        }

        for (var i = 0; i < filled.Rows; i++)
        {
            var values = TextTable.Row(filled, i);
            if (!int.TryParse(values[0], NumberStyles.None, CultureInfo.InvariantCulture, out var row) || row < 1 || row > rows.Rows)
            {
                throw new DataException($"Row {i + 1} of the labels '{file}' has '{values[0]}' in column '{number}'; expected the number of a data row, 1 to {rows.Rows:N0}.");
            }

            yield return (row - 1, new LabelledRow(TextTable.Row(rows, row - 1), values[1..]));
        }
    }

    // A table may have a column of that name itself.
    static string NumberColumn(Schema schema)
    {
        var name = new StringBuilder(RowColumn);
        while (schema.Has(name.ToString()))
        {
            name.Append('_');
        }

        return name.ToString();
    }
}
