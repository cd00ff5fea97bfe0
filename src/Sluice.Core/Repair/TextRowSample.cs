using Sluice.Steps;

namespace Sluice.Repair;

/// <summary>
/// The rows with the lowest hashes of their content, as text, and how often each is there: the same sample whatever the order and the batches.
/// </summary>
sealed class TextRowSample(int maxRows) : State
{
    readonly Dictionary<RowKey, (long Count, string?[] Row)> rows = [];
    readonly SortedSet<RowKey> order = [];

    /// <summary>The rows in the order of their hashes, each as often as it is there, up to <paramref name="maxCopies"/> times.</summary>
    public IEnumerable<string?[]> Rows(int maxCopies) =>
        order.SelectMany(key => Enumerable.Repeat(rows[key].Row, (int)Math.Min(rows[key].Count, maxCopies)));

    public void Add(Batch texts)
    {
        var keys = RowHash.Rows(texts.Columns, texts.Rows);
        for (var row = 0; row < texts.Rows; row++)
        {
            if (rows.TryGetValue(keys[row], out var known))
            {
                rows[keys[row]] = known with { Count = known.Count + 1 };
            }
            else if (order.Count < maxRows || keys[row] < order.Max)
            {
                Add(keys[row], 1, TextTable.Row(texts, row));
            }
        }
    }

    public override void Merge(State other)
    {
        foreach (var (key, (count, row)) in ((TextRowSample)other).rows)
        {
            Add(key, count, row);
        }
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write7BitEncodedInt(order.Count);
        foreach (var key in order)
        {
            var (count, row) = rows[key];
            writer.Write(key.High);
            writer.Write(key.Low);
            writer.Write7BitEncodedInt64(count);
            writer.Write7BitEncodedInt(row.Length);
            foreach (var value in row)
            {
                writer.Write(value is not null);
                writer.Write(value ?? "");
            }
        }
    }

    public override void Read(BinaryReader reader)
    {
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var key = new RowKey(reader.ReadUInt64(), reader.ReadUInt64());
            var count = reader.Read7BitEncodedInt64();
            var row = new string?[reader.Read7BitEncodedInt()];
            for (var i = 0; i < row.Length; i++)
            {
                var (isPresent, value) = (reader.ReadBoolean(), reader.ReadString());
                row[i] = isPresent ? value : null;
            }

            Add(key, count, row);
        }
    }

    // A hash that goes cannot be among the lowest later, so what stays has been counted from the first time on.
    void Add(RowKey key, long count, string?[] row)
    {
        rows[key] = (rows.GetValueOrDefault(key).Count + count, row);
        order.Add(key);
        if (order.Count > maxRows)
        {
            rows.Remove(order.Max);
            order.Remove(order.Max);
        }
    }
}
