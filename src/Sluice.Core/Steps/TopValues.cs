namespace Sluice.Steps;

/// <summary>
/// Exact counts of the different values of a column while there are few: at most <c>cap</c> of at most <c>maxBytes</c> bytes each.
/// Past that it knows only that there are more, and nothing else, so that the result does not depend on which values came first.
/// </summary>
public sealed class TopValues(int cap = 1000, int maxBytes = 256) : State
{
    int[] table = new int[16];
    readonly List<(byte[] Value, ulong Hash)> values = [];
    readonly List<long> counts = [];

    /// <summary>True when there are more than <c>cap</c> different values, or a longer one than <c>maxBytes</c>.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Number of different values; 0 when <see cref="IsOver"/>.</summary>
    public int Distinct => values.Count;

    public void Add(ReadOnlySpan<byte> value) => Add(value, RowHash.Bytes(value), 1);

    /// <param name="value">The value.</param>
    /// <param name="hash">Its <see cref="RowHash.Bytes"/> with seed 0.</param>
    /// <param name="count">How often it occurs.</param>
    public void Add(ReadOnlySpan<byte> value, ulong hash, long count)
    {
        if (IsOver)
        {
            return;
        }

        var at = Find(value, hash);
        if (table[at] > 0)
        {
            counts[table[at] - 1] += count;
            return;
        }

        if (values.Count == cap || value.Length > maxBytes)
        {
            Overflow();
            return;
        }

        values.Add((value.ToArray(), hash));
        counts.Add(count);
        table[at] = values.Count;
        if (values.Count * 2 > table.Length)
        {
            Grow();
        }
    }

    /// <summary>The most frequent values, most frequent first, equally frequent ones in byte order. Empty when <see cref="IsOver"/>.</summary>
    public IReadOnlyList<(byte[] Value, long Count)> Top(int take) =>
        [.. InOrder().OrderByDescending(item => item.Count).Take(take)];

    public override void Merge(State other)
    {
        var theirs = (TopValues)other;
        if (theirs.IsOver)
        {
            Overflow();
        }

        for (var i = 0; i < theirs.values.Count && !IsOver; i++)
        {
            Add(theirs.values[i].Value, theirs.values[i].Hash, theirs.counts[i]);
        }
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write(IsOver);
        writer.Write7BitEncodedInt(values.Count);
        foreach (var (value, count) in InOrder())
        {
            writer.Write7BitEncodedInt(value.Length);
            writer.Write(value);
            writer.Write7BitEncodedInt64(count);
        }
    }

    public override void Read(BinaryReader reader)
    {
        IsOver = reader.ReadBoolean();
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var value = reader.ReadBytes(reader.Read7BitEncodedInt());
            Add(value, RowHash.Bytes(value), reader.Read7BitEncodedInt64());
        }
    }

    IEnumerable<(byte[] Value, long Count)> InOrder() =>
        values.Select((item, i) => (item.Value, Count: counts[i])).OrderBy(item => item.Value, ByteOrder);

    static readonly Comparer<byte[]> ByteOrder = Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right));

    void Overflow()
    {
        IsOver = true;
        values.Clear();
        counts.Clear();
        table = new int[16];
    }

    int Find(ReadOnlySpan<byte> value, ulong hash)
    {
        var mask = table.Length - 1;
        var at = (int)(hash >> 32) & mask;
        while (table[at] > 0 && (values[table[at] - 1].Hash != hash || !value.SequenceEqual(values[table[at] - 1].Value)))
        {
            at = (at + 1) & mask;
        }

        return at;
    }

    void Grow()
    {
        table = new int[table.Length * 2];
        for (var i = 0; i < values.Count; i++)
        {
            table[Find(values[i].Value, values[i].Hash)] = i + 1;
        }
    }
}
