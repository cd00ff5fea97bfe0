using System.Diagnostics;
using System.Globalization;

namespace Sluice.EndToEnd;

/// <summary>
/// Kills runs of a generated table at chosen moments, starts them again until they end by themselves, and compares what they leave with an
/// undisturbed run.
/// </summary>
public sealed class KillExperiment : IDisposable
{
    readonly TestFolder folder = new();
    readonly int rows;
    readonly int seed;
    readonly bool twice;
    readonly bool graph;

    /// <param name="rows">Rows of the table.</param>
    /// <param name="seed">Seed of the table.</param>
    /// <param name="twice">Delivers every activity of every disturbed run twice.</param>
    /// <param name="graph">Runs a pipeline of several chains.</param>
    public KillExperiment(int rows, int seed, bool twice = false, bool graph = false)
    {
        this.rows = rows;
        this.seed = seed;
        this.twice = twice;
        this.graph = graph;
    }

    /// <summary>What an undisturbed run gives.</summary>
    public RunImage Expected { get; private set; } = null!;

    /// <summary>How long an undisturbed run takes: as measured, or less when the machine has become less busy since.</summary>
    public TimeSpan Time { get; private set; }

    public int Units { get; private set; }

    public int BatchBytes { get; init; } = 65_536;

    /// <summary>Runs undisturbed, as many at once as there will be later, so that the time is that of the machine as it is then.</summary>
    public async Task MeasureAsync(int parallel)
    {
        var clock = Stopwatch.StartNew();
        var results = await Task.WhenAll(Enumerable.Range(0, parallel).Select(i => RunAsync($"undisturbed-{i}", [], [], twice: false)));
        Time = clock.Elapsed;
        Expected = results[0].Image ?? throw new InvalidOperationException(string.Join('\n', results[0].Problems));
        Units = results[0].Log.Units;
    }

    /// <summary>One disturbed run.</summary>
    /// <param name="name">Names its folder.</param>
    /// <param name="moments">When each start is killed, as shares of <see cref="Time"/>; the start after the last one is left alone.</param>
    public async Task<KilledRun> KillAsync(string name, params double[] moments) => Compared(await RunAsync(name, moments, [], twice));

    /// <summary>One run that is killed as soon as it says what it does; each start at the next of these.</summary>
    /// <param name="name">Names its folder.</param>
    /// <param name="lines">Beginnings of lines of progress.</param>
    public async Task<KilledRun> KillAtAsync(string name, params string[] lines) => Compared(await RunAsync(name, [], lines, twice));

    KilledRun Compared(KilledRun run) => run.Image is null
        ? run with { Lost = Expected.Lines.Values.Sum() }
        : run with
        {
            Problems = [.. run.Problems, .. run.Image.Differences(Expected)],
            Lost = run.Image.Lost(Expected),
            Doubled = Expected.Lost(run.Image),
        };

    public void Dispose() => folder.Dispose();

    async Task<KilledRun> RunAsync(string name, double[] moments, string[] lines, bool twice)
    {
        var home = folder[name];
        if (graph)
        {
            DirtyTable.WriteGraph(home, rows, seed);
        }
        else
        {
            DirtyTable.Write(home, rows, seed);
        }

        var log = Path.Combine(home, "units.log");
        var settings = new Dictionary<string, string>
        {
            ["Sluice__UnitLog"] = log,
            ["Sluice__Durable__DeliverTwice"] = twice ? "true" : "false",
        };
        string[] talking = ["run", "pipeline.yaml", "--store", "store", "--batch-bytes", BatchBytes.ToString(CultureInfo.InvariantCulture)];
        string[] arguments = [.. talking, "--json"];
        var kills = 0;
        var times = new List<TimeSpan>();
        foreach (var moment in moments)
        {
            times.Add(Time * moment);
            var clock = Stopwatch.StartNew();
            using var doomed = SluiceProcess.Start(home, settings, arguments);
            if (await doomed.EndsWithinAsync(times[^1]) && kills == 0)
            {
                Time = clock.Elapsed < Time ? clock.Elapsed : Time;
            }

            kills += doomed.Kill() ? 1 : 0;
        }

        foreach (var line in lines)
        {
            using var doomed = SluiceProcess.Start(home, settings, talking);
            kills += await doomed.SaysAsync(line) && doomed.Kill() ? 1 : 0;
        }

        using var last = SluiceProcess.Start(home, settings, arguments);
        var end = await last.EndAsync();
        var units = new UnitLines(log);
        if (end.ExitCode != 0)
        {
            return new KilledRun(times, kills, null, units, [$"the last start did not succeed: {end}"]);
        }

        var (store, exports) = (Path.Combine(home, "store"), Path.Combine(home, "out"));
        var image = graph ? RunImage.Read(store, DirtyTable.GraphDatasets, exports) : RunImage.Read(store, "dirty", exports);
        Directory.Delete(home, recursive: true);
        return new KilledRun(times, kills, image, units, [.. units.DoneTwice, .. units.Unfinished]);
    }
}

/// <summary>What a disturbed run left.</summary>
/// <param name="Moments">When it was to be killed, from each start.</param>
/// <param name="Kills">How often it was alive then.</param>
/// <param name="Image">What it gave; null when it gave nothing.</param>
/// <param name="Log">Units over all starts.</param>
/// <param name="Problems">What is not as it was undisturbed.</param>
public sealed record KilledRun(IReadOnlyList<TimeSpan> Moments, int Kills, RunImage? Image, UnitLines Log, IReadOnlyList<string> Problems)
{
    /// <summary>Lines of the undisturbed run that are missing.</summary>
    public int Lost { get; init; }

    /// <summary>Lines that the undisturbed run does not have, or not as often.</summary>
    public int Doubled { get; init; }

    public override string ToString() =>
        $"killed at {string.Join(" and ", Moments.Select(m => $"{m.TotalSeconds:0.000} s"))} ({Kills} hit), {Log.Units} units, {Log.Started} starts, {Log.Done} done"
        + (Problems.Count == 0 ? ": identical" : ": " + string.Join("; ", Problems));
}
