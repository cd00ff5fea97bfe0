using System.Numerics;

namespace Sluice.Expressions;

/// <summary>A typed expression that computes whole columns.</summary>
/// <param name="type">Type of its values.</param>
/// <param name="at">Character of the text it is about, from 0.</param>
abstract class Node(Kind type, int at)
{
    public Kind Type { get; } = type;

    public int At { get; } = at;

    public abstract Vector Run(Batch batch);

    /// <summary>Rows that two operands give: one when both are constant.</summary>
    protected static int Rows(Batch batch, Vector left, Vector right) => left.Constant && right.Constant ? 1 : batch.Rows;

    protected static int Rows(Batch batch, Vector operand) => operand.Constant ? 1 : batch.Rows;
}

sealed class ConstantNode(Kind type, object? value, int at) : Node(type, at)
{
    readonly Vector vector = new(ColumnOf(type, value), constant: true);

    public object? Value { get; } = value;

    public override Vector Run(Batch batch) => vector;

    static Column ColumnOf(Kind type, object? value)
    {
        ulong[]? missing = value is null ? [0] : null;
        return type switch
        {
            Kind.Boolean => new ValueColumn<bool>(ColumnType.Boolean, [value is true], missing),
            Kind.Int64 or Kind.Timestamp => new ValueColumn<long>((ColumnType)type, [value as long? ?? 0], missing),
            Kind.Float64 => new ValueColumn<double>(ColumnType.Float64, [value as double? ?? 0], missing),
            Kind.Date => new ValueColumn<int>(ColumnType.Date, [value as int? ?? 0], missing),
            _ => TextColumn.Of(value as string),
        };
    }
}

sealed class ColumnNode(Kind type, string name, int at) : Node(type, at)
{
    public override Vector Run(Batch batch) => new(batch[name]);
}

/// <summary>Stands for a part that cannot be typed yet, or not at all. Never run.</summary>
sealed class OpenNode(int at) : Node(Kind.Open, at)
{
    public override Vector Run(Batch batch) => throw new InvalidOperationException("An expression whose types are open is checked, not run.");
}

/// <summary>
/// AND, OR and NOT over true, false, null and "cannot be computed". A side that decides alone decides, whatever the other is:
/// <c>b &lt;&gt; 0 AND a / b &gt; 2</c> is false, not an error, where b is 0, in either order.
/// </summary>
static class Logic
{
    public const byte False = 0, True = 1, Null = 2, Error = 3;

    public static ReadOnlySpan<byte> And => [0, 0, 0, 0, 0, 1, 2, 3, 0, 2, 2, 3, 0, 3, 3, 3];

    public static ReadOnlySpan<byte> Or => [0, 1, 2, 3, 1, 1, 1, 1, 2, 1, 2, 3, 3, 1, 3, 3];

    /// <summary>One of the four per row.</summary>
    public static void States(Vector vector, Span<byte> states)
    {
        var values = vector.Values<bool>();
        var mask = vector.Mask;
        for (var row = 0; row < states.Length; row++)
        {
            states[row] = values[row & mask] ? True : False;
        }

        Mark(states, vector.Column.Validity, flip: ulong.MaxValue, vector.Constant, Null);
        Mark(states, vector.Errors, flip: 0, vector.Constant, Error);
    }

    // Visits the marked rows only: they are few.
    static void Mark(Span<byte> states, ulong[]? bits, ulong flip, bool constant, byte state)
    {
        if (bits is null)
        {
            return;
        }

        if (constant)
        {
            if (((bits[0] ^ flip) & 1) != 0)
            {
                states.Fill(state);
            }

            return;
        }

        for (var first = 0; first < states.Length; first += 64)
        {
            for (var marked = bits[first >> 6] ^ flip; marked != 0; marked &= marked - 1)
            {
                var row = first + BitOperations.TrailingZeroCount(marked);
                if (row < states.Length)
                {
                    states[row] = state;
                }
            }
        }
    }

    public static Vector Vector(ReadOnlySpan<byte> states, bool constant)
    {
        var values = new bool[states.Length];
        ulong[]? present = null, errors = null;
        for (var row = 0; row < states.Length; row++)
        {
            values[row] = states[row] == True;
        }

        if (states.IndexOfAnyInRange(Null, Error) >= 0)
        {
            present = Column.NewValidity(states.Length);
            errors = Column.NewValidity(states.Length);
            for (var row = 0; row < states.Length; row++)
            {
                present[row >> 6] |= (states[row] <= True ? 1UL : 0) << (row & 63);
                errors[row >> 6] |= (states[row] == Error ? 1UL : 0) << (row & 63);
            }

            errors = errors.AsSpan().ContainsAnyExcept(0UL) ? errors : null;
        }

        return new Vector(new ValueColumn<bool>(ColumnType.Boolean, values, present), constant, errors);
    }
}

sealed class LogicNode(bool isAnd, Node left, Node right, int at) : Node(Kind.Boolean, at)
{
    public override Vector Run(Batch batch)
    {
        var (a, b) = (left.Run(batch), right.Run(batch));
        var rows = Rows(batch, a, b);
        var (states, others) = (new byte[rows], new byte[rows]);
        Logic.States(a, states);
        Logic.States(b, others);
        var table = isAnd ? Logic.And : Logic.Or;
        for (var row = 0; row < rows; row++)
        {
            states[row] = table[(states[row] << 2) | others[row]];
        }

        return Logic.Vector(states, a.Constant && b.Constant);
    }
}

sealed class NotNode(Node operand, int at) : Node(Kind.Boolean, at)
{
    public override Vector Run(Batch batch)
    {
        var vector = operand.Run(batch);
        var values = vector.Values<bool>();
        var flipped = new bool[values.Length];
        for (var row = 0; row < flipped.Length; row++)
        {
            flipped[row] = !values[row];
        }

        return new Vector(new ValueColumn<bool>(ColumnType.Boolean, flipped, vector.Column.Validity), vector.Constant, vector.Errors);
    }
}

/// <summary><c>IS NULL</c> of any type; <c>IS TRUE</c> and <c>IS FALSE</c> of a truth value.</summary>
sealed class IsNode(Node operand, bool? value, bool negated, int at) : Node(Kind.Boolean, at)
{
    public override Vector Run(Batch batch)
    {
        var vector = operand.Run(batch);
        var rows = Rows(batch, vector);
        var result = new bool[rows];
        if (value is null)
        {
            for (var row = 0; row < rows; row++)
            {
                result[row] = vector.IsNull(row) != negated;
            }
        }
        else
        {
            var values = vector.Values<bool>();
            for (var row = 0; row < rows; row++)
            {
                result[row] = (!vector.IsNull(row) && values[row & vector.Mask] == value) != negated;
            }
        }

        return new Vector(new ValueColumn<bool>(ColumnType.Boolean, result), vector.Constant, vector.Errors);
    }
}
