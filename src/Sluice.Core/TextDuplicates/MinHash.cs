using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sluice.TextDuplicates;

/// <summary>
/// MinHash (Broder 1997) with banding: two sets share a band's key with probability J^rows, and any of them with 1 − (1 − J^rows)^bands, where J is their Jaccard
/// similarity. Each permutation is of 32 bits, eight at a time; the keys of the bands have 64. The same on every machine.
/// </summary>
public sealed class MinHash
{
    const ulong Seed = 1;
    const uint Finish = 0x9E3779B1;
    readonly uint[] factors;
    readonly uint[] masks;

    /// <param name="bands">Bands of the signature.</param>
    /// <param name="rows">Permutations of a band.</param>
    /// <param name="seed">Another seed, other permutations.</param>
    public MinHash(int bands = 14, int rows = 8, ulong seed = Seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bands, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        (Bands, Rows) = (bands, rows);
        var lanes = (bands * rows + Vector256<uint>.Count - 1) / Vector256<uint>.Count * Vector256<uint>.Count;
        (factors, masks) = (new uint[lanes], new uint[lanes]);
        for (var i = 0; i < lanes; i++)
        {
            var random = RowHash.Mix(seed + ((ulong)i * 0x9E3779B97F4A7C15) + 0xA0761D6478BD642F, 0xE7037ED1A0B428DB);

            // An odd factor makes a permutation.
            (factors[i], masks[i]) = ((uint)(random >> 32) | 1, (uint)random);
        }
    }

    /// <summary>
    /// Of bands that use about <paramref name="permutations"/>, those with the longest rows (so the fewest candidates in vain) that find a pair at
    /// <paramref name="threshold"/> with at least probability <paramref name="recall"/>.
    /// </summary>
    public static MinHash For(double threshold, double recall = 0.99, int permutations = 112, ulong seed = Seed)
    {
        var rows = 8;
        while (rows > 1 && Probability(threshold, permutations / rows, rows) < recall)
        {
            rows--;
        }

        return new MinHash(permutations / rows, rows, seed);
    }

    public int Bands { get; }

    public int Rows { get; }

    /// <summary>Probability that a pair of this Jaccard similarity becomes a candidate.</summary>
    public double Recall(double jaccard) => Probability(jaccard, Bands, Rows);

    /// <summary>One key per band for a set that is not empty.</summary>
    public void BandKeys(ReadOnlySpan<ulong> set, Span<ulong> keys)
    {
        Span<uint> minima = stackalloc uint[factors.Length];
        for (var lane = 0; lane < factors.Length; lane += Vector256<uint>.Count)
        {
            var factor = Vector256.Create<uint>(factors.AsSpan(lane));
            var mask = Vector256.Create<uint>(masks.AsSpan(lane));
            var least = Vector256<uint>.AllBitsSet;
            foreach (var shingle in set)
            {
                var hash = (Vector256.Create((uint)shingle) ^ mask) * factor;
                hash = (hash ^ (hash >>> 15)) * Vector256.Create(Finish);
                least = Vector256.Min(least, hash);
            }

            least.CopyTo(minima[lane..]);
        }

        for (var band = 0; band < Bands; band++)
        {
            // The number of the band keeps equal minima of two bands apart.
            keys[band] = RowHash.Bytes(MemoryMarshal.AsBytes(minima.Slice(band * Rows, Rows)), (ulong)band + 1);
        }
    }

    static double Probability(double jaccard, int bands, int rows) => 1 - Math.Pow(1 - Math.Pow(jaccard, rows), bands);
}
