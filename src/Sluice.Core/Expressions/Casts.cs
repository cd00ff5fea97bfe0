using System.Globalization;
using System.Text;

namespace Sluice.Expressions;

/// <summary>Conversions between types, as PostgreSQL's casts.</summary>
static class Casts
{
    /// <summary>The operand as another type, or null when there is no such cast.</summary>
    public static Node? To(Kind type, Node operand, bool orNull, int at) => (operand.Type, type) switch
    {
        var (from, to) when from == to => operand,
        (_, Kind.Text) => new FormatNode(operand, at),
        (Kind.Text, Kind.Int64) => new ParseNode<long>(type, operand, Int64, orNull, at),
        (Kind.Text, Kind.Float64) => new ParseNode<double>(type, operand, Float64, orNull, at),
        (Kind.Text, Kind.Boolean) => new ParseNode<bool>(type, operand, Boolean, orNull, at),
        (Kind.Text, Kind.Date) => new ParseNode<int>(type, operand, Date, orNull, at),
        (Kind.Text, Kind.Timestamp) => new ParseNode<long>(type, operand, Timestamp, orNull, at),
        (Kind.Int64, Kind.Float64) => new MapNode<long, double>(type, operand, v => (v, true), orNull, at),
        (Kind.Int64, Kind.Boolean) => new MapNode<long, bool>(type, operand, v => (v != 0, true), orNull, at),
        (Kind.Float64, Kind.Int64) => new MapNode<double, long>(type, operand, Round, orNull, at),
        (Kind.Boolean, Kind.Int64) => new MapNode<bool, long>(type, operand, v => (v ? 1 : 0, true), orNull, at),
        (Kind.Date, Kind.Timestamp) => new MapNode<int, long>(type, operand, v => (v * Times.MicrosPerDay, true), orNull, at),
        (Kind.Timestamp, Kind.Date) => new MapNode<long, int>(type, operand, v => ((int)Times.Day(v), true), orNull, at),
        _ => null,
    };

    // To the nearest, halves to even, as PostgreSQL casts double precision.
    static (long Value, bool Good) Round(double value)
    {
        var rounded = Math.Round(value, MidpointRounding.ToEven);
        return rounded is >= long.MinValue and < 9.2233720368547758e18 ? ((long)rounded, true) : (0, false);
    }

    static bool Int64(ReadOnlySpan<byte> value, out long result) =>
        long.TryParse(Trim(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out result);

    static bool Float64(ReadOnlySpan<byte> value, out double result)
    {
        const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        value = Trim(value);
        var sign = value.Length > 0 && value[0] is (byte)'+' or (byte)'-' ? 1 : 0;
        var word = value[Math.Min(sign, value.Length)..];
        if (Ascii.EqualsIgnoreCase(word, "infinity"u8) || Ascii.EqualsIgnoreCase(word, "inf"u8))
        {
            result = value[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        if (sign == 0 && Ascii.EqualsIgnoreCase(word, "nan"u8))
        {
            result = double.NaN;
            return true;
        }

        return double.TryParse(value, Styles, CultureInfo.InvariantCulture, out result) && double.IsFinite(result);
    }

    static bool Boolean(ReadOnlySpan<byte> value, out bool result)
    {
        value = Trim(value);
        Span<byte> word = stackalloc byte[8];
        var known = value.Length <= word.Length && Ascii.ToLower(value, word, out _) == System.Buffers.OperationStatus.Done;
        word = word[..(known ? value.Length : 0)];
        result = word.SequenceEqual("true"u8) || word.SequenceEqual("t"u8) || word.SequenceEqual("yes"u8) || word.SequenceEqual("y"u8)
            || word.SequenceEqual("on"u8) || word.SequenceEqual("1"u8);
        return result || word.SequenceEqual("false"u8) || word.SequenceEqual("f"u8) || word.SequenceEqual("no"u8) || word.SequenceEqual("n"u8)
            || word.SequenceEqual("off"u8) || word.SequenceEqual("0"u8);
    }

    static bool Date(ReadOnlySpan<byte> value, out int result)
    {
        Span<char> text = stackalloc char[40];
        result = 0;
        return TryChars(value, ref text) && Times.TryDate(text, out result);
    }

    static bool Timestamp(ReadOnlySpan<byte> value, out long result)
    {
        Span<char> text = stackalloc char[40];
        result = 0;
        return TryChars(value, ref text) && Times.TryTimestamp(text, out result);
    }

    static bool TryChars(ReadOnlySpan<byte> value, ref Span<char> text)
    {
        value = Trim(value);
        if (value.Length > text.Length)
        {
            return false;
        }

        text = text[..Encoding.UTF8.GetChars(value, text)];
        return true;
    }

    static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> value) => value.Trim(" \t\r\n\f\v"u8);
}

/// <summary>Text of a value.</summary>
sealed class FormatNode(Node operand, int at) : Node(Kind.Text, at)
{
    public override Vector Run(Batch batch)
    {
        var vector = operand.Run(batch);
        var rows = Rows(batch, vector);
        var builder = new TextBuilder(rows);
        Span<byte> bytes = stackalloc byte[64];
        for (var row = 0; row < rows; row++)
        {
            // A row that cannot be computed may hold anything, even a date that does not exist.
            if (vector.IsNull(row) || vector.IsError(row))
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(bytes[..Write(vector.Column, row, bytes)]);
            }
        }

        return new Vector(builder.Build(), vector.Constant, vector.Errors);
    }

    static int Write(Column column, int row, Span<byte> bytes)
    {
        Span<char> text = stackalloc char[40];
        var length = 0;
        switch (column)
        {
            case ValueColumn<bool> flags:
                return Encoding.UTF8.GetBytes(flags.Values[row] ? "true" : "false", bytes);
            case ValueColumn<double> numbers:
                numbers.Values[row].TryFormat(bytes, out length, "R", CultureInfo.InvariantCulture);
                return length;
            case ValueColumn<int> dates:
                length = Times.Format(dates.Values[row], text);
                break;
            case ValueColumn<long> { Type: ColumnType.Timestamp } times:
                length = Times.Format(times.Values[row], text);
                break;
            case ValueColumn<long> numbers:
                numbers.Values[row].TryFormat(bytes, out length, default, CultureInfo.InvariantCulture);
                return length;
            default:
                throw new InvalidOperationException($"{column.Type} has no text form.");
        }

        return Encoding.UTF8.GetBytes(text[..length], bytes);
    }
}
