namespace Sluice.Cleaning;

/// <summary>Row keys over some columns.</summary>
static class KeyColumns
{
    /// <summary>Key of a row that equals no other, because one of its key columns is missing.</summary>
    public static readonly RowKey None;

    /// <summary>One key per row over these columns; <see cref="None"/> where any of them is missing.</summary>
    public static RowKey[] Of(Batch batch, IReadOnlyList<string> names, ulong seed = 0)
    {
        var columns = names.Select(name => batch[name]).ToArray();
        var keys = RowHash.Rows(columns, batch.Rows, seed);
        foreach (var column in columns)
        {
            foreach (var row in MissingCells.Rows(column))
            {
                keys[row] = None;
            }
        }

        return keys;
    }
}
