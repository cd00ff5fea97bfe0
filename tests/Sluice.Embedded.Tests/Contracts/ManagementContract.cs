using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Sluice.Embedded.Tests.Durable;

namespace Sluice.Embedded.Tests.Contracts;

/// <summary>Contract tests 57 to 62: suspend, terminate, restart, purge, rewind.</summary>
public abstract class ManagementContract<TBackend> : DurableContract<TBackend>
    where TBackend : IDurableBackend
{
    [ContractFact(Needs = Capabilities.History | Capabilities.Kill)]
    [Trait("Contract", "57")]
    public async Task A_suspended_instance_holds_still_keeps_events_and_goes_on_when_resumed()
    {
        await using var hub = await Waiting().StartAsync();
        var id = await hub.ScheduleAsync("Wait", 4);
        await hub.StatusAsync(id, "waiting for 0");

        await hub.Client.SuspendInstanceAsync(id, "break");
        await hub.Client.SuspendInstanceAsync(id, "again");
        await hub.RuntimeStatusAsync(id, OrchestrationRuntimeStatus.Suspended);
        foreach (var letter in "abc")
        {
            await hub.Client.RaiseEventAsync(id, "letter", letter.ToString());
        }

        await Eventually.IsTrue(() => hub.History(id).Count(e => e.Kind == EventKind.EventRaised) == 3, "three events in the history");
        await hub.KillAndStartAsync();
        var held = await hub.Client.GetInstanceAsync(id, true);
        await hub.Client.ResumeInstanceAsync(id, "go on");
        await hub.Client.ResumeInstanceAsync(id, "again");
        await hub.Client.RaiseEventAsync(id, "letter", "d");
        var end = await hub.EndAsync(id);

        Assert.Equal(OrchestrationRuntimeStatus.Suspended, held!.RuntimeStatus);
        Assert.Equal("waiting for 0", held.ReadCustomStatusAs<string>());
        Assert.Equal("abcd", end.ReadOutputAs<string>());
    }

    [ContractFact(Needs = Capabilities.History)]
    [Trait("Contract", "57")]
    public async Task Results_that_arrive_during_a_suspension_are_played_at_the_resume()
    {
        var go = new TaskCompletionSource();
        await using var hub = await Hub()
            .ActivityAsync("Block", async call =>
            {
                await go.Task;
                return call.Input<int>();
            })
            .Orchestrator("Two", async context => await context.CallActivityAsync<int>("Block", 1) + await context.CallActivityAsync<int>("Block", 2))
            .StartAsync();
        var id = await hub.ScheduleAsync("Two");
        await hub.RuntimeStatusAsync(id, OrchestrationRuntimeStatus.Running);

        await hub.Client.SuspendInstanceAsync(id);
        await hub.RuntimeStatusAsync(id, OrchestrationRuntimeStatus.Suspended);
        go.SetResult();
        await Eventually.IsTrue(() => hub.History(id).Any(e => e.Kind == EventKind.TaskCompleted), "the first result");
        var scheduled = hub.History(id).Count(e => e.Kind == EventKind.TaskScheduled);
        await hub.Client.ResumeInstanceAsync(id);
        var end = await hub.EndAsync(id);

        Assert.Equal(1, scheduled);
        Assert.Equal(3, end.ReadOutputAs<int>());
    }

    [ContractTheory(Needs = Capabilities.Clock)]
    [Trait("Contract", "58")]
    [InlineData("running")]
    [InlineData("pending")]
    [InlineData("suspended")]
    public async Task An_instance_is_terminated_in_every_live_state_and_the_reason_is_its_output(string state)
    {
        var clock = new TestClock();
        await using var hub = await Waiting(clock).StartAsync();
        var start = state == "pending" ? clock.GetUtcNow().AddDays(1) : (DateTimeOffset?)null;
        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Wait", 1, new StartOrchestrationOptions("run", start));
        if (state != "pending")
        {
            await hub.StatusAsync("run", "waiting for 0");
        }

        if (state == "suspended")
        {
            await hub.Client.SuspendInstanceAsync("run");
            await hub.RuntimeStatusAsync("run", OrchestrationRuntimeStatus.Suspended);
        }

        await hub.Client.TerminateInstanceAsync("run", "no longer needed");
        var end = await hub.EndAsync("run");
        clock.Advance(TimeSpan.FromDays(2));

        Assert.Equal(OrchestrationRuntimeStatus.Terminated, end.RuntimeStatus);
        Assert.Equal("no longer needed", end.ReadOutputAs<string>());
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await hub.Client.GetInstanceAsync("run"))!.RuntimeStatus);
    }

    [ContractFact(Needs = Capabilities.History)]
    [Trait("Contract", "58")]
    public async Task A_late_result_of_a_terminated_instance_is_ignored()
    {
        var go = new TaskCompletionSource();
        var isDone = new TaskCompletionSource();
        await using var hub = await Hub()
            .ActivityAsync("Block", async _ =>
            {
                await go.Task;
                isDone.SetResult();
                return null;
            })
            .Orchestrator("Run", async context => await context.CallActivityAsync<int>("Block"))
            .StartAsync();
        var id = await hub.ScheduleAsync("Run");
        await hub.RuntimeStatusAsync(id, OrchestrationRuntimeStatus.Running);

        await hub.Client.TerminateInstanceAsync(id);
        var end = await hub.EndAsync(id);
        var history = hub.History(id).Count;
        go.SetResult();
        await isDone.Task;
        await hub.StopAndStartAsync();

        Assert.Equal(OrchestrationRuntimeStatus.Terminated, end.RuntimeStatus);
        Assert.Equal(history, hub.History(id).Count);
    }

    [ContractTheory(Needs = Capabilities.RecursiveTermination)]
    [Trait("Contract", "59")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Termination_reaches_children_only_when_it_is_recursive(bool isRecursive)
    {
        await using var hub = await Waiting()
            .Orchestrator("Parent", async context =>
                await context.CallSubOrchestratorAsync<string>("Middle", options: new SubOrchestrationOptions(instanceId: "middle")))
            .Orchestrator("Middle", async context =>
                await context.CallSubOrchestratorAsync<string>("Wait", 1, new SubOrchestrationOptions(instanceId: "leaf")))
            .StartAsync();
        await hub.ScheduleAsync("Parent", id: "parent");
        await hub.StatusAsync("leaf", "waiting for 0");

        await hub.Client.TerminateInstanceAsync("parent", new TerminateInstanceOptions("stop", isRecursive));
        await hub.EndAsync("parent");
        if (isRecursive)
        {
            await hub.EndAsync("leaf");
        }
        else
        {
            await hub.Client.RaiseEventAsync("leaf", "letter", "a");
            await hub.EndAsync("middle");
        }

        var expected = isRecursive ? OrchestrationRuntimeStatus.Terminated : OrchestrationRuntimeStatus.Completed;
        Assert.Equal(expected, (await hub.Client.GetInstanceAsync("leaf"))!.RuntimeStatus);
        Assert.Equal(expected, (await hub.Client.GetInstanceAsync("middle"))!.RuntimeStatus);
    }

    [ContractFact(Needs = Capabilities.Restart)]
    [Trait("Contract", "60")]
    public async Task A_finished_instance_is_restarted_under_its_own_or_a_new_id()
    {
        var runs = 0;
        await using var hub = await Hub()
            .Activity("Count", call => $"{call.Input<string>()} {Interlocked.Increment(ref runs)}")
            .Orchestrator("Run", async context => await context.CallActivityAsync<string>("Count", context.GetInput<string>()))
            .Orchestrator("Wait", async context => await context.WaitForExternalEvent<int>("never"))
            .StartAsync();
        await hub.RunAsync("Run", "run", "one");
        await hub.ScheduleAsync("Wait", id: "live");

        var same = await hub.Client.RestartAsync("one");
        var again = await hub.EndAsync(same);
        var other = await hub.Client.RestartAsync("one", restartWithNewInstanceId: true);
        var copy = await hub.EndAsync(other);

        Assert.Equal("one", same);
        Assert.NotEqual("one", other);
        Assert.Equal(["run 2", "run 3"], [again.ReadOutputAs<string>()!, copy.ReadOutputAs<string>()!]);
        await Assert.ThrowsAsync<ArgumentException>(() => hub.Client.RestartAsync("nobody"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => hub.Client.RestartAsync("live"));
    }

    [ContractFact(Needs = Capabilities.History)]
    [Trait("Contract", "62")]
    public async Task Only_finished_instances_are_purged()
    {
        await using var hub = await Waiting().Orchestrator("Now", _ => Task.FromResult<object?>(1)).StartAsync();
        await hub.ScheduleAsync("Wait", 1, "live");
        for (var i = 0; i < 5; i++)
        {
            await hub.RunAsync("Now", id: $"done-{i}");
        }

        var one = await hub.Client.PurgeInstanceAsync("done-0");
        var none = await hub.Client.PurgeInstanceAsync("live");
        var unknown = await hub.Client.PurgeInstanceAsync("nobody");
        var rest = await hub.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter(Statuses: [OrchestrationRuntimeStatus.Completed]));

        Assert.Equal((1, 0, 0, 4), (one.PurgedInstanceCount, none.PurgedInstanceCount, unknown.PurgedInstanceCount, rest.PurgedInstanceCount));
        Assert.Null(await hub.Client.GetInstanceAsync("done-0"));
        Assert.Empty(hub.History("done-1"));
        Assert.NotNull(await hub.Client.GetInstanceAsync("live"));
    }

    [ContractFact(Needs = Capabilities.Rewind)]
    [Trait("Contract", "61")]
    public async Task A_rewound_instance_repeats_only_what_failed()
    {
        var runs = new ConcurrentDictionary<string, int>();
        await using var hub = await Hub()
            .Activity("Good", _ => runs.AddOrUpdate("good", 1, (_, count) => count + 1))
            .Activity("Bad", _ => runs.AddOrUpdate("bad", 1, (_, count) => count + 1) == 1 ? throw new IOException("disk full") : 10)
            .Orchestrator("Run", async context => (await Task.WhenAll(
                context.CallActivityAsync<int>("Good"), context.CallActivityAsync<int>("Bad"), context.CallActivityAsync<int>("Good"))).Sum())
            .StartAsync();
        var failed = await hub.RunAsync("Run", id: "run");
        var execution = hub.ExecutionId("run");

        await hub.Client.RewindInstanceAsync("run", "the disk has room again");
        var end = await hub.EndAsync("run");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, failed.RuntimeStatus);
        Assert.Equal(13, end.ReadOutputAs<int>());
        Assert.Equal((2, 2), (runs["good"], runs["bad"]));
        Assert.NotEqual(execution, hub.ExecutionId("run"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => hub.Client.RewindInstanceAsync("run", "it has not failed"));
        await Assert.ThrowsAsync<ArgumentException>(() => hub.Client.RewindInstanceAsync("nobody", "it is not there"));
    }

    [ContractFact(Needs = Capabilities.Rewind)]
    [Trait("Contract", "61")]
    public async Task A_rewind_begins_retries_anew_and_keeps_events_and_timers()
    {
        var runs = 0;
        await using var hub = await Hub()
            .Activity("Bad", _ => Interlocked.Increment(ref runs) <= 2 ? throw new IOException("disk full") : runs)
            .Orchestrator("Run", async context =>
            {
                var timer = context.CreateTimer(TimeSpan.FromMilliseconds(1), CancellationToken.None);
                var bad = context.CallActivityAsync<int>("Bad", options: new TaskOptions(new RetryPolicy(2, TimeSpan.FromMilliseconds(1))));
                var word = await context.WaitForExternalEvent<string>("word");
                await timer;
                return $"{word} {await bad}";
            })
            .StartAsync();
        await hub.ScheduleAsync("Run", id: "run");
        await hub.Client.RaiseEventAsync("run", "word", "go");
        var failed = await hub.EndAsync("run");

        await hub.Client.RewindInstanceAsync("run", "the disk has room again");
        var end = await hub.EndAsync("run");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, failed.RuntimeStatus);
        Assert.Equal("go 3", end.ReadOutputAs<string>());
    }

    [ContractFact(Needs = Capabilities.Rewind)]
    [Trait("Contract", "61")]
    public async Task A_rewind_reaches_failed_children()
    {
        var runs = 0;
        await using var hub = await Hub()
            .Activity("Bad", _ => Interlocked.Increment(ref runs) == 1 ? throw new IOException("disk full") : runs)
            .Orchestrator("Child", async context => await context.CallActivityAsync<int>("Bad"))
            .Orchestrator("Parent", async context => await context.CallSubOrchestratorAsync<int>("Child"))
            .StartAsync();
        await hub.RunAsync("Parent", id: "parent");

        await hub.Client.RewindInstanceAsync("parent", "the disk has room again");
        var end = await hub.EndAsync("parent");

        Assert.Equal(2, end.ReadOutputAs<int>());
        Assert.Equal(2, await hub.Client.GetAllInstancesAsync().CountAsync());
    }

    [Fact]
    [Trait("Contract", "62")]
    public async Task A_recursive_purge_takes_finished_children_along()
    {
        await using var hub = await Hub()
            .Orchestrator("Child", _ => Task.FromResult<object?>(1))
            .Orchestrator("Parent", async context => await context.CallSubOrchestratorAsync<int>("Child"))
            .StartAsync();
        await hub.RunAsync("Parent", id: "parent");

        var purged = await hub.Client.PurgeInstanceAsync("parent", new PurgeInstanceOptions(Recursive: true));

        Assert.Equal(2, purged.PurgedInstanceCount);
        Assert.Equal(0, await hub.Client.GetAllInstancesAsync().CountAsync());
    }
}
