using System.Numerics;
using System.Runtime.InteropServices;

namespace Sluice.TextDuplicates;

/// <summary>
/// All pairs of sets at or above a Jaccard similarity, with none missed, by prefix filtering (Chaudhuri et al. 2006; Bayardo et al. 2007): with elements ordered from
/// rare to frequent, two similar sets share one of their first |set| − ⌈threshold · |set|⌉ + 1. Work depends on how much frequent elements sets have in
/// common, so there is a limit to it.
/// </summary>
public static class PrefixJoin
{
    const int LeastCounters = 1 << 16, MostCounters = 1 << 28;

    /// <summary>Calls <paramref name="found"/> once for each pair; a pair for which <paramref name="skip"/> is true is not looked at.</summary>
    /// <returns>False when it gave up after <paramref name="maxLooks"/> looks at possible pairs.</returns>
    public static bool TryPairs(ulong[][] sets, double threshold, long maxLooks, Action<int, int> found, Func<int, int, bool>? skip = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(threshold, 0);
        var counts = Counted(sets);
        var order = Enumerable.Range(0, sets.Length).Where(i => sets[i].Length > 0).ToArray();
        Array.Sort(order, (left, right) => sets[left].Length != sets[right].Length ? sets[left].Length.CompareTo(sets[right].Length) : left.CompareTo(right));

        // The sets that have an element: a chain through these, from the last one on.
        var lastOf = new Dictionary<ulong, int>();
        var (owners, earlier) = (new List<int>(), new List<int>());
        var seenWith = new int[sets.Length];
        Array.Fill(seenWith, -1);
        long looks = 0;
        foreach (var i in order)
        {
            var least = threshold * sets[i].Length;
            foreach (var element in SharedPrefix(sets[i], threshold, counts))
            {
                ref var last = ref CollectionsMarshal.GetValueRefOrAddDefault(lastOf, element, out var known);
                last = known ? last : -1;
                for (var at = last; at >= 0; at = earlier[at])
                {
                    if (++looks > maxLooks)
                    {
                        return false;
                    }

                    var j = owners[at];
                    if (sets[j].Length < least)
                    {
                        // Sets come by size: those before are smaller still.
                        break;
                    }

                    if (seenWith[j] != i)
                    {
                        seenWith[j] = i;
                        if (skip?.Invoke(i, j) != true && Jaccard.IsAtLeast(sets[i], sets[j], threshold))
                        {
                            found(j, i);
                        }
                    }
                }

                earlier.Add(last);
                last = owners.Count;
                owners.Add(i);
            }
        }

        return true;
    }

    /// <summary>How frequent elements are, up to 255, by a part of their bits: all that is needed is an order that is the same for all sets.</summary>
    static byte[] Counted(ulong[][] sets)
    {
        var total = Math.Clamp(2 * sets.Sum(set => (long)set.Length), LeastCounters, MostCounters);
        var counts = new byte[(int)Math.Min(MostCounters, BitOperations.RoundUpToPowerOf2((ulong)total))];
        foreach (var set in sets)
        {
            foreach (var element in set)
            {
                ref var count = ref counts[element & (ulong)(counts.Length - 1)];
                count += count == byte.MaxValue ? (byte)0 : (byte)1;
            }
        }

        return counts;
    }

    /// <summary>The elements of a prefix that any other set can have: those that only this one has come first, and often are the whole prefix.</summary>
    static ReadOnlySpan<ulong> SharedPrefix(ulong[] set, double threshold, byte[] counts)
    {
        var mask = (ulong)(counts.Length - 1);
        var shared = new List<ulong>();
        foreach (var element in set)
        {
            if (counts[element & mask] > 1)
            {
                shared.Add(element);
            }
        }

        // ⌈threshold · n⌉, from below: of two prefixes the longer one is right as well.
        var alike = (int)Math.Ceiling((threshold * set.Length) - 1e-9);
        var length = set.Length - Math.Max(1, alike) + 1 - (set.Length - shared.Count);
        if (length <= 0)
        {
            return [];
        }

        // From rare to frequent, those of one count by their upper bits.
        var sorted = shared.ToArray();
        Array.Sort(Array.ConvertAll(sorted, element => ((ulong)counts[element & mask] << 56) | (element >> 8)), sorted);
        return sorted.AsSpan(0, length);
    }
}
