using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Sluice.Embedded.Tests.Durable;

/// <summary>Contract tests 9 to 15: determinism and replay.</summary>
public sealed class ReplayTests
{
    [Fact]
    [Trait("Contract", "9")]
    public async Task New_code_is_not_replaying_and_a_replay_safe_logger_logs_once()
    {
        var seen = new ConcurrentQueue<(int Step, bool IsReplaying)>();
        using var log = new ListLog();
        await using var hub = await new Harness { Loggers = log }
            .Activity("Step", call => call.Input<int>())
            .Orchestrator("Steps", async context =>
            {
                var logger = context.CreateReplaySafeLogger<ReplayTests>();
                for (var step = 0; step < 3; step++)
                {
                    seen.Enqueue((step, context.IsReplaying));
                    logger.Log(LogLevel.Information, default, $"step {step}", null, (state, _) => state);
                    await context.CallActivityAsync("Step", step);
                }

                return null;
            })
            .StartAsync();

        await hub.RunAsync("Steps");

        Assert.Equal([(0, false), (0, true), (1, false), (0, true), (1, true), (2, false), (0, true), (1, true), (2, true)], seen);
        Assert.Equal(["step 0", "step 1", "step 2"], log.Messages.Where(message => message.StartsWith("step", StringComparison.Ordinal)));
    }

    [Fact]
    [Trait("Contract", "10")]
    public async Task The_time_is_constant_in_a_turn_and_the_same_in_replays()
    {
        var clock = new TestClock();
        var seen = new ConcurrentDictionary<int, ConcurrentBag<DateTime>>();
        await using var hub = await new Harness(clock)
            .Activity("Later", _ =>
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                return null;
            })
            .Orchestrator("Times", async context =>
            {
                for (var step = 0; step < 4; step++)
                {
                    seen.GetOrAdd(step, _ => []).Add(context.CurrentUtcDateTime);
                    await context.CallActivityAsync("Later");
                }

                return null;
            })
            .StartAsync();

        await hub.RunAsync("Times");

        Assert.All(seen.Values, times => Assert.Single(times.Distinct()));
        Assert.Equal([0, 1, 2, 3], seen.OrderBy(step => step.Key).Select(step => (int)(step.Value.First() - seen[0].First()).TotalSeconds));
        Assert.All(seen.Values, times => Assert.Equal(DateTimeKind.Utc, times.First().Kind));
    }

    [Fact]
    [Trait("Contract", "11")]
    public async Task New_guids_are_stable_over_replays_and_follow_the_formula()
    {
        var seen = new ConcurrentQueue<(Guid A, Guid B, DateTime Time)>();
        await using var hub = await new Harness()
            .Activity("Step", _ => null)
            .Orchestrator("Guids", async context =>
            {
                var time = context.CurrentUtcDateTime;
                seen.Enqueue((context.NewGuid(), context.NewGuid(), time));
                await context.CallActivityAsync("Step");
                await context.CallActivityAsync("Step");
                return context.NewGuid();
            })
            .StartAsync();

        var end = await hub.RunAsync("Guids", id: "guids");

        var (a, b, time) = Assert.Single(seen.Distinct());
        Assert.Equal(3, seen.Count);
        Assert.Equal(3, new[] { a, b, end.ReadOutputAs<Guid>() }.Distinct().Count());
        Assert.Equal(NameBased($"guids_{time:o}_0"), a);
        Assert.Equal(NameBased($"guids_{time:o}_1"), b);
    }

    [Theory]
    [Trait("Contract", "12")]
    [InlineData("name", "Expected at #0: activity 'A'. Found: activity 'B'.")]
    [InlineData("kind", "Expected at #0: activity 'A'. Found: timer.")]
    [InlineData("less", "Expected at #0: activity 'A'. Found: the code schedules nothing there.")]
    [InlineData("more", "Expected at #1: nothing in this turn. Found: activity 'B'.")]
    public async Task A_changed_orchestrator_fails_with_expected_and_found(string change, string expected)
    {
        await using var hub = new Harness()
            .Activity("A", _ => null)
            .Activity("B", _ => null)
            .Orchestrator("Changing", async context =>
            {
                await context.CallActivityAsync("A");
                return await context.WaitForExternalEvent<string>("go");
            });
        await hub.StartAsync();
        var id = await hub.ScheduleAsync("Changing");
        await Eventually.IsTrue(() => hub.Engine.History(id)!.Any(e => e.Kind == Embedded.Durable.EventKind.TaskCompleted), "the activity");

        await hub.Engine.StopAsync(CancellationToken.None);
        hub.Orchestrator("Changing", async context =>
        {
            await (change switch
            {
                "name" => context.CallActivityAsync("B"),
                "kind" => context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None),
                "more" => Task.WhenAll(context.CallActivityAsync("A"), context.CallActivityAsync("B")),
                _ => Task.CompletedTask,
            });
            return await context.WaitForExternalEvent<string>("go");
        });
        await hub.StartAsync();
        await hub.Client.RaiseEventAsync(id, "go", "on");
        var end = await hub.EndAsync(id);

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Equal("DurableTask.Core.Exceptions.NonDeterministicOrchestrationException", end.FailureDetails!.ErrorType);
        Assert.Contains(expected, end.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Contract", "13")]
    [InlineData("run")]
    [InlineData("never")]
    [InlineData("mixed")]
    [InlineData("configure-await")]
    public async Task Awaiting_a_task_that_is_not_durable_fails_and_does_not_hang(string kind)
    {
        var late = new TaskCompletionSource();
        var isWaiting = new TaskCompletionSource();
        await using var hub = await new Harness()
            .Activity("A", _ => null)
            .Orchestrator("Foreign", async context =>
            {
                switch (kind)
                {
                    case "run":
                        await Task.Run(() => 1);
                        break;
                    case "never":
                        await new TaskCompletionSource().Task;
                        break;
                    case "mixed":
                        isWaiting.TrySetResult();
                        await Task.WhenAny(context.WaitForExternalEvent<int>("never"), late.Task);
                        break;
                    default:
                        await context.CallActivityAsync("A").ConfigureAwait(false);
                        await context.CallActivityAsync("A");
                        break;
                }

                return 1;
            })
            .StartAsync();

        var id = await hub.ScheduleAsync("Foreign");
        if (kind == "mixed")
        {
            await isWaiting.Task;
            await hub.RuntimeStatusAsync(id, OrchestrationRuntimeStatus.Running);
            late.SetResult();
        }

        var end = await hub.EndAsync(id);

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Contains("awaited a task that is not durable", end.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Contract", "15")]
    public async Task Scheduling_from_another_thread_is_refused()
    {
        Exception? seen = null;
        await using var hub = await new Harness()
            .Activity("A", _ => null)
            .Orchestrator("Threads", context =>
            {
                var thread = new Thread(() =>
                {
                    try
                    {
                        context.NewGuid();
                        context.CallActivityAsync("A").GetAwaiter().GetResult();
                    }
                    catch (InvalidOperationException refused)
                    {
                        seen = refused;
                    }
                });
                thread.Start();
                thread.Join();
                return Task.FromResult<object?>(null);
            })
            .StartAsync();

        var end = await hub.RunAsync("Threads");

        Assert.Contains("used its context from another thread", Assert.IsType<InvalidOperationException>(seen).Message, StringComparison.Ordinal);
        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
    }

    static Guid NameBased(string name)
    {
        byte[] input = [.. Convert.FromHexString("9e9529585e334daf827f2fa12937b875"), .. Encoding.UTF8.GetBytes(name)];

        // CA5350: RFC 9562 prescribes SHA-1 for version 5; nothing is protected by it.
#pragma warning disable CA5350
        var hex = Convert.ToHexStringLower(SHA1.HashData(input))[..32].ToCharArray();
#pragma warning restore CA5350
        hex[12] = '5';
        hex[16] = "89ab"[Convert.ToInt32(hex[16].ToString(), 16) & 3];
        return Guid.Parse(new string(hex));
    }

    sealed class ListLog : ILoggerFactory, ILogger
    {
        public ConcurrentQueue<string> Messages { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("This log has no providers.");

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => Messages.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
