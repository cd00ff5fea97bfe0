using System.Diagnostics;
using Sluice.Embedded.Tests.Contracts;
using Xunit.Abstractions;

namespace Sluice.Embedded.Tests.Durable;

/// <summary>Long runs, asked for with SLUICE_SOAK=1: memory and store stay as small as they were after the first tenth.</summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    const int Instances = 100;
    const int EventsOfEach = 1000;
    const int Events = Instances * EventsOfEach;
    const int Samples = 10;
    const long MaxGrowth = 8 << 20;

    [SoakFact]
    public async Task A_hundred_thousand_events_leave_memory_flat()
    {
        await using var hub = await new Harness()
            .Activity("Add", call => call.Input<int[]>().Sum())
            .Orchestrator("Count", async context =>
            {
                var (seen, sum) = context.GetInput<Progress>()!;
                for (var i = 0; i < 50; i++)
                {
                    var value = await context.WaitForExternalEvent<int>("value");
                    sum = await context.CallActivityAsync<int>("Add", new[] { sum, value });
                    seen++;
                }

                if (seen < EventsOfEach)
                {
                    context.ContinueAsNew(new Progress(seen, sum));
                }

                return sum;
            })
            .StartAsync();
        string[] ids = [.. Enumerable.Range(0, Instances).Select(i => $"count-{i}")];
        await Task.WhenAll(ids.Select(id => hub.ScheduleAsync("Count", new Progress(0, 0), id)));
        var started = Stopwatch.GetTimestamp();
        var heaps = new List<long>();
        var store = new List<long>();

        for (var sample = 0; sample < Samples; sample++)
        {
            await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (id, cancellation) =>
            {
                for (var i = 0; i < EventsOfEach / Samples; i++)
                {
                    await hub.Client.RaiseEventAsync(id, "value", 1, cancellation);
                }
            });
            await Eventually.IsTrue(() => hub.Engine.Store.Messages().Count == 0 && hub.Engine.Store.Tasks().Count == 0, "empty queues");
            heaps.Add(GC.GetTotalMemory(forceFullCollection: true));
            store.Add(Directory.EnumerateFiles(hub.Folder).Sum(file => new FileInfo(file).Length));
            output.WriteLine($"{(sample + 1) * Events / Samples} events, {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s: heap {heaps[^1] >> 10} KiB, "
                + $"working set {Environment.WorkingSet >> 20} MiB, store {store[^1] >> 10} KiB");
        }

        var ends = await Task.WhenAll(ids.Select(hub.EndAsync));
        Assert.All(ends, end => Assert.Equal(EventsOfEach, end.ReadOutputAs<int>()));
        Assert.InRange(heaps[^1] - heaps[0], long.MinValue, MaxGrowth);
        Assert.InRange(store[^1] - store[0], long.MinValue, MaxGrowth);
    }

    public sealed record Progress(int Seen, int Sum);

    [AttributeUsage(AttributeTargets.Method)]
    public sealed class SoakFactAttribute : FactAttribute
    {
        public SoakFactAttribute() => Skip = Environment.GetEnvironmentVariable("SLUICE_SOAK") == "1" ? null! : "It takes minutes: set SLUICE_SOAK=1.";
    }
}
