using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Core.Tests.TextDuplicates;
using Sluice.Splits;
using Sluice.Splits.Units;
using Sluice.TextDuplicates;

namespace Sluice.Core.Tests.Splits;

/// <summary>What checks a split, tried on splits that leak.</summary>
public sealed class CertificateTests
{
    const int Seed = 20_240_702;

    [Fact]
    public void Every_leaked_pair_is_counted_and_the_bound_is_exact()
    {
        var (texts, setOf) = Leaking(pairs: 60, leaks: 25);

        var found = LeakedPairs.Count(texts, new() { Threshold = 0.7 }, setOf);

        Assert.Equal((25.0, 1.0), (found.Bound, found.Confidence));
        Assert.Equal(25, found.Pairs);
    }

    [Fact]
    public void Where_not_every_pair_is_compared_the_bound_comes_from_the_sample()
    {
        var (texts, setOf) = Leaking(pairs: 60, leaks: 0);

        var found = LeakedPairs.Count(texts, new() { Threshold = 0.7, MaxLooks = 0 }, setOf);

        // No hit among n: the share that would give one with 95 % is 1 − 0.05^(1/n). There are 60 · 60 pairs of texts in different sets.
        Assert.Equal((0L, 0L, 0.95), (found.Pairs, found.SampledLeaks, found.Confidence));
        Assert.Equal(3_600 * (1 - Math.Pow(0.05, 1.0 / found.SampledPairs)), found.Bound, 6);
        Assert.InRange(found.SampledPairs, 40_000, 60_000);
    }

    [Fact]
    public async Task The_audit_finds_what_was_changed_after_the_split()
    {
        var options = new Split.Options { Together = ["user"] };
        var run = StepRunner.Run(new Split(options), SplitTests.Rows(400));
        var report = SplitTests.Report(run);

        Assert.Empty(await AuditAsync(run.All));
        var sets = Enumerable.Range(0, 400).Select(row => SplitTests.SetOf(run.All, row)).ToArray();
        var row = Array.IndexOf(sets, "train");
        sets[row] = "test";
        var problems = await AuditAsync(run.All.With(new Field("split", ColumnType.Text, Nullable: false), TextColumn.Of(sets)));
        Assert.Equal($"Set 'test' has {report.Sets[2].Rows + 1} rows; the split reported {report.Sets[2].Rows}.", problems[^1]);
        Assert.StartsWith("1 of ", problems[0]);
        sets[row] = "elsewhere";
        Assert.StartsWith(
            "1 rows are in none of the sets train, validation, test.",
            (await AuditAsync(run.All.With(new Field("split", ColumnType.Text, Nullable: false), TextColumn.Of(sets))))[0]);
        Assert.Equal(
            ["Column 'user', by which rows were kept together, is not in the version, so that cannot be checked."],
            await AuditAsync(run.All.Select(run.Schema.Select(f => f.Name).Where(name => name != "user").ToHashSet())));

        async Task<IReadOnlyList<string>> AuditAsync(Batch rows) => (await Audits.OfAsync(options, report, rows)).Problems;
    }

    [Fact]
    public void Energy_distance_is_what_it_is_by_hand()
    {
        // {0, 2} and {1}: 2 · 1 − mean of (0, 2, 2, 0) − 0.
        Assert.Equal(1, EnergyDistance.Of([0, 2], [1], 1), 6);
        Assert.Equal(0, EnergyDistance.Of([3, 4, 5, 6], [5, 6, 3, 4], 2), 6);
    }

    [Fact]
    public void A_shift_has_a_small_p_value_and_chance_has_not()
    {
        var random = new Random(Seed);
        float[] Sample(double shift) => [.. Enumerable.Range(0, 200).Select(_ => (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() + shift))];

        Assert.Equal(0.005, Mmd.PValue(Sample(0), Sample(0.6), 2), 6);

        // Under chance p-values are even over 0 to 1: of 40, 5 % or less have probability 0.05 each; more than 8 never happens (1 in 10⁵).
        Assert.InRange(Enumerable.Range(0, 40).Count(_ => Mmd.PValue(Sample(0), Sample(0), 2) <= 0.05), 0, 8);
    }

    /// <summary>Pairs of near-duplicates in two sets, some of them apart.</summary>
    static (ShingleSets Texts, Dictionary<ulong, int> SetOf) Leaking(int pairs, int leaks)
    {
        var random = new Random(Seed);
        var (texts, setOf) = (new ShingleSets(), new Dictionary<ulong, int>());
        for (var i = 0; i < pairs; i++)
        {
            var words = Planted.Words(random, 80);
            setOf[texts.Add(ShinglesTests.Of(string.Join(' ', words)))] = i % 2;
            setOf[texts.Add(ShinglesTests.Of(string.Join(' ', Planted.Copy(words, 0.85, random))))] = i < leaks ? 1 - (i % 2) : i % 2;
        }

        return (texts, setOf);
    }
}
