namespace Sluice.Batches;

/// <summary>Grows a column row by row without allocating per row. <c>Build</c> hands out the column and ends the builder.</summary>
public abstract class ColumnBuilder
{
    ulong[]? validity;

    public int Rows { get; private set; }

    public abstract void AppendNull();

    public abstract Column Finish();

    protected void MarkPresent()
    {
        if (validity is not null)
        {
            GrowValidity();
            validity[Rows >> 6] |= 1UL << (Rows & 63);
        }

        Rows++;
    }

    protected void MarkNull()
    {
        if (validity is null)
        {
            validity = new ulong[(Rows >> 6) + 4];
            validity.AsSpan(0, Rows >> 6).Fill(ulong.MaxValue);
            validity[Rows >> 6] = (1UL << (Rows & 63)) - 1;
        }

        GrowValidity();
        Rows++;
    }

    protected ulong[]? TrimmedValidity() => validity?.AsSpan(0, (Rows + 63) >> 6).ToArray();

    void GrowValidity()
    {
        if (Rows >> 6 >= validity!.Length)
        {
            Array.Resize(ref validity, validity.Length * 2);
        }
    }
}

public sealed class ValueBuilder<T>(ColumnType type, int capacity = 1024) : ColumnBuilder
    where T : unmanaged
{
    T[] values = new T[Math.Max(capacity, 16)];

    public void Append(T value)
    {
        Reserve();
        values[Rows] = value;
        MarkPresent();
    }

    public override void AppendNull()
    {
        Reserve();
        values[Rows] = default;
        MarkNull();
    }

    public ValueColumn<T> Build() => new(type, values, TrimmedValidity(), Rows);

    public override Column Finish() => Build();

    void Reserve()
    {
        if (Rows == values.Length)
        {
            Array.Resize(ref values, values.Length * 2);
        }
    }
}

public sealed class TextBuilder(int rowCapacity = 1024, int byteCapacity = 0) : ColumnBuilder
{
    byte[] bytes = new byte[Math.Max(byteCapacity, 256)];
    int[] offsets = new int[Math.Max(rowCapacity, 16) + 1];
    int used;

    public void Append(ReadOnlySpan<byte> value)
    {
        if (value.Length > bytes.Length - used)
        {
            Grow(value.Length);
        }

        value.CopyTo(bytes.AsSpan(used));
        used += value.Length;
        End();
        MarkPresent();
    }

    public override void AppendNull()
    {
        End();
        MarkNull();
    }

    public TextColumn Build() => new(bytes, offsets, Rows, TrimmedValidity());

    public override Column Finish() => Build();

    void End()
    {
        if (Rows + 1 == offsets.Length)
        {
            Array.Resize(ref offsets, offsets.Length * 2);
        }

        offsets[Rows + 1] = used;
    }

    void Grow(int more)
    {
        var wanted = Math.Max((long)bytes.Length * 2, (long)used + more);
        if ((long)used + more > Array.MaxLength)
        {
            throw new DataException($"A text column of one batch would hold {(long)used + more:N0} bytes; the limit is {Array.MaxLength:N0}. Use smaller batches.");
        }

        Array.Resize(ref bytes, (int)Math.Min(wanted, Array.MaxLength));
    }
}
