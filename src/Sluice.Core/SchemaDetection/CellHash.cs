using System.Buffers.Text;
using Sluice.Cleaning;

namespace Sluice.SchemaDetection;

/// <summary>Hashes of single cells that agree between columns and files: the number 7 and the text 7 are the same value.</summary>
static class CellHash
{
    /// <summary>Hash of every missing cell.</summary>
    public const ulong Missing = 0;

    /// <summary>Of the cell, or <see cref="Missing"/>.</summary>
    public static ulong Of(Column column, int row) => column switch
    {
        _ when column.IsNull(row) => Missing,
        TextColumn text => Utf8Text.Trim(text[row]) is { IsEmpty: false } value ? Text(value) : Missing,
        ValueColumn<bool> flags => Text(flags.Values[row] ? "true"u8 : "false"u8),
        ValueColumn<double> numbers => Number(numbers.Values[row]),
        ValueColumn<int> days => Tagged((ulong)days.Values[row], 1),
        ValueColumn<long> times when column.Type == ColumnType.Timestamp => Tagged((ulong)times.Values[row], 2),
        ValueColumn<long> integers => Integer(integers.Values[row]),
        _ => throw new ArgumentException($"Unknown column kind {column.GetType().Name}.", nameof(column)),
    };

    public static ulong Text(ReadOnlySpan<byte> value) => ValueSample.Spread(RowHash.Bytes(value));

    public static ulong Number(double value)
    {
        const double Exact = 1L << 53;
        return double.IsNaN(value) ? Missing
            : Math.Abs(value) <= Exact && value == Math.Truncate(value) ? Integer((long)value)
            : Tagged(BitConverter.DoubleToUInt64Bits(value), 3);
    }

    public static ulong Integer(long value)
    {
        Span<byte> text = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, text, out var length);
        return Text(text[..length]);
    }

    static ulong Tagged(ulong bits, ulong tag) => ValueSample.Spread(RowHash.Mix(bits + 0x165667B19E3779F9, 0xC2B2AE3D27D4EB4F + tag));
}
