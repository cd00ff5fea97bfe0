using System.Collections.Concurrent;
using DurableTask.Core.Exceptions;
using Microsoft.DurableTask.Client;
using Sluice.Embedded.Durable;
using Sluice.Embedded.Tests.Contracts;
using Xunit.Abstractions;

namespace Sluice.Embedded.Tests.Durable;

/// <summary>
/// Kills the engine at its named points over seeded schedules of a sample that uses everything (fan-out, child, timers, events, beginning again),
/// starts it again each time, delivers activities twice, lets leases run out and answers come late, and checks that nothing is lost or doubled.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    const int Rounds = 2;
    const int Width = 4;
    const int Schedules = 1000;

    /// <summary>Longer than a lease, should its second delivery never come: the first gives up waiting for it.</summary>
    static readonly TimeSpan patience = TimeSpan.FromSeconds(1);

    public sealed record State(int Round, long Sum);

    [Fact]
    public async Task Whatever_point_the_process_ends_at_nothing_is_lost_or_doubled()
    {
        var reached = new ConcurrentDictionary<string, int>();
        await Parallel.ForEachAsync(Enumerable.Range(0, Schedules), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (seed, _) =>
        {
            try
            {
                await new Schedule(seed).RunAsync(reached);
            }
            catch (Exception failure)
            {
                throw new Xunit.Sdk.XunitException($"Seed {seed}, first crash at '{Schedule.FirstPoint(seed)}': {failure}");
            }
        });

        output.WriteLine($"seeds 0 to {Schedules - 1}; crashes by point, and other faults: "
            + $"{string.Join(", ", reached.OrderBy(point => point.Key).Select(point => $"{point.Key} {point.Value}"))}");
        Assert.Empty(FaultPoints.All.Append("second delivery").Append("lost lease").Append("late answer").Except(reached.Keys));
    }

    sealed class Schedule(int seed)
    {
        readonly Random random = new(seed);
        readonly TestFaults faults = new();
        readonly ConcurrentDictionary<string, long> effects = new();
        readonly ConcurrentDictionary<string, bool> unequal = new();
        readonly ConcurrentDictionary<long, TaskCompletionSource> redelivered = new();
        ConcurrentDictionary<string, int> faultsSeen = null!;
        Harness hub = null!;
        bool isMended;
        int crashes;

        /// <summary>Every fourth schedule, as it takes the time of a lease.</summary>
        bool HasLate => seed % 4 == 0;

        public static string FirstPoint(int seed) => FaultPoints.All[seed % FaultPoints.All.Count];

        public async Task RunAsync(ConcurrentDictionary<string, int> reached)
        {
            faultsSeen = reached;
            await using var owner = hub = Sample();

            // Asked on the commit thread only, so it has its own source of chance.
            var chance = new Random(~seed);
            faults.Doubles = _ => chance.Next(10) == 0 && Count("second delivery");
            faults.Leaks = activity => activity == "Late";
            faults.Crashed = point => Count(point);
            Arm();
            await hub.StartAsync();

            await Surviving(StartAsync);
            if (FirstPoint(seed).StartsWith("release", StringComparison.Ordinal))
            {
                // The activity for 1 takes longer than a graceful stop waits.
                await Eventually.IsTrue(() => effects.ContainsKey("1"), "a long activity");
                await Surviving(StopAndStartAsync);
            }

            for (var round = 0; round < Rounds; round++)
            {
                await Surviving(() => RaiseAsync(round));
                if (random.Next(8) == 0)
                {
                    await Surviving(StopAndStartAsync);
                }
            }

            var end = await Surviving(() => hub.EndAsync("sample"));
            Check(end);
            var rewound = FirstPoint(seed).StartsWith("rewind", StringComparison.Ordinal) ? await RewoundAsync() : 0;
            Assert.Equal(Rounds + 1 + rewound, await hub.Client.GetAllInstancesAsync().CountAsync());
            await Surviving(() => hub.Client.PurgeInstanceAsync("sample", new PurgeInstanceOptions(Recursive: true)));
            await Surviving(CheckEmptyAsync);
        }

        bool Count(string fault) => faultsSeen.AddOrUpdate(fault, 1, (_, count) => count + 1) > 0;

        /// <summary>Loses its lease, because the first delivery answers only when the second has run: too late.</summary>
        async Task<long> LateAsync(ActivityCall call)
        {
            var second = redelivered.GetOrAdd(call.Input<long>(), _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
            if (call.DeliveryCount > 1)
            {
                Count("lost lease");
                second.TrySetResult();
            }
            else if (await Task.WhenAny(second.Task, Task.Delay(patience, call.Cancellation)) == second.Task)
            {
                Count("late answer");
            }

            return call.Input<long>();
        }

        void Effect(long value)
        {
            var key = $"{value}";
            if (!effects.TryAdd(key, value) && effects[key] != value)
            {
                unequal[key] = true;
            }
        }

        Harness Sample()
            => new Harness(faults: faults, configure: options =>
                options with { ActivityLease = TimeSpan.FromMilliseconds(40), DrainTimeout = TimeSpan.FromMilliseconds(1) })
            .ActivityAsync("Add", async call =>
            {
                var value = call.Input<long>();
                Effect(value);
                if (value % 10 == 1)
                {
                    // Long enough for a renewal of the lease, and for a graceful stop to abandon it.
                    await Eventually.Soon(call.Cancellation);
                }

                return value;
            })
            .ActivityAsync("Late", async call =>
            {
                Effect(call.Input<long>());
                return await LateAsync(call);
            })
            .Activity("Break", call => isMended ? call.Input<long>() : throw new IOException("not yet"))
            .Orchestrator("Flaky", async context => string.Join(' ', await Task.WhenAll(
                context.CallActivityAsync<long>("Break", 1000), context.CallActivityAsync<long>("Break", 1001))))
            .Orchestrator("Child", async context => await context.CallActivityAsync<long>("Add", context.GetInput<long>()))
            .Orchestrator("Sample", async context =>
            {
                var (round, sum) = context.GetInput<State>()!;
                context.SetCustomStatus(round);
                using var source = new CancellationTokenSource();
                var loser = context.CreateTimer(TimeSpan.FromMilliseconds(30), source.Token);
                var parts = await Task.WhenAll(Enumerable.Range(0, Width).Select(i => context.CallActivityAsync<long>(
                    HasLate && i == Width - 1 ? "Late" : "Add", (round * 100L) + i)));
                source.Cancel();
                sum += parts.Sum() + await context.CallSubOrchestratorAsync<long>("Child", (round * 100L) + 50);
                await context.CreateTimer(TimeSpan.FromMilliseconds(1), CancellationToken.None);
                while (await context.WaitForExternalEvent<int>("token") != round)
                {
                    // A token that was raised twice because its sender could not know: the receiver tells them apart.
                }

                if (round + 1 < Rounds)
                {
                    context.ContinueAsNew(new State(round + 1, sum));
                }

                return sum;
            });

        Task<bool> StartAsync() => StartAsync("Sample", new State(0, 0), "sample");

        async Task<bool> StartAsync(string orchestrator, object? input, string id)
        {
            try
            {
                await hub.ScheduleAsync(orchestrator, input, id);
            }
            catch (OrchestrationAlreadyExistsException)
            {
                // The start was committed before the crash.
            }

            return true;
        }

        async Task<bool> RaiseAsync(int round)
        {
            if (await hub.Client.GetInstanceAsync("sample") is { IsCompleted: false })
            {
                await hub.Client.RaiseEventAsync("sample", "token", round);
            }

            return true;
        }

        /// <summary>An instance that fails once and is rewound; returns how many instances that makes.</summary>
        async Task<int> RewoundAsync()
        {
            await Surviving(() => StartAsync("Flaky", null, "flaky"));
            var failed = await Surviving(() => hub.EndAsync("flaky"));
            Assert.Equal(OrchestrationRuntimeStatus.Failed, failed.RuntimeStatus);
            isMended = true;
            await Surviving(async () =>
            {
                if ((await hub.Client.GetInstanceAsync("flaky"))!.RuntimeStatus == OrchestrationRuntimeStatus.Failed)
                {
                    await hub.Client.RewindInstanceAsync("flaky", "mended");
                }

                return true;
            });
            Assert.Equal("1000 1001", (await Surviving(() => hub.EndAsync("flaky"))).ReadOutputAs<string>());
            return 1;
        }

        async Task<bool> StopAndStartAsync()
        {
            await hub.StopAndStartAsync();
            return true;
        }

        async Task<T> Surviving<T>(Func<Task<T>> action)
        {
            while (true)
            {
                try
                {
                    return await action();
                }
                catch (Exception error) when (error is EngineKilledException || hub.Engine.Gone is not null)
                {
                    await Eventually.IsTrue(() => hub.Engine.Gone is not null, "the end of the engine");
                    Arm();
                    await hub.StartAsync();
                }
            }
        }

        /// <summary>Up to four crashes a schedule: the first at the schedule's own point, the others anywhere.</summary>
        void Arm()
        {
            if (crashes++ < 4)
            {
                var isFirst = crashes == 1;
                var point = isFirst ? FirstPoint(seed) : FaultPoints.All[random.Next(FaultPoints.All.Count)];
                faults.CrashAt(point, IsRare(point) ? 1 : 1 + random.Next(12));
            }
        }

        /// <summary>Reached once or twice in a schedule; the others many times.</summary>
        static bool IsRare(string point) => point.Split('.')[0] is "start" or "send" or "drop" or "purge" or "release" or "renew" or "rewind";

        void Check(OrchestrationMetadata end)
        {
            var values = Enumerable.Range(0, Rounds).SelectMany(round =>
                Enumerable.Range(0, Width).Append(50).Select(i => (round * 100L) + i)).ToList();
            Assert.Equal(OrchestrationRuntimeStatus.Completed, end.RuntimeStatus);
            Assert.Equal(values.Sum(), end.ReadOutputAs<long>());
            Assert.Equal(values.Order(), effects.Values.Order());
            Assert.Empty(unequal);
            var scheduled = hub.Engine.History("sample")!.Where(e => e.IsScheduled).Select(e => e.EventId).ToList();
            Assert.Equal(scheduled.Distinct(), scheduled);
        }

        /// <summary>What is left in the queues after the end are only second deliveries and late timers, and these go as well.</summary>
        async Task<bool> CheckEmptyAsync()
        {
            var (tasks, messages) = (new List<ActivityTask>(), new List<Message>());
            await Eventually.IsTrue(
                () => hub.Engine.Gone is not null
                    ? throw new EngineKilledException()
                    : (tasks = hub.Engine.Store.Tasks()).Count == 0 && (messages = hub.Engine.Store.Messages()).Count == 0,
                () => $"empty queues; found {string.Join(", ", [.. tasks.Cast<object>(), .. messages])}");
            return true;
        }
    }
}
