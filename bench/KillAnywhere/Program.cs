using System.Diagnostics;
using System.Globalization;
using Sluice.EndToEnd;
using Sluice.KillAnywhere;

if (args is ["asking", .. var rest])
{
    return await AskingBench.RunAsync(rest);
}

const int Rows = 6_000;
var count = 300;
var seed = Environment.TickCount;
var parallel = Math.Min(2, Environment.ProcessorCount);
var graph = false;
for (var i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--seed" when i + 1 < args.Length && int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out seed):
        case "--parallel" when i + 1 < args.Length && int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out parallel) && parallel > 0:
            i++;
            break;
        case "--graph":
            graph = true;
            break;
        case var number when int.TryParse(number, CultureInfo.InvariantCulture, out count) && count > 0:
            break;
        default:
            Console.Error.WriteLine($"'{args[i]}' is not understood. Use: bench/kill-anywhere [N=300] [--seed S] [--parallel P] [--graph]");
            return 2;
    }
}

Console.WriteLine($"seed {seed}: {count} kills, every activity delivered twice, {parallel} at once{(graph ? ", a pipeline of several chains" : "")}");
using var experiment = new KillExperiment(Rows, seed, twice: true, graph);
await experiment.MeasureAsync(parallel);
Console.WriteLine(
    $"undisturbed: {experiment.Time.TotalSeconds:0.00} s, {experiment.Units} units, {experiment.Expected.RowsRead} rows read, {experiment.Expected.Rows} kept, version {experiment.Expected.Version}");

var clock = Stopwatch.StartNew();
var gate = new Lock();
var random = new Random(seed);
var (drawn, kills, misses, identical, lost, doubled) = (0, 0, 0, 0, 0, 0);
await Task.WhenAll(Enumerable.Range(0, parallel).Select(_ => WorkAsync()));
Console.WriteLine($"{misses} runs ended before their kill and were compared too; {clock.Elapsed.TotalMinutes:0.0} min");
Console.WriteLine($"{kills} kills, {identical} identical, {lost} lost, {doubled} doubled");
return identical == kills && lost == 0 && doubled == 0 ? 0 : 1;

async Task WorkAsync()
{
    while (Draw() is { } moment)
    {
        var run = await experiment.KillAsync($"kill-{moment.Number}", moment.At);
        Count(moment.Number, run);
    }
}

(int Number, double At)? Draw()
{
    lock (gate)
    {
        // A run that ends before its kill is no kill: others take its place, up to twice as many.
        return drawn - misses >= count || drawn >= 2 * count ? null : (++drawn, 0.05 + random.NextDouble());
    }
}

void Count(int number, KilledRun run)
{
    lock (gate)
    {
        var hit = run.Kills > 0;
        kills += hit ? 1 : 0;
        misses += hit ? 0 : 1;
        identical += hit && run.Problems.Count == 0 ? 1 : 0;
        lost += run.Lost;
        doubled += run.Doubled;
        if (run.Problems.Count > 0)
        {
            Console.WriteLine($"kill {number}: {run}");
        }
        else if (kills % 25 == 0 && hit)
        {
            Console.WriteLine($"{kills} kills, {clock.Elapsed.TotalMinutes:0.0} min");
        }
    }
}
