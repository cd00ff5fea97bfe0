namespace Sluice.Expressions;

/// <summary>Order of two values: negative, zero, positive.</summary>
interface IOrder<T>
{
    static abstract int Compare(T left, T right);
}

readonly struct LongOrder : IOrder<long>
{
    public static int Compare(long left, long right) => (left > right ? 1 : 0) - (left < right ? 1 : 0);
}

readonly struct IntOrder : IOrder<int>
{
    public static int Compare(int left, int right) => (left > right ? 1 : 0) - (left < right ? 1 : 0);
}

readonly struct BoolOrder : IOrder<bool>
{
    public static int Compare(bool left, bool right) => (left ? 1 : 0) - (right ? 1 : 0);
}

/// <summary>As PostgreSQL: NaN equals NaN and is greater than every number; −0 equals 0.</summary>
readonly struct DoubleOrder : IOrder<double>
{
    public static int Compare(double left, double right) =>
        left > right ? 1 : left < right ? -1 : left == right ? 0 : (double.IsNaN(left) ? 1 : 0) - (double.IsNaN(right) ? 1 : 0);
}

/// <summary>
/// <c>= &lt;&gt; &lt; &lt;= &gt; &gt;=</c> and <c>IS DISTINCT FROM</c> of two values of one type. Text is compared by its bytes, as the C collation does.
/// </summary>
sealed class CompareNode(string op, Node left, Node right, int at) : Node(Kind.Boolean, at)
{
    // Bit 0: less is true; bit 1: equal is; bit 2: greater is.
    readonly int accepted = op switch { "=" => 2, "<>" => 5, "<" => 1, "<=" => 3, ">" => 4, ">=" => 6, _ => 5 };
    readonly bool distinct = op == "is distinct from";

    public override Vector Run(Batch batch)
    {
        var (a, b) = (left.Run(batch), right.Run(batch));
        var rows = Rows(batch, a, b);
        var result = new bool[rows];
        switch (left.Type)
        {
            case Kind.Text:
                Texts(a, b, result);
                break;
            case Kind.Float64:
                Values<double, DoubleOrder>(a, b, result);
                break;
            case Kind.Boolean:
                Values<bool, BoolOrder>(a, b, result);
                break;
            case Kind.Date:
                Values<int, IntOrder>(a, b, result);
                break;
            default:
                Values<long, LongOrder>(a, b, result);
                break;
        }

        if (distinct)
        {
            Distinct(a, b, result);
        }

        var present = distinct ? null : Bits.Present(a, b, rows);
        return new Vector(new ValueColumn<bool>(ColumnType.Boolean, result, present), a.Constant && b.Constant, Bits.Errors(a, b, rows));
    }

    void Values<T, TOrder>(Vector a, Vector b, bool[] result)
        where T : unmanaged
        where TOrder : struct, IOrder<T>
    {
        var x = a.Values<T>();
        var y = b.Values<T>();
        var (xMask, yMask, bits) = (a.Mask, b.Mask, accepted);
        for (var row = 0; row < result.Length; row++)
        {
            result[row] = (bits >> (TOrder.Compare(x[row & xMask], y[row & yMask]) + 1) & 1) != 0;
        }
    }

    void Texts(Vector a, Vector b, bool[] result)
    {
        var (x, y, xMask, yMask) = (a.Text, b.Text, a.Mask, b.Mask);
        if (accepted is 2 or 5)
        {
            for (var row = 0; row < result.Length; row++)
            {
                result[row] = x[row & xMask].SequenceEqual(y[row & yMask]) == (accepted == 2);
            }

            return;
        }

        for (var row = 0; row < result.Length; row++)
        {
            result[row] = (accepted >> (Math.Sign(x[row & xMask].SequenceCompareTo(y[row & yMask])) + 1) & 1) != 0;
        }
    }

    static void Distinct(Vector a, Vector b, bool[] result)
    {
        for (var row = 0; row < result.Length; row++)
        {
            if (a.IsNull(row) || b.IsNull(row))
            {
                result[row] = a.IsNull(row) != b.IsNull(row);
            }
        }
    }
}

/// <summary><c>IN</c> with a list of constants of the operand's type: a search in the sorted list. A null in the list makes "not found" unknown.</summary>
sealed class InNode : Node
{
    readonly Node operand;
    readonly Array sorted;
    readonly bool hasNull;

    public InNode(Node operand, IReadOnlyList<object?> items, int at)
        : base(Kind.Boolean, at)
    {
        this.operand = operand;
        hasNull = items.Contains(null);
        var values = items.OfType<object>();
        sorted = operand.Type switch
        {
            Kind.Text => Sort(values.Cast<string>().Select(System.Text.Encoding.UTF8.GetBytes), (x, y) => x.AsSpan().SequenceCompareTo(y)),
            Kind.Float64 => Sort(values.Cast<double>(), DoubleOrder.Compare),
            Kind.Date => Sort(values.Cast<int>(), IntOrder.Compare),
            Kind.Boolean => Sort(values.Cast<bool>(), BoolOrder.Compare),
            _ => Sort(values.Cast<long>(), LongOrder.Compare),
        };
    }

    public override Vector Run(Batch batch)
    {
        var vector = operand.Run(batch);
        var rows = Rows(batch, vector);
        var result = new bool[rows];
        switch (operand.Type)
        {
            case Kind.Text:
                Texts(vector.Text, (byte[][])sorted, result);
                break;
            case Kind.Float64:
                Search<double, DoubleOrder>(vector, result);
                break;
            case Kind.Date:
                Search<int, IntOrder>(vector, result);
                break;
            case Kind.Boolean:
                Search<bool, BoolOrder>(vector, result);
                break;
            default:
                Search<long, LongOrder>(vector, result);
                break;
        }

        var present = vector.Column.Validity;
        if (hasNull)
        {
            present = Column.NewValidity(rows);
            for (var row = 0; row < rows; row++)
            {
                if (result[row] && !vector.IsNull(row))
                {
                    Bits.Set(present, row);
                }
            }
        }

        return new Vector(new ValueColumn<bool>(ColumnType.Boolean, result, present), vector.Constant, vector.Errors);
    }

    static T[] Sort<T>(IEnumerable<T> values, Comparison<T> order)
    {
        T[] array = [.. values];
        Array.Sort(array, order);
        return array;
    }

    void Search<T, TOrder>(Vector vector, bool[] result)
        where T : unmanaged
        where TOrder : struct, IOrder<T>
    {
        var values = vector.Values<T>();
        var list = (T[])sorted;
        for (var row = 0; row < result.Length; row++)
        {
            int low = 0, high = list.Length;
            while (low < high)
            {
                var middle = (low + high) >> 1;
                (low, high) = TOrder.Compare(list[middle], values[row]) < 0 ? (middle + 1, high) : (low, middle);
            }

            result[row] = low < list.Length && TOrder.Compare(list[low], values[row]) == 0;
        }
    }

    static void Texts(TextColumn values, byte[][] list, bool[] result)
    {
        for (var row = 0; row < result.Length; row++)
        {
            var value = values[row];
            int low = 0, high = list.Length;
            while (low < high)
            {
                var middle = (low + high) >> 1;
                (low, high) = list[middle].AsSpan().SequenceCompareTo(value) < 0 ? (middle + 1, high) : (low, middle);
            }

            result[row] = low < list.Length && value.SequenceEqual(list[low]);
        }
    }
}
