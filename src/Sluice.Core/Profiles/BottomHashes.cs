using Sluice.Steps;

namespace Sluice.Profiles;

/// <summary>
/// The smallest hashes of the different values of a column: a MinHash signature of the bottom-k kind (Cohen, Kaplan 2007). Two of them
/// estimate which share of their values two columns have in common; exact while there are fewer values than hashes.
/// </summary>
public sealed class BottomHashes(int size = BottomHashes.DefaultSize) : State
{
    public const int DefaultSize = 256;
    readonly HashSet<ulong> hashes = [];
    ulong limit = ulong.MaxValue;

    public void Add(ulong hash)
    {
        // The smallest hashes must be a fair draw, whatever hash function they come from.
        hash = (hash ^ (hash >> 32)) * 0xD6E8FEB86659FD93;
        hash ^= hash >> 29;
        if (hash <= limit && hashes.Add(hash) && hashes.Count >= 2 * size)
        {
            Trim();
        }
    }

    /// <summary>Jaccard similarity of the two sets of values; null when both are empty.</summary>
    public double? Similarity(BottomHashes other)
    {
        var union = InOrder().Union(other.InOrder()).Order().Take(size).ToList();
        return union.Count == 0 ? null : (double)union.Count(hash => hashes.Contains(hash) && other.hashes.Contains(hash)) / union.Count;
    }

    /// <summary>Standard error of <see cref="Similarity"/> at a value of it; 0 where it is exact.</summary>
    public double ErrorOf(double similarity, BottomHashes other) =>
        InOrder().Length + other.InOrder().Length <= size ? 0 : Math.Sqrt(similarity * (1 - similarity) / size);

    public override void Merge(State other)
    {
        hashes.UnionWith(((BottomHashes)other).hashes);
        limit = Math.Min(limit, ((BottomHashes)other).limit);
        Trim();
    }

    public override void Write(BinaryWriter writer)
    {
        var kept = InOrder();
        writer.Write7BitEncodedInt(kept.Length);
        Array.ForEach(kept, writer.Write);
    }

    public override void Read(BinaryReader reader)
    {
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            hashes.Add(reader.ReadUInt64());
        }

        Trim();
    }

    ulong[] InOrder()
    {
        Trim();
        return [.. hashes.Order()];
    }

    void Trim()
    {
        if (hashes.Count >= size)
        {
            limit = hashes.Order().ElementAt(size - 1);
            hashes.RemoveWhere(hash => hash > limit);
        }
    }
}
