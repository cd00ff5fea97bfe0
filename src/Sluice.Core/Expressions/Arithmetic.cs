namespace Sluice.Expressions;

/// <summary>An operation on two numbers; sets <c>bad</c> where it has no result.</summary>
interface IArithmetic<T>
{
    static abstract T Apply(T left, T right, ref bool bad);
}

readonly struct AddLong : IArithmetic<long>
{
    public static long Apply(long left, long right, ref bool bad)
    {
        var sum = unchecked(left + right);
        bad = ((left ^ sum) & (right ^ sum)) < 0;
        return sum;
    }
}

readonly struct SubtractLong : IArithmetic<long>
{
    public static long Apply(long left, long right, ref bool bad)
    {
        var difference = unchecked(left - right);
        bad = ((left ^ right) & (left ^ difference)) < 0;
        return difference;
    }
}

readonly struct MultiplyLong : IArithmetic<long>
{
    public static long Apply(long left, long right, ref bool bad)
    {
        var high = Math.BigMul(left, right, out var low);
        bad = high != low >> 63;
        return low;
    }
}

/// <summary>Towards zero, as PostgreSQL divides whole numbers.</summary>
readonly struct DivideLong : IArithmetic<long>
{
    public static long Apply(long left, long right, ref bool bad)
    {
        bad = right == 0 || (left == long.MinValue && right == -1);
        return bad ? 0 : left / right;
    }
}

/// <summary>With the sign of the left side, as PostgreSQL.</summary>
readonly struct RemainderLong : IArithmetic<long>
{
    public static long Apply(long left, long right, ref bool bad)
    {
        bad = right == 0;
        return right is 0 or -1 ? 0 : left % right;
    }
}

readonly struct AddDouble : IArithmetic<double>
{
    public static double Apply(double left, double right, ref bool bad) => Doubles.Checked(left, right, left + right, ref bad);
}

readonly struct SubtractDouble : IArithmetic<double>
{
    public static double Apply(double left, double right, ref bool bad) => Doubles.Checked(left, right, left - right, ref bad);
}

readonly struct MultiplyDouble : IArithmetic<double>
{
    public static double Apply(double left, double right, ref bool bad) => Doubles.Checked(left, right, left * right, ref bad);
}

readonly struct DivideDouble : IArithmetic<double>
{
    public static double Apply(double left, double right, ref bool bad)
    {
        var quotient = Doubles.Checked(left, right, left / right, ref bad);
        bad |= right == 0;
        return quotient;
    }
}

readonly struct RemainderDouble : IArithmetic<double>
{
    public static double Apply(double left, double right, ref bool bad)
    {
        bad = right == 0;
        return left % right;
    }
}

static class Doubles
{
    // PostgreSQL raises "value out of range: overflow" where two finite numbers give an infinite one.
    public static double Checked(double left, double right, double result, ref bool bad)
    {
        bad = !double.IsFinite(result) && double.IsFinite(left) && double.IsFinite(right);
        return result;
    }
}

/// <summary>Days added to or taken from a date; a date outside the years 1 to 9999 has no result.</summary>
readonly struct DaysAfter : IArithmetic<long>
{
    public static long Apply(long left, long right, ref bool bad)
    {
        var days = AddLong.Apply(left, right, ref bad);
        bad |= !Times.IsDate(days);
        return days;
    }
}

/// <summary>As <see cref="DaysAfter"/>, backwards.</summary>
readonly struct DaysBefore : IArithmetic<long>
{
    public static long Apply(long left, long right, ref bool bad)
    {
        var days = SubtractLong.Apply(left, right, ref bad);
        bad |= !Times.IsDate(days);
        return days;
    }
}

/// <summary><c>+ - * / %</c> on two numbers of one type.</summary>
sealed class ArithmeticNode(Kind type, string op, Node left, Node right, int at) : Node(type, at)
{
    /// <summary>Whole numbers that are days of a date.</summary>
    public const string AddDays = "days +", SubtractDays = "days -";

    public override Vector Run(Batch batch)
    {
        var (a, b) = (left.Run(batch), right.Run(batch));
        return (Type, op) switch
        {
            (Kind.Int64, "+") => Values<long, AddLong>(batch, a, b),
            (Kind.Int64, "-") => Values<long, SubtractLong>(batch, a, b),
            (Kind.Int64, "*") => Values<long, MultiplyLong>(batch, a, b),
            (Kind.Int64, AddDays) => Values<long, DaysAfter>(batch, a, b),
            (Kind.Int64, SubtractDays) => Values<long, DaysBefore>(batch, a, b),
            (Kind.Int64, "/") => Values<long, DivideLong>(batch, a, b),
            (Kind.Int64, _) => Values<long, RemainderLong>(batch, a, b),
            (_, "+") => Values<double, AddDouble>(batch, a, b),
            (_, "-") => Values<double, SubtractDouble>(batch, a, b),
            (_, "*") => Values<double, MultiplyDouble>(batch, a, b),
            (_, "/") => Values<double, DivideDouble>(batch, a, b),
            _ => Values<double, RemainderDouble>(batch, a, b),
        };
    }

    static Vector Values<T, TOperation>(Batch batch, Vector a, Vector b)
        where T : unmanaged
        where TOperation : struct, IArithmetic<T>
    {
        var rows = Rows(batch, a, b);
        var result = new T[rows];
        var errors = new ErrorMarks(Bits.Errors(a, b, rows), rows);
        var x = a.Values<T>();
        var y = b.Values<T>();
        var (xMask, yMask) = (a.Mask, b.Mask);
        for (var row = 0; row < rows; row++)
        {
            var bad = false;
            result[row] = TOperation.Apply(x[row & xMask], y[row & yMask], ref bad);
            if (bad && !a.IsNull(row) && !b.IsNull(row))
            {
                errors.Set(row);
            }
        }

        var type = typeof(T) == typeof(double) ? ColumnType.Float64 : ColumnType.Int64;
        return new Vector(new ValueColumn<T>(type, result, Bits.Present(a, b, rows)), a.Constant && b.Constant, errors.Bits);
    }
}

/// <summary>Values of one type computed from those of another, one by one.</summary>
/// <param name="type">Type of the result.</param>
/// <param name="operand">What it is computed from.</param>
/// <param name="convert">The result and whether there is one.</param>
/// <param name="errorIsNull">Gives null where there is no result.</param>
/// <param name="at">Character of the text.</param>
sealed class MapNode<TFrom, TTo>(Kind type, Node operand, Func<TFrom, (TTo Value, bool Good)> convert, bool errorIsNull, int at) : Node(type, at)
    where TFrom : unmanaged
    where TTo : unmanaged
{
    public override Vector Run(Batch batch)
    {
        var vector = operand.Run(batch);
        var values = vector.Values<TFrom>();
        var result = new TTo[values.Length];
        var errors = new ErrorMarks(vector.Errors, values.Length);
        var missing = vector.Column.Validity;
        for (var row = 0; row < result.Length; row++)
        {
            (result[row], var good) = convert(values[row]);
            if (good || vector.IsNull(row))
            {
                continue;
            }

            if (errorIsNull)
            {
                missing = Nulls.Without(missing, row, values.Length, ReferenceEquals(missing, vector.Column.Validity));
            }
            else
            {
                errors.Set(row);
            }
        }

        return new Vector(new ValueColumn<TTo>((ColumnType)Type, result, missing), vector.Constant, errors.Bits);
    }
}

static class Nulls
{
    /// <summary>The same bits with one row missing.</summary>
    public static ulong[] Without(ulong[]? present, int row, int rows, bool copy)
    {
        var bits = present;
        if (bits is null)
        {
            bits = Column.NewValidity(rows);
            bits.AsSpan().Fill(ulong.MaxValue);
        }
        else if (copy)
        {
            bits = (ulong[])bits.Clone();
        }

        bits[row >> 6] &= ~(1UL << (row & 63));
        return bits;
    }
}
