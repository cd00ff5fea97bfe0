using System.Numerics;

namespace Sluice.Batches;

/// <summary>
/// A column of a batch: raw arrays, so that inner loops index spans and allocate nothing per row.
/// A column is immutable once it is in a batch; several batches may share one.
/// </summary>
public abstract class Column(ColumnType type, int rows, ulong[]? validity)
{
    /// <summary>One bit per row, 1 = present; null when every row is present. Bits past the last row are 0 or 1, never read.</summary>
    public readonly ulong[]? Validity = validity;

    public ColumnType Type { get; } = type;

    public int Rows { get; } = rows;

    public bool IsNull(int row) => Validity is { } bits && (bits[row >> 6] >> (row & 63) & 1) == 0;

    public int CountNulls()
    {
        if (Validity is null)
        {
            return 0;
        }

        var present = 0;
        var whole = Rows >> 6;
        for (var word = 0; word < whole; word++)
        {
            present += BitOperations.PopCount(Validity[word]);
        }

        if ((Rows & 63) != 0)
        {
            present += BitOperations.PopCount(Validity[whole] & ((1UL << (Rows & 63)) - 1));
        }

        return Rows - present;
    }

    /// <summary>The rows with these positions, in the given order.</summary>
    public abstract Column Take(ReadOnlySpan<int> rows);

    /// <summary>The rows of several columns of this type, one after another.</summary>
    public abstract Column Concat(IReadOnlyList<Column> parts, int rows);

    /// <summary>Invariant text of one value; empty for a missing one. For messages and text sinks, not for inner loops.</summary>
    public abstract string Display(int row);

    protected ulong[]? TakeValidity(ReadOnlySpan<int> rows)
    {
        if (Validity is null)
        {
            return null;
        }

        var taken = NewValidity(rows.Length);
        var any = false;
        for (var i = 0; i < rows.Length; i++)
        {
            if (IsNull(rows[i]))
            {
                any = true;
            }
            else
            {
                taken[i >> 6] |= 1UL << (i & 63);
            }
        }

        return any ? taken : null;
    }

    protected static ulong[]? ConcatValidity(IReadOnlyList<Column> parts, int rows)
    {
        if (parts.All(p => p.Validity is null))
        {
            return null;
        }

        var joined = NewValidity(rows);
        var at = 0;
        foreach (var part in parts)
        {
            for (var row = 0; row < part.Rows; row++, at++)
            {
                if (!part.IsNull(row))
                {
                    joined[at >> 6] |= 1UL << (at & 63);
                }
            }
        }

        return joined;
    }

    public static ulong[] NewValidity(int rows) => new ulong[(rows + 63) >> 6];
}
