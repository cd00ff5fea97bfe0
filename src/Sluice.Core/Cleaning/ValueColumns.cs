namespace Sluice.Cleaning;

static class ValueColumns
{
    /// <summary>The column with these rows missing too.</summary>
    public static ValueColumn<T> WithNulls<T>(ValueColumn<T> column, List<int> rows)
        where T : unmanaged
    {
        var values = column.Values.ToArray();
        var validity = AllPresent(column);
        foreach (var row in rows)
        {
            values[row] = default;
            validity[row >> 6] &= ~(1UL << (row & 63));
        }

        return new ValueColumn<T>(column.Type, values, validity);
    }

    static ulong[] AllPresent(Column column)
    {
        if (column.Validity is { } known)
        {
            return (ulong[])known.Clone();
        }

        var validity = Column.NewValidity(column.Rows);
        Array.Fill(validity, ulong.MaxValue);
        return validity;
    }
}
