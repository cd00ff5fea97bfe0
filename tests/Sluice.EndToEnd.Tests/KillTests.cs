using System.Collections.Concurrent;
using Xunit.Abstractions;

namespace Sluice.EndToEnd.Tests;

/// <summary>The real process, killed with SIGKILL, goes on where it was: same bytes, no row lost or doubled, no finished work done again.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    const int Kills = 25;
    const int Rows = 6_000;

    [Fact]
    public async Task Gives_the_same_bytes_after_25_kills_at_random_moments()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        using var experiment = new KillExperiment(Rows, seed);
        await experiment.MeasureAsync(parallel: 2);
        output.WriteLine($"undisturbed: {experiment.Time.TotalSeconds:0.00} s, {experiment.Units} units, {experiment.Expected.RowsRead} rows read, {experiment.Expected.Rows} kept");
        var runs = new ConcurrentBag<KilledRun>();

        var random = new Random(seed);
        var moments = Enumerable.Range(0, 2 * Kills).Select(i => (Name: $"kill-{i}", At: 0.15 + (0.9 * random.NextDouble()))).ToArray();
        await Parallel.ForEachAsync(moments, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (moment, _) =>
        {
            // A run that ended before its kill is compared too, but is no kill: another moment takes its place.
            if (runs.Count(r => r.Kills > 0) < Kills)
            {
                var run = await experiment.KillAsync(moment.Name, moment.At);
                output.WriteLine($"{moment.Name}: {run}");
                runs.Add(run);
            }
        });

        Assert.All(runs, run => Assert.Empty(run.Problems));
        Assert.Equal((0, 0), (runs.Sum(r => r.Lost), runs.Sum(r => r.Doubled)));
        Assert.InRange(runs.Count(r => r.Kills > 0), Kills, 2 * Kills);
        Assert.True(experiment.Expected.RowsRead > Rows, "The table has broken records too.");
    }

    [Fact]
    public async Task Goes_on_after_kills_of_the_run_and_of_its_next_starts()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        using var experiment = new KillExperiment(Rows, seed);
        await experiment.MeasureAsync(parallel: 1);

        var early = await UntilHitAsync(experiment, "start", 2, share => [0.5 * share, 0.08 * share]);
        var often = await UntilHitAsync(experiment, "often", 2, share => [0.3 * share, 0.3 * share, 0.3 * share]);

        Assert.Empty(early.Problems);
        Assert.Empty(often.Problems);
        Assert.Equal(2, early.Kills);
        Assert.True(often.Kills >= 2, $"Of three kills {often.Kills} hit.");
    }

    [Fact]
    public async Task Finds_finished_work_when_every_activity_is_delivered_twice()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        using var experiment = new KillExperiment(Rows, seed, twice: true);
        await experiment.MeasureAsync(parallel: 1);

        var run = await experiment.KillAsync("twice");
        output.WriteLine(run.ToString());

        Assert.Empty(run.Problems);
        Assert.True(run.Log.Started > 1.5 * run.Log.Units, $"{run.Log.Started} starts of {run.Log.Units} units.");
        Assert.Equal(run.Log.Units, run.Log.Done);
    }

    [Fact]
    public async Task A_pipeline_of_several_chains_goes_on_after_kills_between_and_within_them()
    {
        const int Moments = 3;
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        using var experiment = new KillExperiment(2_000, seed, graph: true) { BatchBytes = 32_768 };
        await experiment.MeasureAsync(parallel: 2);
        output.WriteLine($"undisturbed: {experiment.Time.TotalSeconds:0.00} s, {experiment.Units} units, {experiment.Expected.RowsRead} rows read, {experiment.Expected.Rows} kept");

        // A chain of many that run, the union, the looks and the join behind it, the output of one chain and the beginning of the last.
        string[] places = ["dirty-rows: read", "dirty-tidy: apply", "dirty-placed: read", "dirty-placed: look", "dirty-placed: apply", "dirty-placed: export", "dirty: read", "dirty: publish"];
        var known = UntilHitAsync("known", places.Length, (name, _) => experiment.KillAtAsync(name, places));
        var random = new Random(seed);
        var runs = new List<KilledRun>();
        for (var i = 0; i < Moments; i++)
        {
            runs.Add(await UntilHitAsync(experiment, $"kill-{i}", 1, share => [share * (0.15 + (0.75 * (i + random.NextDouble()) / Moments))]));
        }

        runs.Add(await known);
        Assert.All(runs, run => Assert.Empty(run.Problems));
        Assert.Equal((0, 0), (runs.Sum(r => r.Lost), runs.Sum(r => r.Doubled)));
        Assert.Equal(places.Length, runs[^1].Kills);
    }

    Task<KilledRun> UntilHitAsync(KillExperiment experiment, string name, int kills, Func<double, double[]> moments) =>
        UntilHitAsync(name, kills, (folder, attempt) => experiment.KillAsync(folder, moments(Math.Pow(0.7, attempt))));

    /// <summary>How fast a run is differs from one to the next on a busy machine: a run that ended before its kills is tried again, with earlier ones where they are told by time.</summary>
    async Task<KilledRun> UntilHitAsync(string name, int kills, Func<string, int, Task<KilledRun>> kill)
    {
        const int Tries = 6;
        for (var attempt = 0; ; attempt++)
        {
            var run = await kill($"{name}-{attempt}", attempt);
            output.WriteLine($"{name}-{attempt}: {run}");
            if (run.Kills >= kills || run.Problems.Count > 0 || attempt == Tries - 1)
            {
                return run;
            }
        }
    }
}
