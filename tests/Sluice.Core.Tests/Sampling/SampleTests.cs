using Sluice.Batches;
using Sluice.Core.Tests.Splits;
using Sluice.Core.Tests.Steps;
using Sluice.Sampling;
using Sluice.Steps;

namespace Sluice.Core.Tests.Sampling;

public sealed class SampleContractTests : StepContract
{
    protected override Step Create() => new Sample(new() { Share = 0.4, Stratify = ["genre"] });

    protected override (Step Step, string Path)? WithUnknownColumn => (new Sample(new() { Share = 0.4, Stratify = ["nowhere"] }), "stratify[0]");
}

public sealed class WeightedSampleContractTests : StepContract
{
    protected override Step Create() => new Sample(new() { Count = 40, Weight = "price" });

    protected override (Step Step, string Path)? WithUnknownColumn => (new Sample(new() { Share = 0.4, Weight = "nowhere" }), "weight");
}

public sealed class SampleTests
{
    [Theory]
    [InlineData(0.25, 250)]
    [InlineData(0.0005, 1)]
    [InlineData(1.0, 1_000)]
    public void A_share_is_exact(double share, int expected) => Assert.Equal(expected, Run(new() { Share = share }, SplitTests.Rows(1_000)).Rows);

    [Fact]
    public void A_count_is_exact_and_no_more_than_there_is()
    {
        Assert.Equal(37, Run(new() { Count = 37 }, SplitTests.Rows(1_000)).Rows);
        Assert.Equal(20, Run(new() { Count = 37 }, SplitTests.Rows(20)).Rows);
        Assert.Equal(37, Run(new() { Count = 37 }, SplitTests.Rows(1_000, copies: 4)).Rows);
    }

    [Fact]
    public void A_larger_sample_holds_the_smaller_one() =>
        Assert.Subset(Ids(Run(new() { Count = 200 }, SplitTests.Rows(1_000))), Ids(Run(new() { Count = 50 }, SplitTests.Rows(1_000))));

    [Fact]
    public void Strata_keep_their_proportion()
    {
        var rows = SplitTests.Rows(1_000);
        var sample = Run(new() { Share = 0.1, Stratify = ["genre"] }, rows);

        Assert.Equal(100, sample.Rows);
        Assert.All(
            Genres(rows), genre => Assert.InRange(Genres(sample)[genre.Key], (genre.Value / 10) - 1, (genre.Value / 10) + 1));

        static Dictionary<string, int> Genres(Batch all) => Enumerable.Range(0, all.Rows).GroupBy(row => all["genre"].Display(row)).ToDictionary(g => g.Key, g => g.Count());
    }

    [Fact]
    public void Twice_the_weight_is_drawn_about_twice_as_readily()
    {
        var weights = Enumerable.Range(0, 20_000).Select(i => (double?)(i % 4)).ToArray();
        weights[1] = null;
        var rows = Table(weights);

        var sample = Run(new() { Count = 1_000, Weight = "weight" }, rows);

        var drawn = sample.Float64("weight").ToArray().CountBy(w => w).ToDictionary();
        Assert.False(drawn.ContainsKey(0));
        Assert.InRange(drawn[2] / (double)drawn[1], 1.5, 2.5);
        Assert.InRange(drawn[3] / (double)drawn[1], 2.3, 3.7);
        Assert.DoesNotContain(1, Ids(sample));
    }

    [Fact]
    public void Is_as_even_as_chance()
    {
        var drawn = Ids(Run(new() { Share = 0.5 }, SplitTests.Rows(10_000)));

        // Hypergeometric with mean 2500 and standard deviation 25.
        Assert.InRange(drawn.Count(id => id < 5_000), 2_375, 2_625);
    }

    [Fact]
    public void The_rows_depend_on_neither_batches_nor_order()
    {
        const int seed = 3;
        var rows = SplitTests.Rows(500);
        var random = new Random(seed);
        foreach (var options in new Sample.Options[] { new() { Count = 50 }, new() { Share = 0.2, Stratify = ["user"] }, new() { Count = 60, Weight = "score" } })
        {
            var expected = Ids(Run(options, rows));
            for (var round = 0; round < 20; round++)
            {
                var order = Enumerable.Range(0, rows.Rows).ToArray();
                random.Shuffle(order);

                Assert.Equal(expected, Ids(Run(options, StepRunner.Cut(rows.Take(order), random.Next(1, 500)))));
            }
        }
    }

    [Fact]
    public void Refuses_what_cannot_be()
    {
        Assert.Equal(["share: Neither share nor count is given. Give one of them."], Problems(new()));
        Assert.Equal(["count: Both share and count are given. Give one of them."], Problems(new() { Share = 0.5, Count = 5 }));
        Assert.Equal(
            ["weight: Column 'user' is Text; expected a number. Convert it before with data_cleaning, operation fix_types."], Problems(new() { Count = 5, Weight = "user" }));
        Assert.Equal(
            ["weight: Both stratify and weight are given. Keep one of them: rows in proportion, or rows by weight."],
            Problems(new() { Count = 5, Weight = "score", Stratify = ["user"] }));
        Assert.Equal(
            "sample found more than 3 different strata; the limit is max_strata = 3. Raise max_strata, or stratify by fewer columns.",
            Assert.Throws<DataException>(() => Run(new() { Count = 5, Stratify = ["id"], MaxStrata = 3 }, SplitTests.Rows(9))).Message);
    }

    static IReadOnlyList<string> Problems(Sample.Options options) => StepRunner.Problems(new Sample(options), SplitTests.Rows(1).Schema);

    static Batch Run(Sample.Options options, params Batch[] batches) => StepRunner.Run(new Sample(options), batches).All;

    static SortedSet<long> Ids(Batch all) => [.. all.Int64("id")];

    static Batch Table(double?[] weights)
    {
        var builder = new ValueBuilder<double>(ColumnType.Float64);
        foreach (var weight in weights)
        {
            if (weight is { } value)
            {
                builder.Append(value);
            }
            else
            {
                builder.AppendNull();
            }
        }

        return new Batch(
            new([new("id", ColumnType.Int64), new("weight", ColumnType.Float64)]),
            [new ValueColumn<long>(ColumnType.Int64, [.. Enumerable.Range(0, weights.Length).Select(i => (long)i)]), builder.Build()], weights.Length);
    }
}
