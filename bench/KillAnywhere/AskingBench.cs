using System.Diagnostics;
using System.Globalization;
using Sluice.EndToEnd;

namespace Sluice.KillAnywhere;

/// <summary>Runs with three steps that ask a language model, killed twice each at random calls.</summary>
static class AskingBench
{
    const int Rows = 200;

    public static async Task<int> RunAsync(string[] args)
    {
        var count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 50;
        var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : Environment.TickCount;
        var (random, clock) = (new Random(seed), Stopwatch.StartNew());
        using var experiment = new AskingKills(Rows, seed, twice: true);
        await experiment.MeasureAsync();
        Console.WriteLine($"seed {seed}: {count} runs, two kills each while a language model is asked, every activity delivered twice; undisturbed: {experiment.Calls} calls");
        var (kills, calls, repeated, doubt, identical) = (0, 0, 0, 0L, 0);
        for (var i = 0; i < count; i++)
        {
            var run = await experiment.KillAsync($"kill-{i}", (random.Next(1, experiment.Calls), random.Next(2) == 0), (random.Next(1, experiment.Calls), random.Next(2) == 0));
            (kills, calls, repeated, doubt, identical) = (kills + run.Kills, calls + run.Calls, repeated + run.Repeated, doubt + run.InDoubt, identical + (run.Problems.Count == 0 ? 1 : 0));
            if (run.Problems.Count > 0)
            {
                Console.WriteLine($"run {i}: {run}");
            }
        }

        Console.WriteLine($"{kills} kills in {count} runs: {identical} as undisturbed; {calls} calls, {repeated} made again, all of them cut off by a kill; {doubt} in doubt; {clock.Elapsed.TotalMinutes:0.0} min");
        return identical == count ? 0 : 1;
    }
}
