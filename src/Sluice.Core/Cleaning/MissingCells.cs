namespace Sluice.Cleaning;

/// <summary>What counts as a missing value, everywhere: null, NaN, and text that is empty or only white space.</summary>
static class MissingCells
{
    public static bool IsMissing(Column column, int row) => column.IsNull(row) || column switch
    {
        TextColumn text => Utf8Text.IsBlank(text[row]),
        ValueColumn<double> numbers => double.IsNaN(numbers.Values[row]),
        _ => false,
    };

    /// <summary>Rows of a column that are missing, in order.</summary>
    public static List<int> Rows(Column column)
    {
        var rows = new List<int>();
        if (column is not (TextColumn or ValueColumn<double>) && column.Validity is null)
        {
            return rows;
        }

        if (column is TextColumn text)
        {
            for (var row = 0; row < text.Rows; row++)
            {
                if (text.IsNull(row) || Utf8Text.IsBlank(text[row]))
                {
                    rows.Add(row);
                }
            }

            return rows;
        }

        for (var row = 0; row < column.Rows; row++)
        {
            if (IsMissing(column, row))
            {
                rows.Add(row);
            }
        }

        return rows;
    }
}
