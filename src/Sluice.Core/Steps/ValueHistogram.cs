using System.Numerics;

namespace Sluice.Steps;

/// <summary>
/// How often each double occurs: exact while there are at most <c>cap</c> different values, and beyond that in buckets of the
/// finest floating-point precision at which at most <c>cap</c> buckets remain. That precision depends only on the set of all values,
/// never on how they were divided, so states merge to equal bytes in any order and shape.
/// NaN is not a value: callers count it as missing. −0 is 0.
/// </summary>
public sealed partial class ValueHistogram : State
{
    public const int DefaultCap = 16_384;
    const ulong Golden = 0x9E3779B97F4A7C15;
    readonly int cap;
    ulong[] keys = new ulong[64];
    long[] counts = new long[64];
    int used, shift;

    // Order-preserving bits of the extremes, exact at any precision.
    ulong lowest = ulong.MaxValue, highest;
    (ulong[] Keys, long[] Ends)? sorted;

    public ValueHistogram(int cap = DefaultCap)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cap, 2);
        this.cap = cap;
    }

    /// <summary>Number of values added.</summary>
    public long Count { get; private set; }

    /// <summary>Number of different values, or of buckets when not <see cref="IsExact"/>.</summary>
    public int Buckets => used;

    public bool IsExact => shift == 0;

    /// <summary>Greatest relative error of a quantile: 0 while exact, else 2^−(mantissa bits kept). Holds for normal doubles.</summary>
    public double RelativeError => shift == 0 ? 0 : shift > 52 ? double.PositiveInfinity : Math.ScaleB(1, shift - 52);

    /// <summary>Smallest value, exactly; NaN without values.</summary>
    public double Min => Count == 0 ? double.NaN : FromKey(lowest);

    /// <summary>Largest value, exactly; NaN without values.</summary>
    public double Max => Count == 0 ? double.NaN : FromKey(highest);

    public void Add(ReadOnlySpan<double> values)
    {
        foreach (var value in values)
        {
            if (!double.IsNaN(value))
            {
                Add(value);
            }
        }
    }

    public void Add(double value) => Add(value, 1);

    /// <param name="value">Not NaN.</param>
    /// <param name="count">How often it occurs, at least once.</param>
    public void Add(double value, long count)
    {
        var key = ToKey(value);
        lowest = Math.Min(lowest, key);
        highest = Math.Max(highest, key);
        Count += count;
        sorted = null;
        Insert(key >> shift, count);
        if (used > cap)
        {
            Coarsen(FinestShift());
        }
    }

    public override void Merge(State other)
    {
        var theirs = (ValueHistogram)other;
        if (theirs.shift > shift)
        {
            Coarsen(theirs.shift);
        }

        for (var i = 0; i < theirs.keys.Length; i++)
        {
            if (theirs.counts[i] > 0)
            {
                Insert(theirs.keys[i] >> (shift - theirs.shift), theirs.counts[i]);
            }
        }

        lowest = Math.Min(lowest, theirs.lowest);
        highest = Math.Max(highest, theirs.highest);
        Count += theirs.Count;
        sorted = null;
        if (used > cap)
        {
            Coarsen(FinestShift());
        }
    }

    public override void Write(BinaryWriter writer)
    {
        var (order, ends) = Sorted();
        writer.Write((byte)shift);
        writer.Write(lowest);
        writer.Write(highest);
        writer.Write7BitEncodedInt(order.Length);
        var (before, end) = (0UL, 0L);
        for (var i = 0; i < order.Length; i++)
        {
            writer.Write7BitEncodedInt64((long)(order[i] - before));
            writer.Write7BitEncodedInt64(ends[i] - end);
            (before, end) = (order[i], ends[i]);
        }
    }

    public override void Read(BinaryReader reader)
    {
        shift = reader.ReadByte();
        lowest = reader.ReadUInt64();
        highest = reader.ReadUInt64();
        var key = 0UL;
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            key += (ulong)reader.Read7BitEncodedInt64();
            var count = reader.Read7BitEncodedInt64();
            Insert(key, count);
            Count += count;
        }
    }

    void Insert(ulong key, long count)
    {
        var at = Slot(key);
        if (counts[at] == 0)
        {
            keys[at] = key;
            used++;
        }

        counts[at] += count;
        if (used * 2 > keys.Length)
        {
            Rebuild(keys.Length * 2, 0);
        }
    }

    int Slot(ulong key)
    {
        var mask = keys.Length - 1;
        var at = (int)((key * Golden) >> 32) & mask;
        while (counts[at] != 0 && keys[at] != key)
        {
            at = (at + 1) & mask;
        }

        return at;
    }

    void Coarsen(int to)
    {
        Rebuild(keys.Length, to - shift);
        shift = to;
        sorted = null;
    }

    void Rebuild(int size, int drop)
    {
        var (oldKeys, oldCounts) = (keys, counts);
        keys = new ulong[size];
        counts = new long[size];
        used = 0;
        for (var i = 0; i < oldKeys.Length; i++)
        {
            if (oldCounts[i] > 0)
            {
                var at = Slot(oldKeys[i] >> drop);
                used += counts[at] == 0 ? 1 : 0;
                keys[at] = oldKeys[i] >> drop;
                counts[at] += oldCounts[i];
            }
        }
    }

    // Sorted neighbours fall together once every bit in which they differ is dropped; count how many pairs each drop joins.
    int FinestShift()
    {
        var order = Sorted().Keys;
        Span<int> differAt = stackalloc int[64];
        for (var i = 1; i < order.Length; i++)
        {
            differAt[BitOperations.Log2(order[i] ^ order[i - 1])]++;
        }

        var (left, drop) = (order.Length, 0);
        while (left > cap)
        {
            left -= differAt[drop++];
        }

        return shift + drop;
    }

    // Bits whose unsigned order is the order of the doubles: flip all bits of negatives, and only the sign of the others.
    internal static ulong ToKey(double value)
    {
        var bits = BitConverter.DoubleToUInt64Bits(value == 0 ? 0 : value);
        return (bits >> 63) != 0 ? ~bits : bits | (1UL << 63);
    }

    internal static double FromKey(ulong key) => BitConverter.UInt64BitsToDouble((key >> 63) != 0 ? key & ~(1UL << 63) : ~key);
}
