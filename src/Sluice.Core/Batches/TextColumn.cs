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

    /// <summary><c>Rows + 1</c> positions in <see cref="Bytes"/>.</summary>
    public ReadOnlySpan<int> Offsets => offsets.AsSpan(0, Rows + 1);

    public override Column Take(ReadOnlySpan<int> rows)
    {
        var total = 0;
        foreach (var row in rows)
        {
            total += offsets[row + 1] - offsets[row];
        }

        var builder = new TextBuilder(rows.Length, total);
        foreach (var row in rows)
        {
            if (IsNull(row))
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(this[row]);
            }
        }

        return builder.Build();
    }

    public override Column Concat(IReadOnlyList<Column> parts, int rows)
    {
        var builder = new TextBuilder(rows, (int)Math.Min(Array.MaxLength, parts.Sum(p => (long)((TextColumn)p).Bytes.Length)));
        foreach (TextColumn part in parts)
        {
            for (var row = 0; row < part.Rows; row++)
            {
                if (part.IsNull(row))
                {
                    builder.AppendNull();
                }
                else
                {
                    builder.Append(part[row]);
                }
            }
        }

        return builder.Build();
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
