namespace Sluice.Steps;

/// <summary>
/// A bounded uniform sample of the different rows of a table as numbers, one a cell, each row with the exact number of its copies. It is the whole table
/// while <see cref="IsComplete"/>.
/// </summary>
/// <param name="maxRows">Different rows to keep at most.</param>
/// <param name="maxCells">Cells to keep at most; wide tables keep fewer rows, but at least 16.</param>
public sealed class RowSample(int maxRows, long maxCells = 1 << 18) : State
{
    const ulong Golden = 0x9E3779B97F4A7C15, Seed = 0xD1B54A32D192ED03;
    string[] columns = [];

    // Made once the columns are known: its capacity depends on their number.
    BottomSample<ulong[]>? rows;

    /// <summary>Names of the columns, in the order of the cells.</summary>
    public IReadOnlyList<string> Columns => columns;

    /// <summary>Rows added.</summary>
    public long Count { get; private set; }

    /// <summary>Whether no row was let go: then what is computed from the sample is exact.</summary>
    public bool IsComplete => rows is null or { IsComplete: true };

    BottomSample<ulong[]> Kept => rows ??= new((int)Math.Clamp(maxCells / Math.Max(1, columns.Length), 16, maxRows));

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
            if (Kept.Wants(hashes[row]))
            {
                var own = new ulong[cells.Count];
                for (var column = 0; column < own.Length; column++)
                {
                    own[column] = cells[column][row];
                }

                Kept.Add(hashes[row], own, 1);
            }
        }
    }

    /// <summary>The sampled rows in order of their hash.</summary>
    public IReadOnlyList<(ulong Hash, ulong[] Cells, long Count)> Rows() => [.. Kept.InOrder()];

    public override void Merge(State other)
    {
        var theirs = (RowSample)other;
        columns = columns.Length == 0 ? theirs.columns : columns;
        Count += theirs.Count;
        Kept.Merge(theirs.Kept);
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write7BitEncodedInt(columns.Length);
        Array.ForEach(columns, writer.Write);
        writer.Write(Count);
        Kept.Write(writer, static (to, cells) => Array.ForEach(cells, to.Write));
    }

    public override void Read(BinaryReader reader)
    {
        columns = [.. Enumerable.Range(0, reader.Read7BitEncodedInt()).Select(_ => reader.ReadString())];
        Count = reader.ReadInt64();
        Kept.Read(reader, from => [.. columns.Select(_ => from.ReadUInt64())]);
    }
}
