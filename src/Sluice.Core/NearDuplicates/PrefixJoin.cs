using System.Runtime.InteropServices;

namespace Sluice.NearDuplicates;

/// <summary>
/// All pairs of sets at or above a Jaccard similarity, with none missed, by prefix filtering (Chaudhuri et al. 2006; Bayardo et al. 2007): with elements ordered from
/// rare to frequent, two similar sets share one of their first |set| − ⌈threshold · |set|⌉ + 1. Work depends on how much frequent elements sets have in
/// common, so there is a limit to it.
/// </summary>
public static class PrefixJoin
{
    const int Counters = 1 << 20;

    /// <summary>Calls <paramref name="found"/> once for each pair; a pair for which <paramref name="skip"/> is true is not looked at.</summary>
    /// <returns>False when it gave up after <paramref name="maxLooks"/> looks at possible pairs.</returns>
    public static bool TryPairs(ulong[][] sets, double threshold, long maxLooks, Action<int, int> found, Func<int, int, bool>? skip = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(threshold, 0);
        var counts = Counted(sets);
        var order = Enumerable.Range(0, sets.Length).Where(i => sets[i].Length > 0).ToArray();
        Array.Sort(order, (left, right) => sets[left].Length != sets[right].Length ? sets[left].Length.CompareTo(sets[right].Length) : left.CompareTo(right));
        var postings = new Dictionary<ulong, List<int>>();
        var seenWith = new int[sets.Length];
        Array.Fill(seenWith, -1);
        long looks = 0;
        foreach (var i in order)
        {
            var least = threshold * sets[i].Length;
            foreach (var element in Prefix(sets[i], threshold, counts))
            {
                ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(postings, element, out _);
                list ??= [];
                looks += list.Count;
                if (looks > maxLooks)
                {
                    return false;
                }

                foreach (var j in list)
                {
                    if (seenWith[j] == i || sets[j].Length < least)
                    {
                        continue;
                    }

                    seenWith[j] = i;
                    if (skip?.Invoke(i, j) != true && Jaccard.IsAtLeast(sets[i], sets[j], threshold))
                    {
                        found(j, i);
                    }
                }

                list.Add(i);
            }
        }

        return true;
    }

    /// <summary>How frequent elements are, by a part of their bits: only an order that is the same for all sets is needed.</summary>
    static int[] Counted(ulong[][] sets)
    {
        var counts = new int[Counters];
        foreach (var set in sets)
        {
            foreach (var element in set)
            {
                counts[element & (Counters - 1)]++;
            }
        }

        return counts;
    }

    static ReadOnlySpan<ulong> Prefix(ulong[] set, double threshold, int[] counts)
    {
        var sorted = (ulong[])set.Clone();
        Array.Sort(Array.ConvertAll(set, element => ((ulong)counts[element & (Counters - 1)] << 32) | (element >> 32)), sorted);
        // ⌈threshold · n⌉, from below: of two prefixes the longer one is right as well.
        var shared = (int)Math.Ceiling((threshold * set.Length) - 1e-9);
        return sorted.AsSpan(0, set.Length - Math.Max(1, shared) + 1);
    }
}
