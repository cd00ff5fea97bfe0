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

    [ContractFact(Needs = Capabilities.VersionStrategies | Capabilities.Kill)]
    [Trait("Contract", "79")]
    public async Task A_rejected_version_waits_for_a_worker_that_takes_it()
    {
        var strategy = "Strict";
        await using var hub = Hub(configure: options => options with
        {
            DefaultVersion = "2.0", VersionMatchStrategy = strategy, VersionFailureStrategy = "Reject",
        });
        await hub.Orchestrator("Run", context => Task.FromResult<object?>(context.Version)).StartAsync();

        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Run", new StartOrchestrationOptions("newer") { Version = "3.0" });
        var taken = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Run", new StartOrchestrationOptions("same") { Version = "2.0" });
        await hub.EndAsync(taken);

        Assert.Equal(OrchestrationRuntimeStatus.Pending, (await hub.Client.GetInstanceAsync("newer"))!.RuntimeStatus);
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
        DefaultVersion = "2.0", VersionMatchStrategy = match, VersionFailureStrategy = failure,
    }).Orchestrator("Run", context => Task.FromResult<object?>(context.Version));
}
