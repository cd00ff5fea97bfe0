using System.Text;

namespace Sluice.Batches;

/// <summary>UTF-8 text, all rows in one buffer: row <c>i</c> is <c>bytes[offsets[i]..offsets[i + 1]]</c>. A missing row is empty.</summary>
public sealed class TextColumn(byte[] bytes, int[] offsets, int rows, ulong[]? validity = null) : Column(ColumnType.Text, rows, validity)
{
    readonly byte[] bytes = bytes;
    readonly int[] offsets = offsets;

    /// <summary>UTF-8 bytes of one row, without a managed string.</summary>
    public ReadOnlySpan<byte> this[int row] => bytes.AsSpan(offsets[row], offsets[row + 1] - offsets[row]);

    /// <summary>All bytes, rows one after another.</summary>
    public ReadOnlySpan<byte> Bytes => bytes.AsSpan(0, offsets[Rows]);

    internal ReadOnlyMemory<byte> Memory => bytes.AsMemory(0, offsets[Rows]);

    /// <summary><c>Rows + 1</c> positions in <see cref="Bytes"/>.</summary>
    public ReadOnlySpan<int> Offsets => offsets.AsSpan(0, Rows + 1);

    public override Column Take(ReadOnlySpan<int> rows)
    {
        var total = 0L;
        foreach (var row in rows)
        {
            total += offsets[row + 1] - offsets[row];
        }

        CheckLength(total);

        // Rows are mostly taken in runs, with a few left out in between: a run is one copy.
        var taken = new byte[total];
        var starts = new int[rows.Length + 1];
        var used = 0;
        for (var i = 0; i < rows.Length;)
        {
            var (from, first) = (rows[i], i);
            do
            {
                starts[i + 1] = used + offsets[rows[i] + 1] - offsets[from];
                i++;
            }
            while (i < rows.Length && rows[i] == rows[i - 1] + 1);

            bytes.AsSpan(offsets[from], offsets[from + i - first] - offsets[from]).CopyTo(taken.AsSpan(used));
            used = starts[i];
        }

        return new TextColumn(taken, starts, rows.Length, TakeValidity(rows));
    }

    /// <summary>Some rows after another.</summary>
    public TextColumn Slice(int first, int count) => (TextColumn)Take([.. Enumerable.Range(first, count)]);

    public override Column Concat(IReadOnlyList<Column> parts, int rows)
    {
        CheckLength(parts.Sum(p => (long)((TextColumn)p).Bytes.Length));
        var joined = new byte[parts.Sum(p => ((TextColumn)p).Bytes.Length)];
        var starts = new int[rows + 1];
        var (used, at) = (0, 0);
        foreach (TextColumn part in parts)
        {
            part.Bytes.CopyTo(joined.AsSpan(used));
            foreach (var end in part.Offsets[1..])
            {
                starts[++at] = used + end;
            }

            used += part.Bytes.Length;
        }

        return new TextColumn(joined, starts, rows, ConcatValidity(parts, rows));
    }

    static void CheckLength(long bytes)
    {
        if (bytes > Array.MaxLength)
        {
            throw new DataException($"A text column of one batch would hold {bytes:N0} bytes; the limit is {Array.MaxLength:N0}. Use smaller batches.");
        }
    }

    public override string Display(int row) => Encoding.UTF8.GetString(this[row]);

    /// <summary>From managed strings; null is a missing value. For tests and small tables.</summary>
    public static TextColumn Of(params string?[] values)
    {
        var builder = new TextBuilder(values.Length);
        foreach (var value in values)
        {
            if (value is null)
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(Encoding.UTF8.GetBytes(value));
            }
        }

        return builder.Build();
    }
}
