namespace Sluice.Splits;

/// <summary>Keys that sort as the times do.</summary>
static class TimeKeys
{
    /// <summary>Key of a row without a time, NaN included: after every time.</summary>
    public static readonly RowKey Missing = new(ulong.MaxValue, 1);

    /// <summary>Why a column of this type has no order in time; null when it has.</summary>
    public static string? Refusal(string name, ColumnType type) => type switch
    {
        ColumnType.Text =>
            $"Column '{name}' is text, which does not sort as time does; expected a date, a timestamp or a number. "
            + "Convert it before the split with data_cleaning, operation fix_types.",
        ColumnType.Boolean =>
            $"Column '{name}' is boolean; expected a date, a timestamp or a number. Name the column that has the time.",
        _ => null,
    };

    public static RowKey[] Of(string name, Column column)
    {
        var keys = new RowKey[column.Rows];
        switch (column)
        {
            case ValueColumn<int> dates:
                Fill(keys, dates, static days => Sortable(days));
                break;
            case ValueColumn<long> whole:
                Fill(keys, whole, static value => Sortable(value));
                break;
            case ValueColumn<double> numbers:
                Fill(keys, numbers, static value => Sortable(value));
                break;
            default:
                // A column without a single value has no type of its own yet.
                if (column.CountNulls() < column.Rows)
                {
                    throw new DataException(Refusal(name, column.Type)!);
                }

                Array.Fill(keys, Missing);
                break;
        }

        return keys;
    }

    static void Fill<T>(RowKey[] keys, ValueColumn<T> column, Func<T, RowKey> key)
        where T : unmanaged
    {
        var values = column.Values;
        for (var row = 0; row < keys.Length; row++)
        {
            keys[row] = column.IsNull(row) ? Missing : key(values[row]);
        }
    }

    static RowKey Sortable(long value) => new((ulong)value ^ (1UL << 63), 0);

    /// <summary>IEEE doubles sort as their bits do, once the negative ones are turned round. -0 is 0.</summary>
    static RowKey Sortable(double value)
    {
        if (double.IsNaN(value))
        {
            return Missing;
        }

        var bits = BitConverter.DoubleToInt64Bits(value == 0 ? 0 : value);
        return Sortable(bits < 0 ? bits ^ long.MaxValue : bits);
    }
}
