using System.Globalization;

namespace Sluice.Batches;

/// <summary>
/// Fixed-width values: <c>bool</c> (Boolean), <c>long</c> (Int64, Timestamp), <c>double</c> (Float64), <c>int</c> (Date).
/// A missing row holds <c>default</c>, so that equal columns have equal bytes.
/// </summary>
public sealed class ValueColumn<T>(ColumnType type, T[] values, ulong[]? validity = null, int rows = -1)
    : Column(type, rows < 0 ? values.Length : rows, validity)
    where T : unmanaged
{
    readonly T[] values = values;

    public ReadOnlySpan<T> Values => values.AsSpan(0, Rows);

    public override Column Take(ReadOnlySpan<int> rows)
    {
        var taken = new T[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            taken[i] = values[rows[i]];
        }

        return new ValueColumn<T>(Type, taken, TakeValidity(rows));
    }

    public override Column Concat(IReadOnlyList<Column> parts, int rows)
    {
        var joined = new T[rows];
        var at = 0;
        foreach (var part in parts)
        {
            ((ValueColumn<T>)part).Values.CopyTo(joined.AsSpan(at));
            at += part.Rows;
        }

        return new ValueColumn<T>(Type, joined, ConcatValidity(parts, rows));
    }

    public override string Display(int row) => IsNull(row) ? "" : (Type, values[row]) switch
    {
        (ColumnType.Boolean, bool b) => b ? "true" : "false",
        (ColumnType.Date, int days) => Dates.Format(days),
        (ColumnType.Timestamp, long micros) => Timestamps.Format(micros),
        (_, double number) => number.ToString("R", CultureInfo.InvariantCulture),
        (_, var value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}

/// <summary>Days since the Unix epoch as text.</summary>
public static class Dates
{
    static readonly int epoch = new DateOnly(1970, 1, 1).DayNumber;

    /// <summary>ISO 8601; outside of the years 1 to 9999, which a file may well hold, the number of days.</summary>
    public static string Format(long days) => days < -epoch || days > DateOnly.MaxValue.DayNumber - epoch
        ? string.Create(CultureInfo.InvariantCulture, $"{days} days")
        : DateOnly.FromDayNumber((int)days + epoch).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>Microseconds since the Unix epoch as text.</summary>
public static class Timestamps
{
    static readonly long first = (DateTime.MinValue - DateTime.UnixEpoch).Ticks / 10, last = (DateTime.MaxValue - DateTime.UnixEpoch).Ticks / 10;

    /// <summary>ISO 8601 without a zone; fractions only where there are any. Outside of the years 1 to 9999, which a file may well hold, the number of microseconds.</summary>
    public static string Format(long micros)
    {
        if (micros < first || micros > last)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{micros} µs");
        }

        var time = DateTime.UnixEpoch.AddTicks(micros * 10);
        return time.ToString(micros % 1_000_000 == 0 ? "yyyy-MM-dd'T'HH:mm:ss" : "yyyy-MM-dd'T'HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture);
    }
}
