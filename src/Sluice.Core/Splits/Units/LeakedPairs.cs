using Sluice.Profiles;
using Sluice.TextDuplicates;
using Sluice.VectorSpace;

namespace Sluice.Splits.Units;

/// <summary>Near-duplicates that are in different sets, looked for again after the split by other means than those that found its units.</summary>
/// <param name="Threshold">Jaccard similarity, or cosine where texts are compared by meaning, from which a pair counts.</param>
/// <param name="Pairs">Pairs of texts found in different sets: by MinHash or hyperplanes with another seed, each candidate compared exactly; and by the sample.</param>
/// <param name="CandidateRecall">Probability that those bands bring up a pair exactly at the threshold.</param>
/// <param name="SampledPairs">Pairs of texts in different sets that were drawn at random and compared exactly.</param>
/// <param name="SampledLeaks">How many of these draws count; one pair may be drawn more than once.</param>
/// <param name="Bound">Most pairs that can be in different sets.</param>
/// <param name="Confidence">Probability that the bound holds; 1 where every pair that can reach the threshold was compared.</param>
public sealed record LeakedPairs(
    double Threshold, long Pairs, double CandidateRecall, long SampledPairs, long SampledLeaks, double Bound, double Confidence)
{
    const int Sample = 100_000;

    // Nobody wants to know of more, and each is remembered.
    const int MostPairs = 5_000_000;
    const ulong OtherSeed = 0x5DEECE66D;
    const double SampleConfidence = 0.95;

    /// <summary>Looks for pairs.</summary>
    /// <param name="texts">All texts.</param>
    /// <param name="near">When they are near-duplicates.</param>
    /// <param name="setOf">Set of each text, by its id.</param>
    public static LeakedPairs Count(ShingleSets texts, NearDuplicateOptions near, IReadOnlyDictionary<ulong, int> setOf)
    {
        var (ids, all) = texts.Sorted();
        var sets = Array.ConvertAll(ids, id => setOf.TryGetValue(id, out var set) ? set : -1);
        var hash = NearDuplicateFinder.Bands(near, OtherSeed);
        var pairs = new HashSet<(int, int)>();
        new LshJoin(all, hash).Pairs(near.Threshold, (left, right) =>
        {
            if (Crosses(left, right))
            {
                pairs.Add((Math.Min(left, right), Math.Max(left, right)));
            }
        });
        var (sampled, leaks) = Draw(sets, (left, right) => Jaccard.IsAtLeast(all[left], all[right], near.Threshold), pairs);
        var (bound, confidence) = Bounded(all, near, Crosses, CrossPairs(sets), sampled, leaks);
        return new LeakedPairs(near.Threshold, pairs.Count, hash.Recall(near.Threshold), sampled, leaks, Math.Max(bound, pairs.Count), confidence);

        bool Crosses(int left, int right) => sets[left] != sets[right] && sets[left] >= 0 && sets[right] >= 0;
    }

    /// <summary>Looks for pairs of vectors.</summary>
    /// <param name="alike">All different vectors, by hyperplanes that the split did not use.</param>
    /// <param name="cosine">From which two are a pair.</param>
    /// <param name="sets">Set of each; below 0 for none.</param>
    public static LeakedPairs Count(AlikePairs alike, double cosine, int[] sets)
    {
        bool Crosses(int left, int right) => sets[left] != sets[right] && sets[left] >= 0 && sets[right] >= 0;
        var pairs = new HashSet<(int, int)>();
        alike.Find((left, right) => pairs.Count < MostPairs && Crosses(left, right), (left, right) => pairs.Add((Math.Min(left, right), Math.Max(left, right))), CancellationToken.None);
        var (sampled, leaks) = Draw(sets, alike.IsPair, pairs);
        var (bound, confidence) = pairs.Count >= MostPairs ? (CrossPairs(sets), 1) : alike.IsExact ? (pairs.Count, 1.0) : (Probability.UpperShare(leaks, sampled, SampleConfidence) * CrossPairs(sets), SampleConfidence);
        return new LeakedPairs(cosine, pairs.Count, alike.Recall, sampled, leaks, Math.Max(bound, pairs.Count), confidence);
    }

    static (double Bound, double Confidence) Bounded(
        ulong[][] all, NearDuplicateOptions near, Func<int, int, bool> crosses, double crossPairs, long sampled, long leaks)
    {
        long exact = 0;
        return PrefixJoin.TryPairs(all, near.Threshold, near.MaxLooks, (_, _) => exact++, (left, right) => !crosses(left, right))
            ? (exact, 1)
            : (Probability.UpperShare(leaks, sampled, SampleConfidence) * crossPairs, SampleConfidence);
    }

    /// <summary>Pairs of texts at random by hash, with replacement: the same for the same texts. Leaks are added to <paramref name="pairs"/>.</summary>
    static (long Sampled, long Leaks) Draw(int[] sets, Func<int, int, bool> isPair, HashSet<(int, int)> pairs)
    {
        long sampled = 0, leaks = 0;
        for (var draw = 0; draw < Sample && sets.Length > 1; draw++)
        {
            var random = RowHash.Mix(OtherSeed + ((ulong)draw << 20), 0xE7037ED1A0B428DB);
            var (left, right) = ((int)((uint)random % (uint)sets.Length), (int)((random >> 32) % (uint)sets.Length));
            if (sets[left] != sets[right] && sets[left] >= 0 && sets[right] >= 0)
            {
                sampled++;
                if (isPair(left, right))
                {
                    leaks++;
                    pairs.Add((Math.Min(left, right), Math.Max(left, right)));
                }
            }
        }

        return (sampled, leaks);
    }

    static double CrossPairs(int[] sets)
    {
        var sizes = sets.Where(set => set >= 0).GroupBy(set => set).Select(g => (double)g.Count()).ToArray();
        var all = sizes.Sum();
        return ((all * all) - sizes.Sum(size => size * size)) / 2;
    }
}
