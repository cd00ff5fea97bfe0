using Sluice.Steps;

namespace Sluice.SchemaDetection;

/// <summary>
/// The different rows with the smallest hashes, each with its exact count and one hash a cell: a uniform sample of the different rows, independent
/// of order and batches, in which dependencies between columns are looked for.
/// </summary>
sealed class RowSample(int columns, int capacity) : State
{
    readonly Dictionary<ulong, Item> items = [];
    readonly PriorityQueue<ulong, ulong> largest = new(Comparer<ulong>.Create((left, right) => right.CompareTo(left)));
    ulong limit = ulong.MaxValue;

    public sealed record Item(ulong[] Cells)
    {
        public long Count { get; set; }
    }

    /// <summary>True when every different row is in the sample.</summary>
    public bool IsComplete => limit == ulong.MaxValue;

    public int Count => items.Count;

    /// <summary>In order of their hashes.</summary>
    public IEnumerable<Item> Rows => InOrder().Select(item => item.Value);

    public void Observe(IReadOnlyList<Column> cells, int rows)
    {
        var keys = RowHash.Rows(cells, rows);
        for (var row = 0; row < rows; row++)
        {
            var hash = ValueSample.Spread(keys[row].High);
            if (hash >= limit)
            {
                continue;
            }

            if (items.TryGetValue(hash, out var item))
            {
                item.Count++;
                continue;
            }

            var values = new ulong[columns];
            for (var column = 0; column < columns; column++)
            {
                values[column] = CellHash.Of(cells[column], row);
            }

            Add(hash, values, 1);
        }
    }

    public override void Merge(State other)
    {
        var theirs = (RowSample)other;
        limit = Math.Min(limit, theirs.limit);
        Shrink();
        foreach (var (hash, item) in theirs.items)
        {
            if (items.TryGetValue(hash, out var mine))
            {
                mine.Count += item.Count;
            }
            else
            {
                Add(hash, item.Cells, item.Count);
            }
        }
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write(limit);
        writer.Write7BitEncodedInt(items.Count);
        foreach (var (hash, item) in InOrder())
        {
            writer.Write(hash);
            writer.Write7BitEncodedInt64(item.Count);
            foreach (var cell in item.Cells)
            {
                writer.Write(cell);
            }
        }
    }

    public override void Read(BinaryReader reader)
    {
        limit = reader.ReadUInt64();
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var hash = reader.ReadUInt64();
            var count = reader.Read7BitEncodedInt64();
            var cells = new ulong[columns];
            for (var i = 0; i < columns; i++)
            {
                cells[i] = reader.ReadUInt64();
            }

            Add(hash, cells, count);
        }
    }

    void Add(ulong hash, ulong[] cells, long count)
    {
        if (hash >= limit)
        {
            return;
        }

        items.Add(hash, new Item(cells) { Count = count });
        largest.Enqueue(hash, hash);
        if (items.Count > capacity)
        {
            limit = largest.Peek();
            Shrink();
        }
    }

    IEnumerable<KeyValuePair<ulong, Item>> InOrder() => items.OrderBy(item => item.Key);

    void Shrink()
    {
        while (largest.Count > 0 && largest.Peek() >= limit)
        {
            items.Remove(largest.Dequeue());
        }
    }
}
