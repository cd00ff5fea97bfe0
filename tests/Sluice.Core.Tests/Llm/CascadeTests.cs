using System.Globalization;
using Sluice.Batches;
using Sluice.Llm;
using Xunit.Abstractions;

namespace Sluice.Tests.Llm;

/// <summary>What a cascade promises, on models that are simulated.</summary>
public sealed class CascadeTests(ITestOutputHelper output)
{
    const int Rows = 4_000;
    const int Repeats = 200;

    /// <summary>How sure the cheaper model says it is, and how often it then is right; <c>luck</c> is uniform.</summary>
    static (double Confidence, double Right) Model(string calibration, double luck) => calibration switch
    {
        "calibrated" => (0.5 + (luck / 2), 0.5 + (luck / 2)),
        "sharp" => luck < 0.8 ? (0.95, 0.995) : (0.4, 0.6),
        "overconfident" => (0.9 + (luck / 10), 0.8),
        "inverted" => (luck, 1 - (luck / 3)),
        "always sure, just too bad" => (1, 0.945),
        "always sure, just good enough" => (1, 0.955),
        "sure of its worst" => luck < 0.06 ? (0.99, 0.2) : (0.9, 0.99),
        _ => throw new ArgumentOutOfRangeException(nameof(calibration)),
    };

    public static TheoryData<string, CascadeTarget> Cases()
    {
        var cases = new TheoryData<string, CascadeTarget>();
        foreach (var calibration in new[] { "calibrated", "sharp", "overconfident", "inverted", "always sure, just too bad", "always sure, just good enough", "sure of its worst" })
        {
            foreach (var target in Enum.GetValues<CascadeTarget>())
            {
                cases.Add(calibration, target);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_target_is_met_as_often_as_promised(string calibration, CascadeTarget target)
    {
        var random = new Random(11);
        var rows = Enumerable.Range(0, Rows).Select(i =>
        {
            var (confidence, right) = Model(calibration, random.NextDouble());
            var oracle = random.NextDouble() < 0.3;
            return (Key: new RowKey((ulong)random.NextInt64(), (ulong)i), Confidence: confidence, Oracle: oracle, Cheap: random.NextDouble() < right ? oracle : !oracle);
        }).ToArray();
        var counts = rows.ToDictionary(r => r.Key, _ => 1);
        var byKey = rows.ToDictionary(r => r.Key);
        var grid = CascadeThreshold.Grid(rows.Select(r => r.Confidence));
        var (met, asked) = (0, 0L);
        for (var seed = 0; seed < Repeats; seed++)
        {
            var options = new CascadeOptions { Model = "cheap", Target = target, Seed = seed };
            var sample = CascadeSample.Draw(counts, options.LabelBudget, seed);
            LabelledRow[] drawn = [.. sample.Drawn.Select(key => byKey[key]).Select(r => new LabelledRow(r.Confidence, Text(r.Cheap), Text(r.Oracle)))];

            var threshold = CascadeThreshold.Choose(options, value => value == "true", drawn, Rows, grid)?.Threshold ?? double.PositiveInfinity;

            var labelled = sample.Drawn.ToHashSet();
            bool Taken((RowKey Key, double Confidence, bool Oracle, bool Cheap) r) => r.Confidence >= threshold && !labelled.Contains(r.Key);
            met += Share(target, rows.Select(r => (Given: Taken(r) ? r.Cheap : r.Oracle, r.Oracle))) >= options.AtLeast ? 1 : 0;
            asked += rows.Count(r => !Taken(r));
        }

        var share = (double)asked / ((long)Rows * Repeats);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{calibration}, {target}: met in {met} of {Repeats}; the oracle answers {share:P0}, at a fifteenth of its price for the other all costs {share + (1 / 15.0):P0}"));
        Assert.InRange(met, Repeats * 95 / 100, Repeats);
        if (calibration == "sharp")
        {
            Assert.InRange(share, 0, 0.7);
        }
    }

    static string Text(bool value) => value ? "true" : "false";

    static double Share(CascadeTarget target, IEnumerable<(bool Given, bool Oracle)> rows)
    {
        (bool Given, bool Oracle)[] counted = [.. rows.Where(r => target == CascadeTarget.Accuracy || (target == CascadeTarget.Precision ? r.Given : r.Oracle))];
        return counted.Average(r => r.Given == r.Oracle ? 1.0 : 0);
    }

    [Theory]
    [InlineData(0.9, 0.05)]
    [InlineData(0.95, 0.01)]
    [InlineData(0.5, 0.1)]
    public void A_mean_that_is_too_low_is_shown_to_be_high_enough_at_most_as_often_as_allowed(double mean, double delta)
    {
        var population = Enumerable.Range(0, 5_000).Select(i => i < (int)(5_000 * mean) - 1 ? 1.0 : 0).ToArray();
        var (shown, random) = (0, new Random(3));
        for (var repeat = 0; repeat < 2_000; repeat++)
        {
            random.Shuffle(population);
            shown += BettingTest.Shows(population[..300], population.Length, mean, delta) ? 1 : 0;
        }

        Assert.InRange(shown, 0, 2_000 * delta);
    }

    [Fact]
    public void A_mean_that_is_clearly_high_enough_is_shown()
    {
        var draws = Enumerable.Range(0, 300).Select(i => i % 100 == 7 ? 0.0 : 1).ToArray();

        Assert.True(BettingTest.Shows(draws, 100_000, 0.95, 0.05));
        Assert.False(BettingTest.Shows(draws[..40], 100_000, 0.95, 0.05));
    }

    [Fact]
    public void All_drawn_is_known_for_certain()
    {
        double[] draws = [.. Enumerable.Repeat(1.0, 19), 0.0];

        Assert.True(BettingTest.Shows(draws, 20, 0.95, 1e-6));
        Assert.False(BettingTest.Shows([.. draws[1..], 0.0], 20, 0.95, 1e-6));
    }

    [Fact]
    public void The_sample_depends_on_content_and_seed_alone_and_keeps_to_its_budget()
    {
        var random = new Random(5);
        var keys = Enumerable.Range(0, 500).Select(i => KeyValuePair.Create(new RowKey((ulong)random.NextInt64(), (ulong)random.NextInt64()), 1 + (i % 3))).ToArray();
        var sample = CascadeSample.Draw(keys.ToDictionary(), 60, 1);
        random.Shuffle(keys);

        Assert.Equal(sample.Drawn, CascadeSample.Draw(keys.ToDictionary(), 60, 1).Drawn);
        Assert.NotEqual(sample.Drawn, CascadeSample.Draw(keys.ToDictionary(), 60, 2).Drawn);
        Assert.Equal((60, 500, keys.Sum(k => (long)k.Value)), (sample.Drawn.Distinct().Count(), sample.Questions, sample.Rows));
    }

    [Fact]
    public void Every_row_is_as_likely_to_be_drawn()
    {
        var keys = Enumerable.Range(0, 100).ToDictionary(i => new RowKey((ulong)i, 7), _ => 1);

        var drawn = Enumerable.Range(0, 2_000).SelectMany(seed => CascadeSample.Draw(keys, 20, seed).Drawn).CountBy(key => key).Select(c => c.Value).ToArray();

        // 400 each on average; five standard deviations of a binomial with 2,000 trials are 90.
        Assert.Equal(100, drawn.Length);
        Assert.All(drawn, count => Assert.InRange(count, 310, 490));
    }
}
