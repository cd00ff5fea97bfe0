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

    readonly BottomSample<(byte[] Text, int Length)> items = new(capacity);

    public sealed record Item(byte[] Text, int Length, long Count);

    /// <summary>True when every different value is in the sample.</summary>
    public bool IsComplete => items.IsComplete;

    public int Held => items.Count;

    /// <summary>Relative standard error of <see cref="Distinct"/>; 0 while complete.</summary>
    public double Error => IsComplete ? 0 : 1 / Math.Sqrt(capacity - 2);

    /// <summary>Different values, exact while <see cref="IsComplete"/>.</summary>
    public long Distinct => IsComplete ? items.Count : (long)Math.Round(items.Count / (items.Limit / (double)ulong.MaxValue));

    /// <summary>In order of their hashes, which is a random order.</summary>
    public IEnumerable<(ulong Hash, Item Item)> Items => items.InOrder().Select(item => (item.Hash, new Item(item.Value.Text, item.Value.Length, item.Count)));

    /// <summary>The hash that the sample goes by, from one of the value.</summary>
    public static ulong Spread(ulong hash) => RowHash.Mix(hash ^ 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93);

    /// <summary>Counts a value that is in the sample; true when it is not, and its text is to be added.</summary>
    /// <param name="hash">Spread hash of the value.</param>
    public bool Wants(ulong hash) => items.Wants(hash);

    public void Add(ulong hash, ReadOnlySpan<byte> text, long count) => items.Add(hash, (text[..Math.Min(MaxBytes, text.Length)].ToArray(), text.Length), count);

    /// <summary>
    /// Share of this column's different values that the other column has, and by how many values it was judged; only hashes below both
    /// limits are judged, where both samples are complete.
    /// </summary>
    public (double Share, int Judged) IncludedIn(ValueSample other)
    {
        var bound = Math.Min(items.Limit, other.items.Limit);
        int judged = 0, found = 0;
        foreach (var hash in items.Hashes)
        {
            if (hash < bound || bound == ulong.MaxValue)
            {
                judged++;
                found += other.items.Has(hash) ? 1 : 0;
            }
        }

        return (judged == 0 ? 0 : (double)found / judged, judged);
    }

    public override void Merge(State other) => items.Merge(((ValueSample)other).items);

    public override void Write(BinaryWriter writer) => items.Write(writer, static (to, value) =>
    {
        to.Write7BitEncodedInt(value.Length);
        to.Write7BitEncodedInt(value.Text.Length);
        to.Write(value.Text);
    });

    public override void Read(BinaryReader reader) => items.Read(reader, static from =>
    {
        var length = from.Read7BitEncodedInt();
        return (from.ReadBytes(from.Read7BitEncodedInt()), length);
    });
}
