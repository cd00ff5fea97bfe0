namespace Sluice.TextDuplicates;

/// <summary>
/// Pairs of similar sets by locality-sensitive hashing: sets that share a band's key are candidates, and each candidate is verified by its exact Jaccard
/// similarity, so that no pair is false. Pairs that share no band are missed, with the probability that <see cref="MinHash.Recall"/> gives.
/// </summary>
public sealed class LshJoin
{
    readonly ulong[][] sets;
    readonly MinHash hash;

    // Band by band: the keys, and the sets they are of, in the order of the keys.
    readonly ulong[][] keys;
    readonly int[][] order;

    /// <param name="sets">Ascending sets; empty ones are like no other.</param>
    /// <param name="hash">Bands to use.</param>
    public LshJoin(ulong[][] sets, MinHash hash)
    {
        (this.sets, this.hash) = (sets, hash);
        var filled = Enumerable.Range(0, sets.Length).Where(i => sets[i].Length > 0).ToArray();
        keys = [.. Enumerable.Range(0, hash.Bands).Select(_ => new ulong[sets.Length])];
        Parallel.For(0, (filled.Length + 1023) / 1024, block =>
        {
            Span<ulong> own = stackalloc ulong[hash.Bands];
            foreach (var i in filled.AsSpan(block * 1024, Math.Min(1024, filled.Length - (block * 1024))))
            {
                hash.BandKeys(sets[i], own);
                for (var band = 0; band < own.Length; band++)
                {
                    keys[band][i] = own[band];
                }
            }
        });
        order = new int[hash.Bands][];
        Parallel.For(0, hash.Bands, band => order[band] = Sorted(keys[band], filled));
    }

    /// <summary>Different pairs that share a band, before they are verified; for reports.</summary>
    public long Candidates { get; private set; }

    /// <summary>Calls <paramref name="found"/> once for each verified pair.</summary>
    public void Pairs(double threshold, Action<int, int> found)
    {
        ForEachCandidate((left, right, band) =>
        {
            if (!SharesEarlier(left, right, band))
            {
                Candidates++;
                if (Jaccard.IsAtLeast(sets[left], sets[right], threshold))
                {
                    found(left, right);
                }
            }
        });
    }

    /// <summary>Unites the ids of similar sets; gives how often that joined two components. Pairs that are in one already are not looked at again.</summary>
    public long Unite(double threshold, ulong[] ids, MinUnion union)
    {
        long joined = 0;
        ForEachCandidate((left, right, band) =>
        {
            if (!SharesEarlier(left, right, band) && union.Find(ids[left]) != union.Find(ids[right]))
            {
                Candidates++;
                joined += Jaccard.IsAtLeast(sets[left], sets[right], threshold) && union.Unite(ids[left], ids[right]) ? 1 : 0;
            }
        });
        return joined;
    }

    void ForEachCandidate(Action<int, int, int> look)
    {
        for (var band = 0; band < hash.Bands; band++)
        {
            var (own, sorted) = (keys[band], order[band]);
            for (int from = 0, to; from < sorted.Length; from = to)
            {
                for (to = from + 1; to < sorted.Length && own[sorted[to]] == own[sorted[from]]; to++)
                {
                    for (var before = from; before < to; before++)
                    {
                        look(sorted[before], sorted[to], band);
                    }
                }
            }
        }
    }

    bool SharesEarlier(int left, int right, int band)
    {
        for (var earlier = 0; earlier < band; earlier++)
        {
            if (keys[earlier][left] == keys[earlier][right])
            {
                return true;
            }
        }

        return false;
    }

    static int[] Sorted(ulong[] keys, int[] filled)
    {
        var own = new ulong[filled.Length];
        var order = (int[])filled.Clone();
        for (var i = 0; i < own.Length; i++)
        {
            own[i] = keys[filled[i]];
        }

        // Which of equal keys comes first does not matter: all of their pairs are looked at.
        Array.Sort(own, order);
        return order;
    }
}
