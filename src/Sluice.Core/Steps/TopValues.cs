namespace Sluice.Steps;

/// <summary>
/// Exact counts of the different values of a column while there are few: at most <c>cap</c> of at most <c>maxBytes</c> bytes each.
/// Past that it knows only that there are more, and nothing else, so that the result does not depend on which values came first.
/// </summary>
public sealed class TopValues(int cap = 1000, int maxBytes = 256) : State
{
    ByteTable values = new();
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

        if (values.Find(value, hash) is var known and >= 0)
        {
            counts[known] += count;
        }
        else if (values.Count == cap || value.Length > maxBytes)
        {
            Overflow();
        }
        else
        {
            values.Add(value, hash);
            counts.Add(count);
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
            Add(theirs.values[i], theirs.values.HashOf(i), theirs.counts[i]);
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

    IEnumerable<(byte[] Value, long Count)> InOrder() => values.InOrder().Select(number => (values[number], counts[number]));

    void Overflow()
    {
        (IsOver, values) = (true, new ByteTable());
        counts.Clear();
    }
}
