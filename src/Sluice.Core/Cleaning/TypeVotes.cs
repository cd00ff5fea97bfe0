using System.Numerics;
using Sluice.Schemas;
using Sluice.Steps;

namespace Sluice.Cleaning;

/// <summary>The type that fits a text column.</summary>
/// <param name="Column">The column.</param>
/// <param name="Type">Its type; Text when none fits.</param>
/// <param name="DayFirst">Whether 6/12/1998 is 6 December; by the column's dates that can only be read one way, else month first.</param>
/// <param name="Misfits">Present values that are not of the type, words that mean missing included.</param>
/// <param name="Present">Values that are not null, empty or white space.</param>
public sealed record ColumnKind(string Column, ColumnType Type, bool DayFirst, long Misfits, long Present)
{
    internal DateOrder Order => DayFirst ? DateOrder.DayFirst : DateOrder.MonthFirst;

    internal bool Holds(CellKind kind) => Type == ColumnType.Text || (TypeVotes.KindsOf(Type) >> (int)kind & 1) != 0;
}

/// <summary>How many values of a text column are of each kind, from which its type follows.</summary>
sealed class TypeVotes(CellKinds kinds) : State
{
    const int Kinds = (int)CellKind.Timestamp + 1;
    readonly long[] counts = new long[Kinds];
    long dayFirst, monthFirst;

    public void Observe(TextColumn column)
    {
        for (var row = 0; row < column.Rows; row++)
        {
            if (!column.IsNull(row))
            {
                Observe(column[row]);
            }
        }
    }

    public void Observe(ReadOnlySpan<byte> value)
    {
        var kind = kinds.Of(value);
        counts[(int)kind]++;
        if (kind is CellKind.Date or CellKind.Timestamp)
        {
            VoteOrder(value);
        }
    }

    /// <summary>
    /// The type of most values that have one, if it is that of at least this share of all values but words that mean missing; else text.
    /// A column stays text also where a conversion would lose something: where more than 1 % of the numbers have leading zeros (codes), and
    /// where decimals meet integers that a double cannot hold. Booleans need both a word for true and one for false.
    /// </summary>
    public ColumnKind Fit(string column, double minShare)
    {
        var present = counts.Sum() - counts[(int)CellKind.Blank];
        var voters = present - counts[(int)CellKind.Token];
        var type = ColumnType.Text;
        var most = 0L;
        foreach (var candidate in (ReadOnlySpan<ColumnType>)[NumberType(), TimeType(), BooleanType()])
        {
            var count = candidate == ColumnType.Text ? 0 : CountOf(candidate);
            if (count > most && count >= minShare * voters)
            {
                (type, most) = (candidate, count);
            }
        }

        return new ColumnKind(column, type, dayFirst > monthFirst, type == ColumnType.Text ? 0 : present - most, present);
    }

    /// <summary>Kinds that a type holds, one bit each.</summary>
    internal static uint KindsOf(ColumnType type) => type switch
    {
        ColumnType.Int64 => Bits(CellKind.Bit, CellKind.Code, CellKind.Integer, CellKind.LongInteger),
        ColumnType.Float64 => Bits(CellKind.Bit, CellKind.Code, CellKind.Integer, CellKind.LongInteger, CellKind.Decimal),
        ColumnType.Boolean => Bits(CellKind.True, CellKind.False, CellKind.Bit),
        ColumnType.Date => Bits(CellKind.Date),
        ColumnType.Timestamp => Bits(CellKind.Date, CellKind.Timestamp),
        _ => uint.MaxValue,
    };

    ColumnType NumberType()
    {
        var (decimals, longs) = (counts[(int)CellKind.Decimal], counts[(int)CellKind.LongInteger]);
        return counts[(int)CellKind.Code] * 100 > CountOf(ColumnType.Float64) || (decimals > 0 && longs > 0) ? ColumnType.Text
            : decimals > 0 ? ColumnType.Float64
            : ColumnType.Int64;
    }

    ColumnType TimeType() => counts[(int)CellKind.Timestamp] > 0 ? ColumnType.Timestamp : ColumnType.Date;

    ColumnType BooleanType() => counts[(int)CellKind.True] > 0 && counts[(int)CellKind.False] > 0 ? ColumnType.Boolean : ColumnType.Text;

    long CountOf(ColumnType type)
    {
        var total = 0L;
        for (var bits = KindsOf(type); bits != 0; bits &= bits - 1)
        {
            total += counts[BitOperations.TrailingZeroCount(bits)];
        }

        return total;
    }

    static uint Bits(params ReadOnlySpan<CellKind> kinds)
    {
        var bits = 0u;
        foreach (var kind in kinds)
        {
            bits |= 1u << (int)kind;
        }

        return bits;
    }

    void VoteOrder(ReadOnlySpan<byte> value)
    {
        const TextFormats DayFirst = TextFormats.DayMonthYear | TextFormats.DayMonthShortYear | TextFormats.DashedDayMonthYear;
        const TextFormats MonthFirst = TextFormats.MonthDayYear | TextFormats.MonthDayShortYear | TextFormats.DashedMonthDayYear;
        value = Utf8Text.Trim(value);
        var end = value.IndexOfAny((byte)' ', (byte)'T');
        var formats = ValueParser.DateFormatsOf(end > 0 ? value[..end] : value);
        var (day, month) = ((formats & DayFirst) != 0, (formats & MonthFirst) != 0);
        dayFirst += day && !month ? 1 : 0;
        monthFirst += month && !day ? 1 : 0;
    }

    public override void Merge(State other)
    {
        var theirs = (TypeVotes)other;
        for (var i = 0; i < Kinds; i++)
        {
            counts[i] += theirs.counts[i];
        }

        dayFirst += theirs.dayFirst;
        monthFirst += theirs.monthFirst;
    }

    public override void Write(BinaryWriter writer)
    {
        foreach (var count in counts)
        {
            writer.Write7BitEncodedInt64(count);
        }

        writer.Write7BitEncodedInt64(dayFirst);
        writer.Write7BitEncodedInt64(monthFirst);
    }

    public override void Read(BinaryReader reader)
    {
        for (var i = 0; i < Kinds; i++)
        {
            counts[i] = reader.Read7BitEncodedInt64();
        }

        dayFirst = reader.Read7BitEncodedInt64();
        monthFirst = reader.Read7BitEncodedInt64();
    }
}
