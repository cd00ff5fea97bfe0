using System.Text;
using Sluice.Cleaning;

namespace Sluice.Repair;

/// <summary>Puts new values into single cells of a column.</summary>
static class CellPatch
{
    /// <summary>Whether a column of this type can hold the value.</summary>
    public static bool Fits(Field field, string value) => field.Type == ColumnType.Text || FillValue.Parse(field.Name, field.Type, value) is not null;

    /// <summary>The column with these values at these rows; null makes a cell missing. The values must fit.</summary>
    public static Column Put(Field field, Column column, IReadOnlyDictionary<int, string?> values) => column switch
    {
        TextColumn text => Put(text, values),
        ValueColumn<double> numbers => Put(field, numbers, values, v => v.Number!.Value),
        ValueColumn<long> integers => Put(field, integers, values, v => (long)v.Number!.Value),
        ValueColumn<int> days => Put(field, days, values, v => (int)v.Number!.Value),
        ValueColumn<bool> flags => Put(field, flags, values, v => v.Flag!.Value),
        _ => throw new ArgumentException($"Unknown column kind {column.GetType().Name}.", nameof(column)),
    };

    static TextColumn Put(TextColumn column, IReadOnlyDictionary<int, string?> values)
    {
        var builder = new TextBuilder(column.Rows, column.Bytes.Length);
        for (var row = 0; row < column.Rows; row++)
        {
            var isNew = values.TryGetValue(row, out var value);
            if (isNew ? value is null : column.IsNull(row))
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(isNew ? Encoding.UTF8.GetBytes(value!) : column[row]);
            }
        }

        return builder.Build();
    }

    static ValueColumn<T> Put<T>(Field field, ValueColumn<T> column, IReadOnlyDictionary<int, string?> values, Func<FillValue, T> read)
        where T : unmanaged
    {
        var builder = new ValueBuilder<T>(column.Type, column.Rows);
        for (var row = 0; row < column.Rows; row++)
        {
            var isNew = values.TryGetValue(row, out var value);
            if (isNew ? value is null : column.IsNull(row))
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(isNew ? read(FillValue.Parse(field.Name, field.Type, value!)!) : column.Values[row]);
            }
        }

        return builder.Build();
    }
}
