using System.Diagnostics;
using System.Text.Json;
using Sluice.Batches;
using Sluice.Connectors;
using Sluice.Quality;
using Sluice.Steps;

namespace Sluice.Bench;

/// <summary>What each quality check costs: processor seconds of looking at all rows of a file and of marking failures, beside those of the statistics that all of them share.</summary>
static class CheckCosts
{
    const int Rounds = 3;

    public static async Task RunAsync(string csv)
    {
        var batches = await ReadAsync(csv);
        var shared = Measure([], batches);
        Console.WriteLine($"{"check",-24}{"look s",10}{"mark s",10}{"MB allocated",16}");
        Console.WriteLine($"{"(shared statistics)",-24}{shared.Look,10:0.00}{shared.Mark,10:0.00}{shared.Megabytes,16:0}");
        foreach (var name in Names())
        {
            var own = Measure([name], batches);
            Console.WriteLine($"{name,-24}{own.Look - shared.Look,10:0.00}{own.Mark,10:0.00}{own.Megabytes - shared.Megabytes,16:0}");
        }
    }

    // The step itself says which checks there are, where it is asked for one that there is not.
    static string[] Names()
    {
        var problems = new StepProblems();
        new QualityValidation(new() { Checks = ["?"] }).Plan(new Schema([]), problems);
        var text = problems.Items[0].Message;
        var from = text.IndexOf("are: ", StringComparison.Ordinal) + 5;
        return text[from..text.IndexOf("; or", StringComparison.Ordinal)].Split(", ");
    }

    static async Task<List<Batch>> ReadAsync(string csv)
    {
        var source = (Source)Catalog.Default.Configure(CapabilityKind.Source, "csv", JsonSerializer.Serialize(new { file_path = csv }));
        var inputs = new FolderInputs([Path.GetPathRoot(Environment.CurrentDirectory)!], Environment.CurrentDirectory);
        var batches = new List<Batch>();
        Schema? schema = null;
        await foreach (var shard in source.ListShardsAsync(inputs, new ShardCut(), default))
        {
            var rows = await source.ReadAsync(inputs, shard, schema, default);
            schema ??= rows.Batch.Schema;
            batches.Add(rows.Batch);
        }

        return batches;
    }

    static (double Look, double Mark, double Megabytes) Measure(string[] checks, List<Batch> batches)
    {
        var best = (Look: double.MaxValue, Mark: double.MaxValue, Megabytes: 0.0);
        for (var round = 0; round < Rounds; round++)
        {
            var step = new QualityValidation(new() { Checks = checks });
            var (before, bytes) = (Seconds(), GC.GetAllocatedBytesForCurrentThread());
            State? state = null;
            foreach (var batch in batches)
            {
                var part = step.NewState(batch.Schema)!;
                step.Observe(batch, part);
                if (step.IsKeyed)
                {
                    step.Keys(batch);
                }

                state = Merged(state, part);
            }

            var looked = Seconds();
            var fitted = new Fitted(step.Fit(state, null));
            foreach (var batch in batches)
            {
                step.Apply(batch, fitted, new Verdicts(batch.Rows));
            }

            best = (Math.Min(best.Look, looked - before), Math.Min(best.Mark, Seconds() - looked), (GC.GetAllocatedBytesForCurrentThread() - bytes) / 1e6);
        }

        return best;
    }

    static State Merged(State? all, State part)
    {
        all?.Merge(part);
        return all ?? part;
    }

    static double Seconds() => Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;
}
