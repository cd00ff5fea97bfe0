using Sluice.Steps;

namespace Sluice.SchemaDetection;

/// <summary>A bounded uniform sample of the different rows, one hash a cell, in which dependencies between columns are looked for.</summary>
sealed class CellHashSample(int columns, int capacity) : State
{
    readonly BottomSample<ulong[]> rows = new(capacity);

    /// <summary>True when every different row is in the sample.</summary>
    public bool IsComplete => rows.IsComplete;

    public int Count => rows.Count;

    /// <summary>In order of their hashes.</summary>
    public IEnumerable<(ulong Hash, ulong[] Cells, long Count)> Rows => rows.InOrder();

    public void Observe(IReadOnlyList<Column> cells, int count)
    {
        var keys = RowHash.Rows(cells, count);
        for (var row = 0; row < count; row++)
        {
            var hash = ValueSample.Spread(keys[row].High);
            if (rows.Wants(hash))
            {
                var own = new ulong[columns];
                for (var column = 0; column < columns; column++)
                {
                    own[column] = CellHash.Of(cells[column], row);
                }

                rows.Add(hash, own, 1);
            }
        }
    }

    public override void Merge(State other) => rows.Merge(((CellHashSample)other).rows);

    public override void Write(BinaryWriter writer) => rows.Write(writer, static (to, cells) => Array.ForEach(cells, to.Write));

    public override void Read(BinaryReader reader) => rows.Read(reader, from =>
    {
        var cells = new ulong[columns];
        for (var i = 0; i < columns; i++)
        {
            cells[i] = from.ReadUInt64();
        }

        return cells;
    });
}
