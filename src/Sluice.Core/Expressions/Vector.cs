namespace Sluice.Expressions;

/// <summary>
/// Values of one expression for all rows of a batch: a column, with the rows whose value cannot be computed (a division by zero) apart from
/// those without a value. A constant has one row that stands for all.
/// </summary>
sealed class Vector(Column column, bool constant = false, ulong[]? errors = null)
{
    public Column Column { get; } = column;

    public bool Constant { get; } = constant;

    /// <summary>One bit per row, 1 = cannot be computed; null when there is none.</summary>
    public ulong[]? Errors { get; } = errors;

    /// <summary>A row number, AND this, is the row to read.</summary>
    public int Mask => Constant ? 0 : -1;

    public ReadOnlySpan<T> Values<T>()
        where T : unmanaged => ((ValueColumn<T>)Column).Values;

    public TextColumn Text => (TextColumn)Column;

    public bool IsError(int row) => Errors is { } bits && Bits.Has(bits, row & Mask);

    public bool IsNull(int row) => Column.IsNull(row & Mask);
}

/// <summary>Bit per row.</summary>
static class Bits
{
    public static bool Has(ulong[] bits, int row) => (bits[row >> 6] >> (row & 63) & 1) != 0;

    public static void Set(ulong[] bits, int row) => bits[row >> 6] |= 1UL << (row & 63);

    /// <summary>Rows that are present in both; null = all.</summary>
    public static ulong[]? Present(Vector left, Vector right, int rows)
    {
        var (a, b) = (Present(left, rows), Present(right, rows));
        return a is null ? b : b is null ? a : Combine(a, b, rows, static (x, y) => x & y);
    }

    public static ulong[]? Present(Vector vector, int rows)
    {
        if (vector.Column.Validity is not { } bits || !vector.Constant || rows == 1)
        {
            return vector.Column.Validity;
        }

        return vector.IsNull(0) ? Column.NewValidity(rows) : null;
    }

    /// <summary>Rows that cannot be computed in one of both; null = none. A copy when it may be added to.</summary>
    public static ulong[]? Errors(Vector left, Vector right, int rows)
    {
        var (a, b) = (Errors(left, rows), Errors(right, rows));
        return a is null ? b : b is null ? a : Combine(a, b, rows, static (x, y) => x | y);
    }

    public static ulong[]? Errors(Vector vector, int rows)
    {
        if (vector.Errors is null || !vector.Constant || rows == 1)
        {
            return vector.Errors;
        }

        var all = Column.NewValidity(rows);
        all.AsSpan().Fill(vector.IsError(0) ? ulong.MaxValue : 0);
        return all;
    }

    static ulong[] Combine(ulong[] a, ulong[] b, int rows, Func<ulong, ulong, ulong> join)
    {
        var both = Column.NewValidity(rows);
        for (var i = 0; i < both.Length; i++)
        {
            both[i] = join(a[i], b[i]);
        }

        return both;
    }
}

/// <summary>Marks rows that cannot be computed, in its own copy of what was marked before.</summary>
ref struct ErrorMarks(ulong[]? before, int rows)
{
    bool owned;

    public ulong[]? Bits { get; private set; } = before;

    public void Set(int row)
    {
        if (!owned)
        {
            owned = true;
            Bits = Bits is null ? Column.NewValidity(rows) : (ulong[])Bits.Clone();
        }

        Expressions.Bits.Set(Bits!, row);
    }
}
