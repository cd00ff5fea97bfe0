using Sluice.Steps;

namespace Sluice.SchemaDetection;

/// <summary>
/// The different values with the smallest hashes, each with its exact count: a uniform sample of the different values that does not depend on
/// order or batches, since a value that ends up in it was in it from its first occurrence on. It also estimates how many different values
/// there are (Bar-Yossef et al., 2002) and, as a bottom-k MinHash signature, how much of one column is in another (Cohen and Kaplan, 2007).
/// While there are at most <c>capacity</c> different values, it holds them all and everything is exact.
/// </summary>
sealed class ValueSample(int capacity) : State
{
    /// <summary>Bytes that are kept of a value; its hash and length are of all of it.</summary>
    public const int MaxBytes = 256;

    readonly Dictionary<ulong, Item> items = [];
    readonly PriorityQueue<ulong, ulong> largest = new(Comparer<ulong>.Create((left, right) => right.CompareTo(left)));

    /// <summary>Hashes from here on are not in the sample.</summary>
    ulong limit = ulong.MaxValue;

    public sealed record Item(byte[] Text, int Length)
    {
        public long Count { get; set; }
    }

    /// <summary>True when every different value is in the sample.</summary>
    public bool IsComplete => limit == ulong.MaxValue;

    public int Held => items.Count;

    /// <summary>Relative standard error of <see cref="Distinct"/>; 0 while complete.</summary>
    public double Error => IsComplete ? 0 : 1 / Math.Sqrt(capacity - 2);

    /// <summary>Different values, exact while <see cref="IsComplete"/>.</summary>
    public long Distinct => IsComplete ? items.Count : (long)Math.Round(items.Count / (limit / (double)ulong.MaxValue));

    /// <summary>In order of their hashes, which is a random order.</summary>
    public IEnumerable<(ulong Hash, Item Item)> Items => items.OrderBy(item => item.Key).Select(item => (item.Key, item.Value));

    /// <summary>The hash that the sample goes by, from one of the value.</summary>
    public static ulong Spread(ulong hash) => RowHash.Mix(hash ^ 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93);

    /// <summary>Counts a value that is in the sample; false when its text is asked for, by <c>Add</c>, or when it is of no interest.</summary>
    /// <param name="hash">Spread hash of the value.</param>
    /// <param name="wanted">Whether the value has to be added.</param>
    public bool TryCount(ulong hash, out bool wanted)
    {
        wanted = false;
        if (hash >= limit)
        {
            return false;
        }

        if (items.TryGetValue(hash, out var item))
        {
            item.Count++;
            return true;
        }

        wanted = true;
        return false;
    }

    public void Add(ulong hash, ReadOnlySpan<byte> text, long count) => Add(hash, text[..Math.Min(MaxBytes, text.Length)].ToArray(), text.Length, count);

    /// <summary>
    /// Share of this column's different values that the other column has, and by how many values it was judged; only hashes below both
    /// limits are judged, where both samples are complete.
    /// </summary>
    public (double Share, int Judged) IncludedIn(ValueSample other)
    {
        var bound = Math.Min(limit, other.limit);
        int judged = 0, found = 0;
        foreach (var hash in items.Keys)
        {
            if (hash < bound || bound == ulong.MaxValue)
            {
                judged++;
                found += other.items.ContainsKey(hash) ? 1 : 0;
            }
        }

        return (judged == 0 ? 0 : (double)found / judged, judged);
    }

    public override void Merge(State other)
    {
        var theirs = (ValueSample)other;
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
                Add(hash, item.Text, item.Length, item.Count);
            }
        }
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write(limit);
        writer.Write7BitEncodedInt(items.Count);
        foreach (var (hash, item) in Items)
        {
            writer.Write(hash);
            writer.Write7BitEncodedInt64(item.Count);
            writer.Write7BitEncodedInt(item.Length);
            writer.Write7BitEncodedInt(item.Text.Length);
            writer.Write(item.Text);
        }
    }

    public override void Read(BinaryReader reader)
    {
        limit = reader.ReadUInt64();
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var hash = reader.ReadUInt64();
            var count = reader.Read7BitEncodedInt64();
            var length = reader.Read7BitEncodedInt();
            Add(hash, reader.ReadBytes(reader.Read7BitEncodedInt()), length, count);
        }
    }

    void Add(ulong hash, byte[] text, int length, long count)
    {
        if (hash >= limit)
        {
            return;
        }

        items.Add(hash, new Item(text, length) { Count = count });
        largest.Enqueue(hash, hash);
        if (items.Count > capacity)
        {
            limit = largest.Peek();
            Shrink();
        }
    }

    void Shrink()
    {
        while (largest.Count > 0 && largest.Peek() >= limit)
        {
            items.Remove(largest.Dequeue());
        }
    }
}
