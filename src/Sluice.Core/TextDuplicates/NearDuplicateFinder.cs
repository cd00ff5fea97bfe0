namespace Sluice.TextDuplicates;

/// <summary>How the near-duplicates of a dataset were found.</summary>
/// <param name="Method"><c>exact</c>: every pair that can reach the threshold was compared. <c>minhash</c>: pairs that share a band were.</param>
/// <param name="Recall">Probability that a pair exactly at the threshold was found; 1 for exact.</param>
/// <param name="Texts">Different texts.</param>
/// <param name="Pairs">Verified pairs that joined two components.</param>
public sealed record NearDuplicateSearch(string Method, double Recall, long Texts, long Pairs);

/// <summary>Unites the ids of near-duplicate texts. The same for the same texts, wherever they came from and in whatever order.</summary>
public static class NearDuplicateFinder
{
    public static NearDuplicateSearch Unite(ShingleSets texts, NearDuplicateOptions options, MinUnion union)
    {
        var (ids, sets) = texts.Sorted();
        long pairs = 0;
        var complete = PrefixJoin.TryPairs(
            sets, options.Threshold, options.MaxLooks,
            (left, right) => pairs += union.Unite(ids[left], ids[right]) ? 1 : 0,
            (left, right) => union.Find(ids[left]) == union.Find(ids[right]));
        if (complete)
        {
            return new NearDuplicateSearch("exact", 1, ids.Length, pairs);
        }

        var hash = Bands(options);
        pairs += new LshJoin(sets, hash).Unite(options.Threshold, ids, union);
        return new NearDuplicateSearch("minhash", hash.Recall(options.Threshold), ids.Length, pairs);
    }

    /// <summary>The bands that the options ask for.</summary>
    public static MinHash Bands(NearDuplicateOptions options, ulong seed = 1) =>
        options.Bands > 0 ? new MinHash(options.Bands, options.Rows, seed) : MinHash.For(options.Threshold, seed: seed);
}
