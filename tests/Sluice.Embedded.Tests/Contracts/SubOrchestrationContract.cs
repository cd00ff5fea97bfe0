using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Sluice.Embedded.Tests.Contracts;

/// <summary>Contract tests 37 to 42: sub-orchestrations.</summary>
public abstract class SubOrchestrationContract<TBackend> : DurableContract<TBackend>
    where TBackend : IDurableBackend
{
    [Fact]
    [Trait("Contract", "37")]
    public async Task Results_and_failures_of_children_reach_the_parent()
    {
        await using var hub = await Hub()
            .Orchestrator("Child", context =>
                Task.FromResult<object?>(context.GetInput<int>() < 0 ? throw new FormatException("negative") : context.GetInput<int>() + 1))
            .Orchestrator("Parent", async context =>
            {
                var result = await context.CallSubOrchestratorAsync<int>("Child", 41);
                try
                {
                    await context.CallSubOrchestratorAsync("Child", -1);
                    return null;
                }
                catch (TaskFailedException failed)
                {
                    return $"{result} {failed.TaskName} #{failed.TaskId} {failed.FailureDetails.ErrorType} {failed.FailureDetails.ErrorMessage}";
                }
            })
            .StartAsync();

        var end = await hub.RunAsync("Parent");

        Assert.Equal("42 Child #1 System.FormatException negative", end.ReadOutputAs<string>());
    }

    [Fact]
    [Trait("Contract", "38")]
    public async Task A_child_has_the_given_id_or_the_next_guid_of_its_parent()
    {
        await using var hub = await Hub()
            .Orchestrator("Child", context => Task.FromResult<object?>(context.InstanceId))
            .Orchestrator("Parent", async context =>
            {
                var named = await context.CallSubOrchestratorAsync<string>("Child", options: new SubOrchestrationOptions(instanceId: "child-1"));
                var time = context.CurrentUtcDateTime;
                var unnamed = await context.CallSubOrchestratorAsync<string>("Child");
                return new[] { named, unnamed, time.ToString("o") };
            })
            .StartAsync();

        var end = (await hub.RunAsync("Parent", id: "parent")).ReadOutputAs<string[]>()!;

        Assert.Equal("child-1", end[0]);
        Assert.Equal(NameBasedGuid.Of($"parent_{end[2]}_0").ToString("N"), end[1]);
    }

    [Fact]
    [Trait("Contract", "39")]
    public async Task A_retried_child_keeps_its_id()
    {
        var runs = 0;
        await using var hub = await Hub()
            .Activity("Third", _ => Interlocked.Increment(ref runs) == 3 ? "third time" : throw new IOException("not yet"))
            .Orchestrator("Child", async context => context.InstanceId + " " + await context.CallActivityAsync<string>("Third"))
            .Orchestrator("Parent", async context => await context.CallSubOrchestratorAsync<string>(
                "Child", options: new SubOrchestrationOptions(new RetryPolicy(5, TimeSpan.FromMilliseconds(1)), "child")))
            .StartAsync();

        var end = await hub.RunAsync("Parent");

        Assert.Equal("child third time", end.ReadOutputAs<string>());
        Assert.Equal(2, await hub.Client.GetAllInstancesAsync().CountAsync());
    }

    [Fact]
    [Trait("Contract", "40")]
    public async Task A_terminated_child_fails_its_parent()
    {
        await using var hub = await Hub()
            .Orchestrator("Child", async context => await context.WaitForExternalEvent<int>("never"))
            .Orchestrator("Parent", async context =>
                await context.CallSubOrchestratorAsync<int>("Child", options: new SubOrchestrationOptions(instanceId: "child")))
            .StartAsync();
        var id = await hub.ScheduleAsync("Parent");
        await hub.RuntimeStatusAsync("child", OrchestrationRuntimeStatus.Running);

        await hub.Client.TerminateInstanceAsync("child", "enough");
        var end = await hub.EndAsync(id);

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Contains("The sub-orchestration 'child' was terminated.", end.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Contract", "41")]
    public async Task A_child_sees_its_parent_and_a_top_level_instance_sees_none()
    {
        await using var hub = await Hub()
            .Orchestrator("Child", context => Task.FromResult<object?>($"{context.Parent!.Name} {context.Parent.InstanceId}"))
            .Orchestrator("Parent", async context => $"{context.Parent is null} {await context.CallSubOrchestratorAsync<string>("Child")}")
            .StartAsync();

        var end = await hub.RunAsync("Parent", id: "top");

        Assert.Equal("True Parent top", end.ReadOutputAs<string>());
    }

    [Fact]
    [Trait("Contract", "42")]
    public async Task Fifty_children_are_gathered_in_task_order()
    {
        await using var hub = await Hub()
            .Activity("Square", call => call.Input<int>() * call.Input<int>())
            .Orchestrator("Child", async context => await context.CallActivityAsync<int>("Square", context.GetInput<int>()))
            .Orchestrator("Parent", async context =>
                await Task.WhenAll(Enumerable.Range(0, 50).Select(i => context.CallSubOrchestratorAsync<int>("Child", i))))
            .StartAsync();

        var end = await hub.RunAsync("Parent");

        Assert.Equal(Enumerable.Range(0, 50).Select(i => i * i), end.ReadOutputAs<int[]>());
    }

    [Fact]
    public async Task A_child_id_that_is_live_fails_the_call()
    {
        await using var hub = await Hub()
            .Orchestrator("Child", async context => await context.WaitForExternalEvent<int>("never"))
            .Orchestrator("Parent", async context =>
                await context.CallSubOrchestratorAsync<int>("Child", options: new SubOrchestrationOptions(instanceId: "taken")))
            .StartAsync();
        await hub.ScheduleAsync("Child", id: "taken");

        var end = await hub.RunAsync("Parent");

        Assert.Contains("an instance with id 'taken' is live", end.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }
}
