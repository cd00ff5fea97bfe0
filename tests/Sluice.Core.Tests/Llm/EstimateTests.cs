using Sluice.Llm;

namespace Sluice.Tests.Llm;

/// <summary>How often intervals hold what they are of, over seeded populations; bench/forecast does the same with whole runs.</summary>
public sealed class EstimateTests
{
    const int Populations = 1_000, Seen = 40, Rest = 960;

    static double Gauss(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    static double Draw(string kind, Random random) => kind switch
    {
        "even" => random.NextDouble(),
        "long tail" => Math.Exp(0.9 * Gauss(random)),
        "yes or no" => random.Next(10) < 4 ? 1 : 0,
        _ => random.Next(10) < 4 ? 15 + (30 * Math.Exp(0.8 * Gauss(random))) : 0,
    };

    [Theory]
    [InlineData("even")]
    [InlineData("long tail")]
    [InlineData("yes or no")]
    [InlineData("after a filter")]
    public void Nine_of_ten_intervals_hold_the_sum_of_what_was_not_seen(string kind)
    {
        var random = new Random(11);
        var (inside, below) = (0, 0);
        for (var i = 0; i < Populations; i++)
        {
            var seen = Enumerable.Range(0, Seen).Select(_ => Draw(kind, random)).ToArray();
            var actual = Enumerable.Range(0, Rest).Sum(_ => Draw(kind, random));

            var estimate = Estimate.OfRest(seen, Rest);

            inside += actual >= estimate.Low && actual <= estimate.High ? 1 : 0;
            below += actual < estimate.Low ? 1 : 0;
        }

        Assert.InRange(inside / (double)Populations, 0.85, 0.95);

        // Neither side has most of the misses, as with Student's interval where there is a long tail.
        Assert.InRange(below / (double)(Populations - inside), 0.2, 0.8);
    }

    [Fact]
    public void What_is_known_of_all_makes_an_interval_tighter()
    {
        var random = new Random(12);
        var seen = Enumerable.Range(0, Seen).Select(_ => Math.Exp(Gauss(random))).Select(x => (X: x, Y: (5 * x) + random.NextDouble())).ToArray();

        var (with, without) = (Estimate.OfRest(seen, Rest, Math.Exp(0.5)), Estimate.OfRest([.. seen.Select(s => s.Y)], Rest));

        Assert.InRange(Rest * ((5 * Math.Exp(0.5)) + 0.5), with.Low, with.High);
        Assert.True(5 * (with.High - with.Low) < without.High - without.Low);
    }

    [Fact]
    public void Errors_that_go_together_add_up_and_others_as_squares()
    {
        var (one, other) = (new Estimate(10, 7, 14), new Estimate(20, 16, 23));

        Assert.Equal(new Estimate(30, 25, 35), one + other);
        Assert.Equal(new Estimate(30, 23, 37), one.Along(other));
    }

    [Fact]
    public void Calls_of_different_sizes_tell_what_a_call_costs_and_what_a_row_does()
    {
        var line = new CallLine([(100, 450), (110, 455), (120, 460), (600, 700)]);

        Assert.Equal((0.5, 400), (Math.Round(line.Slope, 9), Math.Round(line.Intercept, 6)));
        Assert.Equal(10 * 400 + 0.5 * 20_000, line.Total(10, 20_000).Value, 1e-6);
        Assert.Equal(new Estimate(0, 0, 0), line.Total(0, 0));
        Assert.Equal((1_000, 500, 2_000), new CallLine([(100, 100)]).Total(10, 1_000) is var (value, low, high) ? (value, low, high) : default);
    }
}
