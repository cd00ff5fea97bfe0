namespace Sluice.Steps;

/// <summary>
/// Of things that have a hash, the different ones with the smallest hashes (bottom-k sampling): a uniform sample. Each has the exact number of its copies,
/// because what is in it at the end was in it from its first copy on. Which are in it depends on their content alone, so samples merge to equal bytes in any
/// order and shape.
/// </summary>
/// <param name="capacity">Different things to keep at most.</param>
public sealed class BottomSample<T>(int capacity)
{
    readonly Dictionary<ulong, Entry> entries = [];
    readonly PriorityQueue<ulong, ulong> largest = new(Comparer<ulong>.Create((left, right) => right.CompareTo(left)));

    sealed class Entry(T value)
    {
        public readonly T Value = value;
        public long Count;
    }

    /// <summary>Hashes from here on are not in the sample.</summary>
    public ulong Limit { get; private set; } = ulong.MaxValue;

    /// <summary>Whether everything is in it: then what is computed from it is exact.</summary>
    public bool IsComplete => Limit == ulong.MaxValue;

    /// <summary>Different things in it.</summary>
    public int Count => entries.Count;

    public IEnumerable<ulong> Hashes => entries.Keys;

    /// <summary>In order of the hashes, which is a random order.</summary>
    public IEnumerable<(ulong Hash, T Value, long Count)> InOrder() => entries.OrderBy(e => e.Key).Select(e => (e.Key, e.Value.Value, e.Value.Count));

    public bool Has(ulong hash) => entries.ContainsKey(hash);

    /// <summary>Counts one more copy of what is in it; true when it is not, and its value is to be added.</summary>
    public bool Wants(ulong hash)
    {
        if (hash >= Limit)
        {
            return false;
        }

        if (!entries.TryGetValue(hash, out var entry))
        {
            return true;
        }

        entry.Count++;
        return false;
    }

    /// <summary>Adds copies.</summary>
    public void Add(ulong hash, T value, long count)
    {
        if (hash >= Limit)
        {
            return;
        }

        if (!entries.TryGetValue(hash, out var entry))
        {
            entries.Add(hash, entry = new Entry(value));
            largest.Enqueue(hash, hash);
        }

        entry.Count += count;
        if (entries.Count > capacity)
        {
            Lower(largest.Peek());
        }
    }

    public void Merge(BottomSample<T> other)
    {
        Lower(other.Limit);
        foreach (var (hash, entry) in other.entries)
        {
            Add(hash, entry.Value, entry.Count);
        }
    }

    public void Write(BinaryWriter writer, Action<BinaryWriter, T> write)
    {
        writer.Write(Limit);
        writer.Write7BitEncodedInt(entries.Count);
        foreach (var (hash, value, count) in InOrder())
        {
            writer.Write(hash);
            writer.Write7BitEncodedInt64(count);
            write(writer, value);
        }
    }

    public void Read(BinaryReader reader, Func<BinaryReader, T> read)
    {
        Limit = reader.ReadUInt64();
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var (hash, count) = (reader.ReadUInt64(), reader.Read7BitEncodedInt64());
            Add(hash, read(reader), count);
        }
    }

    void Lower(ulong to)
    {
        Limit = Math.Min(Limit, to);
        while (largest.Count > 0 && largest.Peek() >= Limit)
        {
            entries.Remove(largest.Dequeue());
        }
    }
}
