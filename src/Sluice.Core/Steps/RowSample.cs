namespace Sluice.Steps;

/// <summary>
/// A bounded uniform sample of the different rows of a table, each with the exact number of its copies: the rows whose content has the
/// smallest hashes (bottom-k sampling). Which rows are in it depends on their content alone, so samples merge to equal bytes in any
/// order and shape. It is the whole table while <see cref="IsComplete"/>.
/// </summary>
/// <param name="maxRows">Different rows to keep at most.</param>
/// <param name="maxCells">Cells to keep at most; wide tables keep fewer rows, but at least 16.</param>
public sealed class RowSample(int maxRows, long maxCells = 1 << 18) : State
{
    const ulong Golden = 0x9E3779B97F4A7C15, Seed = 0xD1B54A32D192ED03;
    readonly Dictionary<ulong, Copies> rows = [];
    string[] columns = [];

    // Rows with a greater hash were let go; those that are left were counted from their first copy on.
    ulong limit = ulong.MaxValue;

    sealed class Copies(ulong[] cells)
    {
        public readonly ulong[] Cells = cells;
        public long Count;
    }

    /// <summary>Names of the columns, in the order of the cells.</summary>
    public IReadOnlyList<string> Columns => columns;

    /// <summary>Rows added.</summary>
    public long Count { get; private set; }

    /// <summary>Whether no row was let go: then what is computed from the sample is exact.</summary>
    public bool IsComplete => limit == ulong.MaxValue && rows.Count <= Capacity;

    int Capacity => (int)Math.Clamp(maxCells / Math.Max(1, columns.Length), 16, maxRows);

    /// <summary>Cells of numbers: their bits, one form for NaN and for zero.</summary>
    public static ulong[] Bits(ReadOnlySpan<double> numbers)
    {
        var bits = new ulong[numbers.Length];
        for (var row = 0; row < bits.Length; row++)
        {
            var number = numbers[row];
            bits[row] = double.IsNaN(number) ? Missing : BitConverter.DoubleToUInt64Bits(number == 0 ? 0 : number);
        }

        return bits;
    }

    /// <summary>The cell of a missing value.</summary>
    public static ulong Missing { get; } = BitConverter.DoubleToUInt64Bits(double.NaN);

    /// <summary>One hash a row, of its cells.</summary>
    public static ulong[] Hashes(IReadOnlyList<ulong[]> cells, int count)
    {
        var hashes = new ulong[count];
        Array.Fill(hashes, Seed);
        foreach (var column in cells)
        {
            for (var row = 0; row < hashes.Length; row++)
            {
                hashes[row] = RowHash.Mix(hashes[row] ^ Golden, column[row] ^ Seed) + column[row];
            }
        }

        // The last round makes every bit depend on all cells: the sample looks at the largest bits first.
        for (var row = 0; row < hashes.Length; row++)
        {
            hashes[row] = RowHash.Mix(hashes[row] ^ (hashes[row] >> 32), Golden);
        }

        return hashes;
    }

    /// <param name="names">Columns; the same in every call.</param>
    /// <param name="cells">One array a column.</param>
    /// <param name="count">Rows.</param>
    public void Add(IReadOnlyList<string> names, IReadOnlyList<ulong[]> cells, int count)
    {
        columns = columns.Length == 0 ? [.. names] : columns;
        Count += count;
        var hashes = Hashes(cells, count);
        for (var row = 0; row < count; row++)
        {
            if (hashes[row] > limit)
            {
                continue;
            }

            if (!rows.TryGetValue(hashes[row], out var copies))
            {
                var own = new ulong[cells.Count];
                for (var column = 0; column < own.Length; column++)
                {
                    own[column] = cells[column][row];
                }

                rows[hashes[row]] = copies = new Copies(own);
                if (rows.Count >= 2 * Capacity)
                {
                    copies.Count++;
                    Trim();
                    continue;
                }
            }

            copies.Count++;
        }
    }

    /// <summary>The sampled rows in order of their hash.</summary>
    public IReadOnlyList<(ulong Hash, ulong[] Cells, long Count)> Rows()
    {
        Trim();
        return [.. rows.OrderBy(r => r.Key).Select(r => (r.Key, r.Value.Cells, r.Value.Count))];
    }

    public override void Merge(State other)
    {
        var theirs = (RowSample)other;
        columns = columns.Length == 0 ? theirs.columns : columns;
        Count += theirs.Count;
        Lower(Math.Min(limit, theirs.limit));
        foreach (var (hash, copies) in theirs.rows)
        {
            if (hash <= limit)
            {
                Take(hash, copies.Cells, copies.Count);
            }
        }

        Trim();
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write7BitEncodedInt(columns.Length);
        Array.ForEach(columns, writer.Write);
        writer.Write(Count);
        var kept = Rows();
        writer.Write(limit);
        writer.Write7BitEncodedInt(kept.Count);
        foreach (var (hash, cells, count) in kept)
        {
            writer.Write(hash);
            writer.Write7BitEncodedInt64(count);
            Array.ForEach(cells, writer.Write);
        }
    }

    public override void Read(BinaryReader reader)
    {
        columns = [.. Enumerable.Range(0, reader.Read7BitEncodedInt()).Select(_ => reader.ReadString())];
        Count = reader.ReadInt64();
        limit = reader.ReadUInt64();
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var (hash, count) = (reader.ReadUInt64(), reader.Read7BitEncodedInt64());
            Take(hash, [.. columns.Select(_ => reader.ReadUInt64())], count);
        }
    }

    void Take(ulong hash, ulong[] cells, long count)
    {
        if (!rows.TryGetValue(hash, out var copies))
        {
            rows[hash] = copies = new Copies(cells);
        }

        copies.Count += count;
    }

    void Trim()
    {
        if (rows.Count > Capacity)
        {
            ulong[] order = [.. rows.Keys];
            Array.Sort(order);
            Lower(order[Capacity - 1]);
        }
    }

    void Lower(ulong to)
    {
        if (to < limit)
        {
            limit = to;
            foreach (var hash in rows.Keys.Where(hash => hash > to).ToList())
            {
                rows.Remove(hash);
            }
        }
    }
}
