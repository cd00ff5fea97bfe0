using Sluice.TextDuplicates;

namespace Sluice.Core.Tests.TextDuplicates;

public sealed class JoinTests
{
    const int Seed = 20_240_607;

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.7)]
    [InlineData(0.8)]
    [InlineData(0.9)]
    [InlineData(1.0)]
    public void The_exact_join_finds_the_pairs_that_comparing_all_finds(double threshold)
    {
        var sets = Sets(400);
        var expected = AllPairs(sets, threshold);
        var found = new HashSet<(int, int)>();

        Assert.True(PrefixJoin.TryPairs(sets, threshold, long.MaxValue, (left, right) => Assert.True(found.Add(Ordered(left, right)))));

        Assert.Equal(expected.Order(), found.Order());
        Assert.True(threshold == 1 || expected.Count > 5);
    }

    [Fact]
    public void The_exact_join_gives_up_at_its_limit() =>
        Assert.False(PrefixJoin.TryPairs([.. Enumerable.Range(0, 100).Select(i => new ulong[] { 1, 2, (ulong)i + 3 })], 0.3, maxLooks: 50, (_, _) => { }));

    [Fact]
    public void Hashing_finds_no_pair_that_is_not_one_and_each_once()
    {
        var sets = Sets(400);
        var expected = AllPairs(sets, 0.8);
        var found = new HashSet<(int, int)>();

        new LshJoin(sets, MinHash.For(0.8)).Pairs(0.8, (left, right) => Assert.True(found.Add(Ordered(left, right))));

        Assert.Subset(expected, found);
        Assert.True(found.Count >= 0.97 * expected.Count, $"{found.Count} of {expected.Count}");
    }

    [Theory]
    [InlineData(0.8, 0.90)]
    [InlineData(0.9, 0.99)]
    public void Fourteen_bands_of_eight_find_as_many_as_the_theory_says(double jaccard, double least)
    {
        // Pairs at the similarity, to a shingle. The standard deviation of the share found is below 0.006.
        var random = new Random(Seed);
        var hash = new MinHash();
        var (left, right) = (new ulong[hash.Bands], new ulong[hash.Bands]);
        var hits = 0;
        const int pairs = 2_000;
        for (var i = 0; i < pairs; i++)
        {
            var words = Planted.Words(random, 184);
            hash.BandKeys(ShinglesTests.Of(string.Join(' ', words)), left);
            hash.BandKeys(ShinglesTests.Of(string.Join(' ', Planted.Copy(words, jaccard, random))), right);
            hits += left.Zip(right).Any(band => band.First == band.Second) ? 1 : 0;
        }

        Assert.True(hits >= least * pairs, $"{hits} of {pairs}, theory {hash.Recall(jaccard):P1}");
        Assert.InRange(hits / (double)pairs, hash.Recall(jaccard) - 0.025, hash.Recall(jaccard) + 0.025);
    }

    [Fact]
    public void Bands_are_chosen_to_find_99_of_100()
    {
        Assert.All(new[] { 0.3, 0.5, 0.7, 0.8, 0.9, 1.0 }, threshold => Assert.True(MinHash.For(threshold).Recall(threshold) >= 0.99));
        Assert.Equal((14, 8), (MinHash.For(0.95).Bands, MinHash.For(0.95).Rows));
    }

    [Fact]
    public void Components_are_named_by_their_smallest_id_in_any_order()
    {
        var random = new Random(Seed);
        var edges = Enumerable.Range(0, 300).Select(_ => ((ulong)random.Next(1, 400), (ulong)random.Next(1, 400))).ToArray();
        string? expected = null;
        for (var round = 0; round < 20; round++)
        {
            random.Shuffle(edges);
            var union = new MinUnion();
            foreach (var (left, right) in edges)
            {
                union.Unite(left, right);
            }

            var names = string.Join(' ', Enumerable.Range(1, 400).Select(id => union.Find((ulong)id)));
            Assert.Equal(expected ??= names, names);
            Assert.All(Enumerable.Range(1, 400), id => Assert.True(union.Find((ulong)id) <= (ulong)id));
        }
    }

    [Fact]
    public void Units_are_the_same_whether_every_pair_is_compared_or_hashed()
    {
        var texts = new ShingleSets();
        foreach (var set in Sets(300))
        {
            texts.Add(set);
        }

        var (exact, hashed) = (new MinUnion(), new MinUnion());
        var options = new NearDuplicateOptions { Threshold = 0.7 };
        var (one, two) = (NearDuplicateFinder.Unite(texts, options, exact), NearDuplicateFinder.Unite(texts, options with { MaxLooks = 0, Bands = 60, Rows = 3 }, hashed));

        Assert.Equal(("exact", 1.0, "minhash"), (one.Method, one.Recall, two.Method));
        Assert.Equal(exact.Ids.Order().Select(exact.Find), hashed.Ids.Order().Select(hashed.Find));
    }

    [Fact]
    public void Refuses_more_shingles_than_the_limit()
    {
        var texts = new ShingleSets(maxShingles: 5);
        texts.Add([1, 2, 3]);

        Assert.StartsWith(
            "near_duplicates found more than 5 shingles in 1 different texts; the limit is max_shingles = 5",
            Assert.Throws<DataException>(() => texts.Add([4, 5, 6])).Message);
    }

    /// <summary>Texts, a third of them changed copies of earlier ones at every similarity, in any order.</summary>
    static ulong[][] Sets(int count)
    {
        var random = new Random(Seed);
        var texts = new List<string[]>();
        while (texts.Count < count)
        {
            texts.Add(texts.Count > 10 && random.Next(3) == 0
                ? Planted.Copy(texts[random.Next(texts.Count)], 0.4 + (0.6 * random.NextDouble()), random)
                : Planted.Words(random, random.Next(25, 120)));
        }

        return [.. texts.Select(words => ShinglesTests.Of(string.Join(' ', words))).DistinctBy(ShingleIds)];
    }

    static ulong ShingleIds(ulong[] set) => ShingleSets.IdOf(set);

    static HashSet<(int, int)> AllPairs(ulong[][] sets, double threshold) =>
        [.. from left in Enumerable.Range(0, sets.Length) from right in Enumerable.Range(left + 1, sets.Length - left - 1) where Jaccard.Of(sets[left], sets[right]) >= threshold select (left, right)];

    static (int, int) Ordered(int left, int right) => left < right ? (left, right) : (right, left);
}
