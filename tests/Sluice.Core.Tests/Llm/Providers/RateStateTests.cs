using FsCheck;
using FsCheck.Fluent;
using Sluice.Llm.Providers;

namespace Sluice.Core.Tests.Llm.Providers;

public sealed class RateStateTests
{
    static readonly DateTimeOffset start = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Whatever comes when: calls that may begin by a moment never exceed a full bucket and what has flowed into it, and they begin in the order in which they came.</summary>
    [Fact]
    public void Nobody_gets_more_than_the_limit_and_nobody_is_passed_over() => Prop.ForAll(
        Gen.Choose(1, 100_000).ToArbitrary(),
        seed =>
        {
            var random = new Random(seed);
            var limits = new ModelLimits(random.Next(1, 50), random.Next(100, 5_000), 500);
            var state = RateState.Full(limits, start);
            var real = start;
            var begins = new List<(TimeSpan At, int Tokens)>();
            for (var i = 0; i < 60; i++)
            {
                // A worker's clock may be behind.
                real += TimeSpan.FromMilliseconds(random.Next(3_000));
                var now = real - TimeSpan.FromMilliseconds(random.Next(50));
                state.Refill(limits, now);
                var tokens = random.Next(1, limits.TokensPerMinute!.Value);
                var wait = state.Take($"call-{i}", limits, tokens, now + TimeSpan.FromDays(1), now)!.Value;
                begins.Add((now + wait - start, tokens));
                if (random.Next(3) == 0)
                {
                    state.Settle($"call-{i}", limits, tokens, tokens);
                }
            }

            // As far as clocks differ.
            var slack = TimeSpan.FromMilliseconds(51);
            Assert.All(begins.Zip(begins.Skip(1)), pair => Assert.True(pair.Second.At >= pair.First.At - slack, $"seed {seed}: order"));
            Assert.All(begins, b =>
            {
                var minutes = (b.At + slack).TotalMinutes;
                Assert.True(begins.Count(o => o.At <= b.At) <= limits.RequestsPerMinute * (1 + minutes) + 1e-6, $"seed {seed}: calls");
                Assert.True(begins.Where(o => o.At <= b.At).Sum(o => (double)o.Tokens) <= limits.TokensPerMinute * (1 + minutes) + 1e-6, $"seed {seed}: tokens");
            });
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_clock_that_is_set_back_holds_nobody_up()
    {
        var limits = new ModelLimits(60, null, 1);
        var state = RateState.Full(limits, start);
        state.Take("killed", limits, 1, start + TimeSpan.FromMinutes(2), start);
        state.Pause(start + TimeSpan.FromSeconds(30));
        var earlier = start - TimeSpan.FromHours(3);

        state.Refill(limits, earlier);

        Assert.Null(state.Take("next", limits, 1, earlier + TimeSpan.FromMinutes(2), earlier));
        state.Refill(limits, earlier + TimeSpan.FromMinutes(2));
        Assert.Equal(TimeSpan.Zero, state.Take("next", limits, 1, earlier + TimeSpan.FromMinutes(4), earlier + TimeSpan.FromMinutes(2)));
        Assert.Equal(earlier + TimeSpan.FromSeconds(30), state.PausedUntil);
    }
}
