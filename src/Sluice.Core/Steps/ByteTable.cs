namespace Sluice.Steps;

/// <summary>Different values, numbered in the order they come, found by their bytes without a managed string.</summary>
sealed class ByteTable
{
    readonly List<(byte[] Value, ulong Hash)> values = [];
    int[] table = new int[16];

    public int Count => values.Count;

    public byte[] this[int number] => values[number].Value;

    public ulong HashOf(int number) => values[number].Hash;

    /// <summary>Number of a value, or −1.</summary>
    public int Find(ReadOnlySpan<byte> value) => Find(value, RowHash.Bytes(value));

    /// <param name="value">The value.</param>
    /// <param name="hash">Its <see cref="RowHash.Bytes"/> with seed 0.</param>
    public int Find(ReadOnlySpan<byte> value, ulong hash) => table[Place(value, hash)] - 1;

    /// <summary>Number of a value, which is new when it was not there.</summary>
    public int Add(ReadOnlySpan<byte> value) => Add(value, RowHash.Bytes(value));

    /// <param name="value">The value.</param>
    /// <param name="hash">Its <see cref="RowHash.Bytes"/> with seed 0.</param>
    public int Add(ReadOnlySpan<byte> value, ulong hash)
    {
        var at = Place(value, hash);
        if (table[at] > 0)
        {
            return table[at] - 1;
        }

        values.Add((value.ToArray(), hash));
        table[at] = values.Count;
        if (values.Count * 2 > table.Length)
        {
            table = new int[table.Length * 2];
            for (var i = 0; i < values.Count; i++)
            {
                table[Place(values[i].Value, values[i].Hash)] = i + 1;
            }
        }

        return values.Count - 1;
    }

    /// <summary>Numbers in the order of the bytes of their values.</summary>
    public int[] InOrder()
    {
        var order = Enumerable.Range(0, Count).ToArray();
        Array.Sort(order, (a, b) => values[a].Value.AsSpan().SequenceCompareTo(values[b].Value));
        return order;
    }

    int Place(ReadOnlySpan<byte> value, ulong hash)
    {
        var mask = table.Length - 1;
        var at = (int)(hash >> 32) & mask;
        while (table[at] > 0 && (values[table[at] - 1].Hash != hash || !value.SequenceEqual(values[table[at] - 1].Value)))
        {
            at = (at + 1) & mask;
        }

        return at;
    }
}
