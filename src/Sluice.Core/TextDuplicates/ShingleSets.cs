using System.Runtime.InteropServices;
using Sluice.Steps;

namespace Sluice.TextDuplicates;

/// <summary>
/// The different shingle sets of a dataset, each under its hash: texts that differ in case and punctuation alone have one. Takes 8 bytes for each different
/// shingle of each different text, and refuses more than <paramref name="maxShingles"/>.
/// </summary>
public sealed class ShingleSets(long maxShingles = ShingleSets.DefaultMaxShingles) : State
{
    public const long DefaultMaxShingles = 250_000_000;

    /// <summary>Id of a text without letters or digits, which is like no other.</summary>
    public const ulong None = 0;

    readonly Dictionary<ulong, ulong[]> sets = [];
    long shingles;

    public int Count => sets.Count;

    /// <summary>Hash of a set.</summary>
    public static ulong IdOf(ReadOnlySpan<ulong> set) => set.IsEmpty ? None : Math.Max(1, RowHash.Bytes(MemoryMarshal.AsBytes(set)));

    public ulong Add(ReadOnlySpan<ulong> set)
    {
        var id = IdOf(set);
        if (id != None && !sets.ContainsKey(id))
        {
            Keep(id, set.ToArray());
        }

        return id;
    }

    /// <summary>All sets, by ascending id: in an order that does not depend on where they came from.</summary>
    public (ulong[] Ids, ulong[][] Sets) Sorted()
    {
        var ids = sets.Keys.ToArray();
        var values = new ulong[ids.Length][];
        Array.Sort(ids);
        for (var i = 0; i < ids.Length; i++)
        {
            values[i] = sets[ids[i]];
        }

        return (ids, values);
    }

    public override void Merge(State other)
    {
        foreach (var (id, set) in ((ShingleSets)other).sets)
        {
            if (!sets.ContainsKey(id))
            {
                Keep(id, set);
            }
        }
    }

    public override void Write(BinaryWriter writer)
    {
        var (ids, values) = Sorted();
        writer.Write7BitEncodedInt(ids.Length);
        for (var i = 0; i < ids.Length; i++)
        {
            writer.Write(ids[i]);
            writer.Write7BitEncodedInt(values[i].Length);
            writer.Write(MemoryMarshal.AsBytes<ulong>(values[i]));
        }
    }

    public override void Read(BinaryReader reader)
    {
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var id = reader.ReadUInt64();
            var set = new ulong[reader.Read7BitEncodedInt()];
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(set.AsSpan()));
            Keep(id, set);
        }
    }

    void Keep(ulong id, ulong[] set)
    {
        shingles += set.Length;
        if (shingles > maxShingles)
        {
            throw new DataException(
                $"near_duplicates found more than {maxShingles:N0} shingles in {sets.Count:N0} different texts; the limit is max_shingles = {maxShingles} "
                + "(8 bytes of memory each). Raise max_shingles, or name fewer or shorter columns.");
        }

        sets.Add(id, set);
    }
}
