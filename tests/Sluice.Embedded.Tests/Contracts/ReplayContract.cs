using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Sluice.Embedded.Tests.Durable;

namespace Sluice.Embedded.Tests.Contracts;

/// <summary>Contract tests 9 to 15: determinism and replay.</summary>
public abstract class ReplayContract<TBackend> : DurableContract<TBackend>
    where TBackend : IDurableBackend
{
    [Fact]
    [Trait("Contract", "9")]
    public async Task New_code_is_not_replaying_and_a_replay_safe_logger_logs_once()
    {
        var seen = new ConcurrentQueue<(int Step, bool IsReplaying)>();
        using var log = new ListLog();
        await using var hub = await Hub(loggers: log)
            .Activity("Step", call => call.Input<int>())
            .Orchestrator("Steps", async context =>
            {
                var logger = context.CreateReplaySafeLogger<HubOptions>();
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

    [ContractFact(Needs = Capabilities.Clock)]
    [Trait("Contract", "10")]
    public async Task The_time_is_constant_in_a_turn_and_the_same_in_replays()
    {
        var clock = new TestClock();
        var seen = new ConcurrentDictionary<int, ConcurrentBag<DateTime>>();
        await using var hub = await Hub(clock)
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
        await using var hub = await Hub()
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
        Assert.Equal(NameBasedGuid.Of($"guids_{time:o}_0"), a);
        Assert.Equal(NameBasedGuid.Of($"guids_{time:o}_1"), b);
    }

    [ContractTheory(Needs = Capabilities.History)]
    [Trait("Contract", "12")]
    [InlineData("name", "Expected at #0: activity 'A'. Found: activity 'B'.")]
    [InlineData("kind", "Expected at #0: activity 'A'. Found: timer.")]
    [InlineData("less", "Expected at #0: activity 'A'. Found: the code schedules nothing there.")]
    [InlineData("more", "Expected at #1: nothing in this turn. Found: activity 'B'.")]
    public async Task A_changed_orchestrator_fails_with_expected_and_found(string change, string expected)
    {
        await using var hub = Hub()
            .Activity("A", _ => null)
            .Activity("B", _ => null)
            .Orchestrator("Changing", async context =>
            {
                await context.CallActivityAsync("A");
                return await context.WaitForExternalEvent<string>("go");
            });
        await hub.StartAsync();
        var id = await hub.ScheduleAsync("Changing");
        await Eventually.IsTrue(() => hub.History(id).Any(e => e.Kind == EventKind.TaskCompleted), "the activity");

        await hub.StopAsync();
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
        await using var hub = await Hub()
            .Activity("A", _ => null)
            .Orchestrator("Foreign", async context =>
            {
                switch (kind)
                {
                    case "run":
                        // It must not have ended before it is awaited.
                        await Task.Run(async () => await late.Task);
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

    [ContractFact(Needs = Capabilities.Clock | Capabilities.History)]
    [Trait("Contract", "14")]
    public async Task The_history_is_the_same_whether_state_is_kept_between_turns_or_read_again()
    {
        var kept = await HistoryAsync(keepsState: true);
        var read = await HistoryAsync(keepsState: false);

        Assert.Equal(read, kept);
        Assert.Equal(2, kept.Count(e => e.Kind == EventKind.TimerCreated));
        Assert.Single(kept, e => e.Kind == EventKind.SubOrchestrationInstanceCompleted);
        Assert.Equal(EventKind.OrchestratorCompleted, kept[^1].Kind);

        static async Task<IReadOnlyList<HistoryEntry>> HistoryAsync(bool keepsState)
        {
            await using var hub = await Hub(new TestClock(), configure: options => options with { KeepsState = keepsState })
                .Activity("Step", call => call.Input<int>() * 2)
                .Activity("Fail", _ => throw new IOException("once"))
                .Orchestrator("Child", context => Task.FromResult<object?>(context.NewGuid()))
                .Orchestrator("Run", async context =>
                {
                    var value = await context.CallActivityAsync<int>("Step", 1);
                    await context.CreateTimer(context.CurrentUtcDateTime, CancellationToken.None);
                    var child = await context.CallSubOrchestratorAsync<Guid>("Child");
                    context.SetCustomStatus("waiting");
                    var word = await context.WaitForExternalEvent<string>("word");
                    try
                    {
                        await context.CallActivityAsync("Fail", options: new TaskOptions(new RetryPolicy(1, TimeSpan.FromSeconds(1))));
                    }
                    catch (TaskFailedException failed)
                    {
                        word += failed.FailureDetails.ErrorMessage;
                    }

                    return $"{await context.CallActivityAsync<int>("Step", value)} {child} {word}";
                })
                .StartAsync();
            await hub.ScheduleAsync("Run", id: "run");
            await hub.StatusAsync("run", "waiting");
            await hub.Client.RaiseEventAsync("run", "word", "go");
            await hub.EndAsync("run");
            return hub.History("run");
        }
    }

    [Fact]
    [Trait("Contract", "15")]
    public async Task Scheduling_from_another_thread_is_refused()
    {
        Exception? seen = null;
        await using var hub = await Hub()
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
