using Sluice.Matching;

namespace Sluice.Joins;

/// <summary>The second table of a fuzzy join: its different texts, and the rows that have each.</summary>
sealed class FuzzyTable
{
    readonly List<List<int>> rowsOf = [];

    /// <param name="rows">The table.</param>
    /// <param name="tableOn">Its columns to compare.</param>
    /// <param name="on">Names that they get.</param>
    public FuzzyTable(Batch rows, IReadOnlyList<string> tableOn, IReadOnlyList<string> on)
    {
        Rows = rows;
        TextColumn[] texts = [.. tableOn.Select(name => CellBytes.Of(rows[name]))];
        var compared = new Batch(new Schema(on.Select(name => new Field(name, ColumnType.Text))), texts, rows.Rows);
        var keys = RowTexts.Keys(compared, on);
        var places = new Dictionary<RowKey, int>();
        for (var row = 0; row < keys.Length; row++)
        {
            if (keys[row] == RowTexts.NoKey)
            {
                continue;
            }

            if (places.TryAdd(keys[row], rowsOf.Count))
            {
                rowsOf.Add([]);
            }

            rowsOf[places[keys[row]]].Add(row);
        }

        Texts = compared.Take([.. rowsOf.Select(r => r[0])]);
    }

    public Batch Rows { get; }

    /// <summary>Each different text once, by the first row that has it.</summary>
    public Batch Texts { get; }

    /// <summary>Rows of the table with a text, in order.</summary>
    public IReadOnlyList<int> RowsOf(int text) => rowsOf[text];
}
