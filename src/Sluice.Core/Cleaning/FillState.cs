using System.Runtime.InteropServices;
using System.Text;
using Sluice.Steps;

namespace Sluice.Cleaning;

/// <summary>What the present values of one column are, as far as a strategy needs it.</summary>
sealed class FillState(int cap) : State
{
    readonly NumberSummary numbers = new();
    readonly TopValues values = new(cap, maxBytes: 4096);
    ColumnType? type;

    public void Observe(Column column)
    {
        type = column.Type;
        switch (column)
        {
            case TextColumn text:
                for (var row = 0; row < text.Rows && !values.IsOver; row++)
                {
                    if (!MissingCells.IsMissing(text, row))
                    {
                        values.Add(text[row]);
                    }
                }

                break;
            case ValueColumn<bool> flags:
                var bytes = MemoryMarshal.AsBytes(flags.Values);
                for (var row = 0; row < flags.Rows; row++)
                {
                    if (!flags.IsNull(row))
                    {
                        values.Add(bytes.Slice(row, 1));
                    }
                }

                break;
            default:
                numbers.Add(Numbers.Of(column));
                break;
        }
    }

    /// <summary>The value that the strategy gives; null when there is nothing to take it from.</summary>
    /// <exception cref="DataException">The most frequent value is asked for, and there are too many different ones to tell.</exception>
    public FillValue? Fit(string column, MissingStrategy strategy)
    {
        if (type is null || (strategy == MissingStrategy.Auto && values.IsOver))
        {
            return null;
        }

        if (!Numbers.IsOrdered(type.Value))
        {
            return MostFrequent(column);
        }

        if (numbers.Count == 0)
        {
            return null;
        }

        return strategy switch
        {
            MissingStrategy.Mean => Finite(column, numbers.Mean),
            MissingStrategy.Mode => new FillValue(column, numbers.Values.Mode() ?? throw TooMany(column, ValueHistogram.DefaultCap)),
            _ => Finite(column, numbers.Values.Quantile(0.5)),
        };
    }

    public override void Merge(State other)
    {
        var theirs = (FillState)other;
        type ??= theirs.type;
        numbers.Merge(theirs.numbers);
        values.Merge(theirs.values);
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write((sbyte)(type is null ? -1 : (int)type));
        numbers.Write(writer);
        values.Write(writer);
    }

    public override void Read(BinaryReader reader)
    {
        var known = reader.ReadSByte();
        type = known < 0 ? null : (ColumnType)known;
        numbers.Read(reader);
        values.Read(reader);
    }

    FillValue? MostFrequent(string column)
    {
        if (values.IsOver)
        {
            throw TooMany(column, cap);
        }

        return values.Top(1) is [var (value, _)]
            ? type == ColumnType.Boolean ? new FillValue(column, Flag: value[0] != 0) : new FillValue(column, Text: Encoding.UTF8.GetString(value))
            : null;
    }

    static FillValue? Finite(string column, double value) => double.IsFinite(value) ? new FillValue(column, value) : null;

    static DataException TooMany(string column, int cap) => new(
        $"Column '{column}' has more than {cap:N0} different values, so its most frequent one stands for nothing. "
        + "Leave it out of columns, or use missing_strategy constant, median or drop.");
}
