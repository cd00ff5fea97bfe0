using System.Runtime.CompilerServices;

namespace Sluice.Schemas;

public static partial class ColumnReader
{
    /// <summary>Parses one value; a struct type argument, so that each column type has its own compiled loop.</summary>
    interface IParser<T>
    {
        static abstract bool TryParse<TCells>(in TCells cells, int row, ReadOnlySpan<byte> text, out T value)
            where TCells : struct, ICells;

        /// <summary>An integer that a double does not hold exactly.</summary>
        static virtual bool IsBeyond(T value) => false;
    }

    static Attempt Build<TCells>(in TCells cells, ColumnType type)
        where TCells : struct, ICells => type switch
        {
            ColumnType.Boolean => Fill<TCells, bool, BooleanParser>(cells, type),
            ColumnType.Int64 => Fill<TCells, long, Int64Parser>(cells, type),
            ColumnType.Float64 => Fill<TCells, double, Float64Parser>(cells, type),
            ColumnType.Date => Fill<TCells, int, DateParser>(cells, type),
            ColumnType.Timestamp => Fill<TCells, long, TimestampParser>(cells, type),
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a type of values."),
        };

    static Attempt Fill<TCells, T, TParser>(TCells cells, ColumnType type)
        where TCells : struct, ICells
        where T : unmanaged
        where TParser : struct, IParser<T>
    {
        var rows = cells.Rows;
        var values = new T[rows];
        ulong[]? validity = null;
        var nulls = 0;
        var beyond = false;
        for (var row = 0; row < rows; row++)
        {
            if (!cells.TryGet(row, out var text))
            {
                nulls++;
                Clear(ref validity, rows, row);
            }
            else if (TParser.TryParse(cells, row, text, out values[row]))
            {
                beyond |= TParser.IsBeyond(values[row]);
            }
            else
            {
                return new Attempt(null, nulls, row, beyond);
            }
        }

        return new Attempt(new ValueColumn<T>(type, values, validity), nulls, -1, beyond);
    }

    /// <summary>First the lengths, then the bytes into an array that fits.</summary>
    static TextColumn BuildText<TCells>(TCells cells, bool mixed, out int nulls, out string? format)
        where TCells : struct, ICells
    {
        var rows = cells.Rows;
        var offsets = new int[rows + 1];
        ulong[]? validity = null;
        nulls = 0;
        var total = 0L;
        var common = (TextFormats)~0;
        for (var row = 0; row < rows; row++)
        {
            if (cells.TryGet(row, out var text))
            {
                total += text.Length;
                if (!mixed)
                {
                    mixed = TypeOf(cells, row, text) != ColumnType.Text;
                    common = common == TextFormats.None ? common : common & cells.Formats(row, text);
                }
            }
            else
            {
                nulls++;
                Clear(ref validity, rows, row);
            }

            offsets[row + 1] = (int)total;
        }

        if (total > Array.MaxLength)
        {
            throw new DataException($"A text column of one shard would hold {total:N0} bytes; the limit is {Array.MaxLength:N0}. Use smaller shards.");
        }

        var bytes = new byte[total];
        for (var row = 0; row < rows; row++)
        {
            if (offsets[row + 1] > offsets[row] && cells.TryGet(row, out var text))
            {
                text.CopyTo(bytes.AsSpan(offsets[row]));
            }
        }

        format = mixed ? Unify.Mixed : TextFormatNames.Of(common);
        return new TextColumn(bytes, offsets, rows, validity);
    }

    static void Clear(ref ulong[]? validity, int rows, int row)
    {
        if (validity is null)
        {
            validity = Column.NewValidity(rows);
            Array.Fill(validity, ulong.MaxValue);
        }

        validity[row >> 6] &= ~(1UL << (row & 63));
    }

    readonly struct BooleanParser : IParser<bool>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool TryParse<TCells>(in TCells cells, int row, ReadOnlySpan<byte> text, out bool value)
            where TCells : struct, ICells
        {
            value = false;
            return (cells.Kinds(row) & ValueKinds.Boolean) != 0 && ValueParser.TryBoolean(text, out value);
        }
    }

    readonly struct Int64Parser : IParser<long>
    {
        public static bool IsBeyond(long value) => value is < -ValueParser.MaxExactInDouble or > ValueParser.MaxExactInDouble;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool TryParse<TCells>(in TCells cells, int row, ReadOnlySpan<byte> text, out long value)
            where TCells : struct, ICells
        {
            value = 0;
            return (cells.Kinds(row) & ValueKinds.Int64) != 0 && ValueParser.TryInt64(text, out value);
        }
    }

    readonly struct Float64Parser : IParser<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool TryParse<TCells>(in TCells cells, int row, ReadOnlySpan<byte> text, out double value)
            where TCells : struct, ICells
        {
            if ((cells.Kinds(row) & ValueKinds.Float64) == 0)
            {
                value = 0;
                return false;
            }

            // Integers are frequent among floats, and only those that a double holds exactly may become one.
            if (ValueParser.TryInt64(text, out var whole))
            {
                value = whole;
                return !Int64Parser.IsBeyond(whole);
            }

            return cells.TryFloat64(text, out value);
        }
    }

    readonly struct DateParser : IParser<int>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool TryParse<TCells>(in TCells cells, int row, ReadOnlySpan<byte> text, out int value)
            where TCells : struct, ICells
        {
            value = 0;
            return (cells.Kinds(row) & ValueKinds.Date) != 0 && ValueParser.TryDate(text, out value);
        }
    }

    readonly struct TimestampParser : IParser<long>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool TryParse<TCells>(in TCells cells, int row, ReadOnlySpan<byte> text, out long value)
            where TCells : struct, ICells
        {
            value = 0;
            if ((cells.Kinds(row) & ValueKinds.Timestamp) == 0)
            {
                return false;
            }

            if (ValueParser.TryDate(text, out var days))
            {
                value = ValueParser.MicrosOf(days);
                return true;
            }

            return ValueParser.TryTimestamp(text, out value);
        }
    }
}
