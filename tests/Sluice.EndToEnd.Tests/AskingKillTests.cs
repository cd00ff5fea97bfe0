using Xunit.Abstractions;

namespace Sluice.EndToEnd.Tests;

/// <summary>The real process, killed with SIGKILL while it asks a language model, goes on: same bytes, nothing that is written down is asked again, nothing that was cut off is forgotten.</summary>
public sealed class AskingKillTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Asks_again_only_what_was_being_asked_at_the_kills_and_says_what_is_in_doubt()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var experiment = new AskingKills(rows: 80, seed);
        await experiment.MeasureAsync();

        // Before the call is answered: so a call is lost for certain.
        var run = await experiment.KillAsync("kill", (random.Next(1, experiment.Calls), false));
        output.WriteLine(run.ToString());

        Assert.Empty(run.Problems);
        Assert.Equal(1, run.Kills);
        Assert.InRange(run.InDoubt, 1, long.MaxValue);
    }
}
