namespace Sluice.Steps;

/// <summary>Columns seen as numbers, a whole column at a time.</summary>
public static class Numbers
{
    /// <summary>Whether the column holds quantities: Int64 or Float64.</summary>
    public static bool IsNumber(ColumnType type) => type is ColumnType.Int64 or ColumnType.Float64;

    /// <summary>Whether the column has an order and a middle: numbers, dates (days) and timestamps (microseconds).</summary>
    public static bool IsOrdered(ColumnType type) => IsNumber(type) || type is ColumnType.Date or ColumnType.Timestamp;

    /// <summary>
    /// One double per row, NaN where missing: numbers as they are, dates as days and timestamps as microseconds since 1970.
    /// Integers beyond 2^53 are rounded to the nearest double. Empty for text and booleans.
    /// </summary>
    public static ReadOnlySpan<double> Of(Column column)
    {
        switch (column)
        {
            case ValueColumn<double> { Validity: null } whole:
                return whole.Values;
            case ValueColumn<double> numbers:
                return Mask(numbers.Values.ToArray(), column);
            case ValueColumn<long> integers:
                var widened = new double[column.Rows];
                var values = integers.Values;
                for (var row = 0; row < widened.Length; row++)
                {
                    widened[row] = values[row];
                }

                return Mask(widened, column);
            case ValueColumn<int> dates:
                var days = new double[column.Rows];
                for (var row = 0; row < days.Length; row++)
                {
                    days[row] = dates.Values[row];
                }

                return Mask(days, column);
            default:
                return [];
        }
    }

    static double[] Mask(double[] numbers, Column column)
    {
        if (column.Validity is not null)
        {
            for (var row = 0; row < numbers.Length; row++)
            {
                if (column.IsNull(row))
                {
                    numbers[row] = double.NaN;
                }
            }
        }

        return numbers;
    }
}
