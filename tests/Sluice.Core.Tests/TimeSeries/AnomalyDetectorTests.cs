using Sluice.Core.Tests.Profiles;
using Sluice.TimeSeries;

namespace Sluice.Core.Tests.TimeSeries;

public sealed class AnomalyDetectorTests
{
    const double Threshold = 3;

    [Fact]
    public void A_spike_is_found_where_it_is() => Assert.Contains(1_500, Alarms(1_600, (i, noise) => i == 1_500 ? 12 : noise));

    [Fact]
    public void A_new_level_is_found_soon() => Assert.Contains(Alarms(1_600, (i, noise) => noise + (i >= 1_500 ? 5 : 0)), i => i is >= 1_500 and <= 1_520);

    [Fact]
    public void Another_spread_is_found_soon() => Assert.Contains(Alarms(1_600, (i, noise) => noise * (i >= 1_500 ? 5 : 1)), i => i is >= 1_500 and <= 1_530);

    [Fact]
    public void A_day_without_its_peak_is_found_although_every_value_is_usual()
    {
        // 15 days of 100 values; the 13th stays low.
        var alarms = Alarms(1_500, (i, noise) => (i / 100 == 12 ? 0 : 10 * Math.Max(0, Math.Sin(2 * Math.PI * i / 100))) + (0.3 * noise));

        Assert.Contains(alarms, i => i is >= 1_200 and < 1_300);
    }

    [Fact]
    public void Noise_and_rhythm_raise_few_alarms()
    {
        var alarms = Enumerable.Range(0, 3).Sum(seed => Alarms(1_000, (i, noise) => noise, seed).Count + Alarms(1_000, (i, noise) => (5 * Math.Sin(i / 8.0)) + noise, seed).Count);

        // 6,000 values at one in 1,000 are 6.
        Assert.InRange(alarms, 0, 15);
    }

    [Fact]
    public void A_flat_series_and_a_first_value_are_nothing_new()
    {
        Assert.Empty(Alarms(500, (_, _) => 3));
        Assert.Equal(0, new AnomalyDetector().Next(5));
    }

    [Fact]
    public void Infinite_values_are_survived()
    {
        var detector = new AnomalyDetector();
        for (var i = 0; i < 600; i++)
        {
            var score = detector.Next(i % 100 == 99 ? double.PositiveInfinity : i % 7);
            Assert.False(double.IsNaN(score));
        }
    }

    static List<int> Alarms(int count, Func<int, double, double> value, int seed = 43)
    {
        var (random, detector) = (new Random(seed), new AnomalyDetector());
        return [.. Enumerable.Range(0, count).Where(i => detector.Next(value(i, Tables.Normal(random))) >= Threshold)];
    }
}
