using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Sluice.Embedded.Tests.Durable;

namespace Sluice.Embedded.Tests.Contracts;

/// <summary>Contract tests 51 to 56: beginning again.</summary>
public abstract class ContinueAsNewContract<TBackend> : DurableContract<TBackend>
    where TBackend : IDurableBackend
{
    [ContractFact(Needs = Capabilities.History)]
    [Trait("Contract", "51")]
    public async Task A_hundred_iterations_keep_the_id_change_the_execution_and_bound_the_history()
    {
        var executions = new ConcurrentDictionary<string, int>();
        IDurableHarness hub = null!;
        await using var owner = hub = await Hub()
            .Activity("Work", call =>
            {
                executions[hub.ExecutionId(call.InstanceId)] = hub.History(call.InstanceId).Count;
                return null;
            })
            .Orchestrator("Loop", async context =>
            {
                var round = context.GetInput<int>();
                await context.CallActivityAsync("Work");
                if (round < 100)
                {
                    context.ContinueAsNew(round + 1);
                }

                return round;
            })
            .StartAsync();

        var end = await hub.RunAsync("Loop", 1, "loop");

        Assert.Equal(100, end.ReadOutputAs<int>());
        Assert.Equal("loop", end.InstanceId);
        Assert.Equal(100, executions.Count);
        Assert.All(executions.Values, count => Assert.InRange(count, 1, 10));
    }

    [Fact]
    [Trait("Contract", "52")]
    public async Task Events_that_were_not_processed_survive_also_those_of_the_same_batch()
    {
        var isFirst = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        await using var hub = await Hub()
            .ActivityAsync("Block", async _ =>
            {
                isFirst.TrySetResult();
                await go.Task;
                return null;
            })
            .Orchestrator("Collect", async context =>
            {
                var seen = context.GetInput<string>()!;
                if (seen.Length == 0)
                {
                    await context.CallActivityAsync("Block");
                }

                seen += await context.WaitForExternalEvent<string>("letter");
                if (seen.Length < 6)
                {
                    context.ContinueAsNew(seen);
                    return null;
                }

                return seen;
            })
            .StartAsync();
        var id = await hub.ScheduleAsync("Collect", "");
        await isFirst.Task;

        foreach (var letter in "abcde")
        {
            await hub.Client.RaiseEventAsync(id, "letter", letter.ToString());
        }

        go.SetResult();
        await hub.Client.RaiseEventAsync(id, "letter", "f");
        var end = await hub.EndAsync(id);

        Assert.Equal("abcdef", end.ReadOutputAs<string>());
    }

    [ContractFact(Needs = Capabilities.Clock)]
    [Trait("Contract", "53")]
    public async Task Without_preserving_buffered_events_are_dropped()
    {
        var clock = new TestClock();
        await using var hub = await Hub(clock)
            .Orchestrator("Forget", async context =>
            {
                if (context.GetInput<int>() == 0)
                {
                    await context.WaitForExternalEvent<int>("last");
                    context.ContinueAsNew(1, preserveUnprocessedEvents: false);
                    return null;
                }

                context.SetCustomStatus("second");
                try
                {
                    return await context.WaitForExternalEvent<string>("letter", TimeSpan.FromMinutes(1));
                }
                catch (TaskCanceledException)
                {
                    return "dropped";
                }
            })
            .StartAsync();
        var id = await hub.ScheduleAsync("Forget", 0);

        await hub.Client.RaiseEventAsync(id, "letter", "a");
        await hub.Client.RaiseEventAsync(id, "last", 1);
        await hub.StatusAsync(id, "second");
        clock.Advance(TimeSpan.FromMinutes(1));
        var end = await hub.EndAsync(id);

        Assert.Equal("dropped", end.ReadOutputAs<string>());
    }

    [Fact]
    [Trait("Contract", "54")]
    public async Task Status_tags_and_creation_time_are_carried()
    {
        await using var hub = await Hub()
            .Orchestrator("Loop", async context =>
            {
                if (context.GetInput<int>() == 0)
                {
                    context.SetCustomStatus("from the first");
                    context.ContinueAsNew(1);
                    return null;
                }

                return await context.WaitForExternalEvent<int>("go");
            })
            .StartAsync();
        var options = new StartOrchestrationOptions("loop") { Tags = new Dictionary<string, string> { ["team"] = "data" } };
        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Loop", 0, options);
        var created = (await hub.Client.GetInstanceAsync("loop"))!.CreatedAt;
        await hub.StatusAsync("loop", "from the first");

        await hub.Client.RaiseEventAsync("loop", "go", 1);
        var end = await hub.EndAsync("loop");

        Assert.Equal("from the first", end.ReadCustomStatusAs<string>());
        Assert.Equal("data", end.Tags["team"]);
        Assert.Equal(created, end.CreatedAt);
    }

    [ContractFact(Needs = Capabilities.Faults)]
    [Trait("Contract", "55")]
    public async Task A_second_answer_for_an_earlier_execution_is_ignored()
    {
        var faults = new TestFaults { Doubles = activity => activity == "Step" };
        await using var hub = await Hub(faults: faults)
            .Activity("Step", call => call.Input<int>())
            .Orchestrator("Loop", async context =>
            {
                var round = context.GetInput<int>();
                var answer = await context.CallActivityAsync<int>("Step", round);
                if (round < 20)
                {
                    context.ContinueAsNew(round + 1);
                }

                return answer;
            })
            .StartAsync();

        var end = await hub.RunAsync("Loop", 1);

        Assert.Equal(20, end.ReadOutputAs<int>());
    }

    [ContractFact(Needs = Capabilities.NewVersion)]
    [Trait("Contract", "56")]
    public async Task A_new_version_applies_from_the_next_execution()
    {
        await using var hub = await Hub()
            .Activity("Version", call => call.Version)
            .Orchestrator("Loop", async context =>
            {
                var seen = context.GetInput<string>() + context.Version + "/" + await context.CallActivityAsync<string>("Version") + ";";
                if (context.CompareVersionTo("2.0") < 0)
                {
                    context.ContinueAsNew(new ContinueAsNewOptions { NewInput = seen, NewVersion = "10.0" });
                }

                return seen;
            })
            .StartAsync();

        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Loop", "", new StartOrchestrationOptions("loop") { Version = "1.5" });
        var end = await hub.EndAsync("loop");

        Assert.Equal("1.5/1.5;10.0/10.0;", end.ReadOutputAs<string>());
    }

    [Fact]
    public async Task Beginning_again_waits_for_open_tasks()
    {
        var go = new TaskCompletionSource();
        await using var hub = await Hub()
            .ActivityAsync("Block", async _ =>
            {
                await go.Task;
                return null;
            })
            .Orchestrator("Loop", context =>
            {
                if (context.GetInput<int>() == 0)
                {
                    _ = context.CallActivityAsync("Block");
                    context.SetCustomStatus("asked");
                    context.ContinueAsNew(1);
                }

                return Task.FromResult<object?>(context.GetInput<int>());
            })
            .StartAsync();
        var id = await hub.ScheduleAsync("Loop", 0);
        await hub.StatusAsync(id, "asked");

        var held = await hub.Client.GetInstanceAsync(id, true);
        go.SetResult();
        var end = await hub.EndAsync(id);

        Assert.Equal(0, held!.ReadInputAs<int>());
        Assert.Equal(OrchestrationRuntimeStatus.Running, held.RuntimeStatus);
        Assert.Equal(1, end.ReadOutputAs<int>());
    }
}
