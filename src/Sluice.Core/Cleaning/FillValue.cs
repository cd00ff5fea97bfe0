using System.Globalization;
using System.Text;

namespace Sluice.Cleaning;

/// <summary>What a missing value is replaced by; one of the three is set.</summary>
/// <param name="Column">The column.</param>
/// <param name="Number">For numbers; days for dates, microseconds for timestamps.</param>
/// <param name="Text">For text.</param>
/// <param name="Flag">For booleans.</param>
public sealed record FillValue(string Column, double? Number = null, string? Text = null, bool? Flag = null)
{
    /// <summary>A constant as a value of this type, or null when it is none.</summary>
    public static FillValue? Parse(string column, ColumnType type, string text)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return type switch
        {
            ColumnType.Text => new FillValue(column, Text: text),
            ColumnType.Boolean => bool.TryParse(text, out var flag) ? new FillValue(column, Flag: flag) : null,
            ColumnType.Int64 => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
                ? new FillValue(column, whole) : null,
            ColumnType.Float64 => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                ? new FillValue(column, number) : null,
            ColumnType.Date => DateOnly.TryParseExact(text, "yyyy-MM-dd", out var date)
                ? new FillValue(column, date.DayNumber - new DateOnly(1970, 1, 1).DayNumber) : null,
            ColumnType.Timestamp => DateTime.TryParse(text, CultureInfo.InvariantCulture, Utc, out var time)
                ? new FillValue(column, (time - DateTime.UnixEpoch).Ticks / 10) : null,
            _ => null,
        };
    }

    /// <summary>The column with this value at these rows.</summary>
    public Column Fill(Column column, List<int> rows) => column switch
    {
        TextColumn text => FillText(text, rows),
        ValueColumn<double> numbers => Fill(numbers, rows, Number!.Value),
        ValueColumn<long> integers => Fill(integers, rows, (long)Math.Round(Number!.Value)),
        ValueColumn<int> dates => Fill(dates, rows, (int)Math.Round(Number!.Value)),
        ValueColumn<bool> flags => Fill(flags, rows, Flag!.Value),
        _ => throw new ArgumentException($"Unknown column kind {column.GetType().Name}.", nameof(column)),
    };

    /// <summary>Whether a column of this type can take the value.</summary>
    public bool Fits(ColumnType type) => type switch
    {
        ColumnType.Text => Text is not null,
        ColumnType.Boolean => Flag is not null,
        _ => Number is not null,
    };

    // Every missing row is filled, so no validity is left.
    static ValueColumn<T> Fill<T>(ValueColumn<T> column, List<int> rows, T value)
        where T : unmanaged
    {
        var values = column.Values.ToArray();
        foreach (var row in rows)
        {
            values[row] = value;
        }

        return new ValueColumn<T>(column.Type, values);
    }

    TextColumn FillText(TextColumn column, List<int> rows)
    {
        var value = Encoding.UTF8.GetBytes(Text!);
        var builder = new TextBuilder(column.Rows, column.Bytes.Length + (rows.Count * value.Length));
        var next = 0;
        for (var row = 0; row < column.Rows; row++)
        {
            if (next < rows.Count && rows[next] == row)
            {
                next++;
                builder.Append(value);
            }
            else
            {
                builder.Append(column[row]);
            }
        }

        return builder.Build();
    }
}
