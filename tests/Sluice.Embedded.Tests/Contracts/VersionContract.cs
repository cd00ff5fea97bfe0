using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Sluice.Embedded.Tests.Contracts;

/// <summary>Contract test 79: which versions of an orchestration a worker takes, and what becomes of the others.</summary>
public abstract class VersionContract<TBackend> : DurableContract<TBackend>
    where TBackend : IDurableBackend
{
    [ContractTheory(Needs = Capabilities.VersionStrategies)]
    [Trait("Contract", "79")]
    [InlineData("None", "", true)]
    [InlineData("None", "3.0", true)]
    [InlineData("Strict", "2.0", true)]
    [InlineData("Strict", "", false)]
    [InlineData("Strict", "1.0", false)]
    [InlineData("Strict", "2.0.0", false)]
    [InlineData("Strict", "3.0", false)]
    [InlineData("CurrentOrOlder", "", true)]
    [InlineData("CurrentOrOlder", "1.10", true)]
    [InlineData("CurrentOrOlder", "2.0", true)]
    [InlineData("CurrentOrOlder", "2.1", false)]
    [InlineData("CurrentOrOlder", "10.0", false)]
    public async Task A_worker_takes_the_versions_that_its_strategy_allows(string strategy, string version, bool isTaken)
    {
        await using var hub = await Versioned(strategy, "Fail").StartAsync();

        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Run", new StartOrchestrationOptions("run") { Version = version });
        var end = await hub.EndAsync("run");

        Assert.Equal(isTaken ? OrchestrationRuntimeStatus.Completed : OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        if (isTaken)
        {
            Assert.Equal(version, end.ReadOutputAs<string>());
        }
        else
        {
            Assert.Equal("VersionMismatch", end.FailureDetails!.ErrorType);
        }
    }

    [ContractFact(Needs = Capabilities.VersionStrategies)]
    [Trait("Contract", "79")]
    public async Task A_rejected_version_waits_for_a_worker_that_takes_it()
    {
        var worker = new HubOptions { DefaultVersion = "2.0", VersionMatchStrategy = "CurrentOrOlder", VersionFailureStrategy = "Reject" };
        await using var hub = await Hub(configure: _ => worker)
            .Orchestrator("Run", context => Task.FromResult<object?>(context.Version))
            .StartAsync();
        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Run", new StartOrchestrationOptions("newer") { Version = "3.0" });
        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Run", new StartOrchestrationOptions("unwanted") { Version = "3.0" });
        await hub.RunAsync("Run", id: "same");
        await hub.Client.TerminateInstanceAsync("unwanted");
        await hub.EndAsync("unwanted");

        var waiting = await hub.Client.GetInstanceAsync("newer");
        worker.DefaultVersion = "3.0";
        await hub.StopAndStartAsync();
        var end = await hub.EndAsync("newer");

        Assert.Equal(OrchestrationRuntimeStatus.Pending, waiting!.RuntimeStatus);
        Assert.Equal("3.0", end.ReadOutputAs<string>());
    }

    [ContractFact(Needs = Capabilities.VersionStrategies)]
    [Trait("Contract", "79")]
    public async Task A_child_without_a_version_gets_the_workers()
    {
        await using var hub = await Versioned("CurrentOrOlder", "Fail")
            .Orchestrator("Parent", async context => $"{context.Version} {await context.CallSubOrchestratorAsync<string>("Run")}")
            .StartAsync();

        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Parent", new StartOrchestrationOptions("parent") { Version = "1.0" });

        Assert.Equal("1.0 2.0", (await hub.EndAsync("parent")).ReadOutputAs<string>());
    }

    [ContractFact(Needs = Capabilities.VersionStrategies)]
    [Trait("Contract", "79")]
    public async Task An_instance_without_a_version_gets_the_default_version()
    {
        await using var hub = await Versioned("Strict", "Fail").StartAsync();

        var end = await hub.RunAsync("Run");

        Assert.Equal("2.0", end.ReadOutputAs<string>());
    }

    static IDurableHarness Versioned(string match, string failure) => Hub(configure: options => options with
    {
        DefaultVersion = "2.0",
        VersionMatchStrategy = match,
        VersionFailureStrategy = failure,
    }).Orchestrator("Run", context => Task.FromResult<object?>(context.Version));
}
