using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Sluice.Embedded.Tests.Durable;

namespace Sluice.Embedded.Tests.Contracts;

/// <summary>Contract tests 1 to 8: starting and identity.</summary>
public abstract class StartContract<TBackend> : DurableContract<TBackend>
    where TBackend : IDurableBackend
{
    public enum Colour
    {
        Red,
        Green,
    }

    public sealed record Everything(
        string? Nothing, string Empty, string Text, Colour Colour, decimal Amount, DateTimeOffset At, Everything? Nested, Dictionary<string, int> Counts);

    static readonly Everything sample = new(
        null, "", "naïve ☃ 𝄞 \"quoted\" \n", Colour.Green, 79228162514264337593543950335m, new(2026, 2, 28, 23, 59, 59, 123, TimeSpan.FromHours(5.5)),
        new(null, "", "inner", Colour.Red, 0.1m, DateTimeOffset.UnixEpoch, null, []), new() { ["a b"] = 1, ["ü"] = -2 });

    [Fact]
    [Trait("Contract", "1")]
    public async Task Scheduling_returns_the_given_id_or_32_hex_characters()
    {
        await using var hub = await Hub().Orchestrator("Now", _ => Task.FromResult<object?>(1)).StartAsync();

        Assert.Equal("my-id", await hub.ScheduleAsync("Now", id: "my-id"));
        Assert.Matches("^[0-9a-f]{32}$", await hub.ScheduleAsync("Now"));
    }

    [ContractFact(Needs = Capabilities.Clock)]
    [Trait("Contract", "2")]
    public async Task Status_goes_from_pending_over_running_to_completed()
    {
        var clock = new TestClock();
        await using var hub = await Hub(clock)
            .Orchestrator("Wait", async context => await context.WaitForExternalEvent<string>("go"))
            .StartAsync();
        var later = new StartOrchestrationOptions("run", clock.GetUtcNow().AddMinutes(1));

        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Wait", later);
        var pending = await hub.Client.GetInstanceAsync("run");
        clock.Advance(TimeSpan.FromMinutes(1));
        var running = await hub.Client.WaitForInstanceStartAsync("run");
        await hub.Client.RaiseEventAsync("run", "go", "on");
        var completed = await hub.EndAsync("run");

        Assert.Equal(OrchestrationRuntimeStatus.Pending, pending!.RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Running, running.RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, completed.RuntimeStatus);
        Assert.Equal(TimeSpan.Zero, completed.CreatedAt.Offset);
        Assert.True(completed.CreatedAt < running.LastUpdatedAt && running.LastUpdatedAt <= completed.LastUpdatedAt);
    }

    [ContractFact(Needs = Capabilities.Dedupe | Capabilities.History)]
    [Trait("Contract", "3")]
    public async Task A_live_id_is_refused_and_a_finished_one_begins_a_fresh_history()
    {
        await using var hub = await Hub()
            .Orchestrator("Wait", async context => await context.WaitForExternalEvent<string>("go"))
            .StartAsync();
        await hub.ScheduleAsync("Wait", id: "one");

        var refused = await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => hub.ScheduleAsync("Wait", id: "one"));
        await hub.Client.RaiseEventAsync("one", "go", "first");
        var first = await hub.EndAsync("one");
        await hub.ScheduleAsync("Wait", id: "one");
        await hub.Client.RaiseEventAsync("one", "go", "second");
        var second = await hub.EndAsync("one");
        var deduped = await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => hub.Client.ScheduleNewOrchestrationInstanceAsync(
            "Wait", null, new StartOrchestrationOptions("one").WithDedupeStatuses(OrchestrationRuntimeStatus.Completed)));

        Assert.Contains("'one' exists and is", refused.Message, StringComparison.Ordinal);
        Assert.Equal("first", first.ReadOutputAs<string>());
        Assert.Equal("second", second.ReadOutputAs<string>());
        Assert.Equal(1, hub.History("one").Count(e => e.Kind == EventKind.ExecutionStarted));
        Assert.Contains("is Completed", deduped.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Contract", "4")]
    public async Task Of_20_concurrent_starts_with_one_id_exactly_one_runs()
    {
        var executions = 0;
        await using var hub = await Hub()
            .Activity("Count", _ => Interlocked.Increment(ref executions))
            .Orchestrator("Once", async context =>
            {
                await context.CallActivityAsync("Count");
                return await context.WaitForExternalEvent<int>("go");
            })
            .StartAsync();

        var starts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () =>
        {
            try
            {
                await hub.ScheduleAsync("Once", id: "same");
                return 1;
            }
            catch (OrchestrationAlreadyExistsException)
            {
                return 0;
            }
        })));
        await hub.Client.RaiseEventAsync("same", "go", 1);
        await hub.EndAsync("same");

        Assert.Equal(1, starts.Sum());
        Assert.Equal(1, executions);
    }

    [ContractFact(Needs = Capabilities.Clock)]
    [Trait("Contract", "5")]
    public async Task A_start_in_the_future_waits_also_over_a_restart()
    {
        var clock = new TestClock();
        await using var hub = await Hub(clock).Orchestrator("Now", _ => Task.FromResult<object?>(1)).StartAsync();
        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Now", new StartOrchestrationOptions("late", clock.GetUtcNow().AddDays(40)));

        clock.Advance(TimeSpan.FromDays(39));
        await hub.StopAndStartAsync();
        var before = await hub.Client.GetInstanceAsync("late");
        clock.Advance(TimeSpan.FromDays(1));
        var after = await hub.EndAsync("late");

        Assert.Equal(OrchestrationRuntimeStatus.Pending, before!.RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, after.RuntimeStatus);
    }

    [Theory]
    [Trait("Contract", "6")]
    [InlineData("@entity")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a#b")]
    [InlineData("a?b")]
    [InlineData("a\nb")]
    [InlineData("")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task An_illegal_id_is_refused_before_storage(string id)
    {
        await using var hub = await Hub().Orchestrator("Now", _ => Task.FromResult<object?>(1)).StartAsync();

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => hub.ScheduleAsync("Now", id: id));

        Assert.Contains("The instance id is not allowed: found '", refused.Message, StringComparison.Ordinal);
        Assert.Null(await hub.Client.GetInstanceAsync(id));
    }

    [Fact]
    [Trait("Contract", "6")]
    public async Task An_id_that_differs_only_by_case_is_refused()
    {
        await using var hub = await Hub().Orchestrator("Now", _ => Task.FromResult<object?>(1)).StartAsync();
        await hub.RunAsync("Now", id: "Run-A");

        var refused = await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => hub.ScheduleAsync("Now", id: "run-a"));

        Assert.Contains("'run-a' differs from the existing 'Run-A' only by case", refused.Message, StringComparison.Ordinal);
        Assert.Null(await hub.Client.GetInstanceAsync("run-a"));
    }

    [Fact]
    [Trait("Contract", "7")]
    public async Task Payloads_round_trip_through_input_activity_status_event_and_output()
    {
        await using var hub = await Hub()
            .Activity("Echo", call => call.Input<Everything>())
            .Orchestrator("Echo", async context =>
            {
                var value = await context.CallActivityAsync<Everything>("Echo", context.GetInput<Everything>());
                context.SetCustomStatus(value);
                return await context.WaitForExternalEvent<Everything>("event");
            })
            .StartAsync();

        var id = await hub.ScheduleAsync("Echo", sample);
        await hub.Client.RaiseEventAsync(id, "event", sample);
        var end = await hub.EndAsync(id);

        foreach (var value in new[] { end.ReadInputAs<Everything>(), end.ReadOutputAs<Everything>(), end.ReadCustomStatusAs<Everything>() })
        {
            Assert.Equivalent(sample, value, strict: true);
            Assert.Equal(sample.At.Offset, value!.At.Offset);
        }
    }

    [Theory]
    [Trait("Contract", "7")]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("☃\u0000\u001f")]
    public async Task A_string_round_trips(string? text)
    {
        await using var hub = await Hub()
            .Activity("Echo", call => call.Input<string?>())
            .Orchestrator("Echo", async context => await context.CallActivityAsync<string?>("Echo", context.GetInput<string?>()))
            .StartAsync();

        var end = await hub.RunAsync("Echo", text);

        Assert.Equal(text, end.ReadOutputAs<string?>());
        Assert.Equal(text is null, end.SerializedOutput is null);
    }

    [Fact]
    [Trait("Contract", "7")]
    public async Task Payloads_are_readable_only_when_they_were_asked_for()
    {
        await using var hub = await Hub().Orchestrator("Now", _ => Task.FromResult<object?>(1)).StartAsync();
        await hub.RunAsync("Now", id: "run");

        var state = await hub.Client.GetInstanceAsync("run");

        var refused = Assert.Throws<InvalidOperationException>(() => state!.ReadOutputAs<int>());
        Assert.Contains("getInputsAndOutputs: true", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Contract", "8")]
    public async Task An_unknown_orchestrator_fails_and_says_so()
    {
        await using var hub = await Hub().StartAsync();

        var end = await hub.RunAsync("Missing");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Contains("The orchestrator 'Missing' was not found.", end.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }
}
