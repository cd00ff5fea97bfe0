using Microsoft.DurableTask.Client;

namespace Sluice.Embedded.Tests.Durable;

/// <summary>Contract tests 16 to 24 of the durable contract: activities, fan-out, errors.</summary>
public sealed class ActivityTests
{
    [Fact]
    [Trait("Contract", "16")]
    public async Task A_chain_passes_results()
    {
        await using var hub = await new Harness()
            .Activity("Double", call => call.Input<int>() * 2)
            .Orchestrator("Chain", async context =>
            {
                var value = context.GetInput<int>();
                for (var i = 0; i < 5; i++)
                {
                    value = await context.CallActivityAsync<int>("Double", value);
                }

                return value;
            })
            .StartAsync();

        var end = await hub.RunAsync("Chain", 3);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, end.RuntimeStatus);
        Assert.Equal(96, end.ReadOutputAs<int>());
    }

    [Fact]
    [Trait("Contract", "17")]
    public async Task A_fan_out_of_200_returns_results_in_task_order()
    {
        await using var hub = await new Harness()
            .Activity("Square", call => call.Input<int>() * call.Input<int>())
            .Orchestrator("FanOut", async context =>
                await Task.WhenAll(Enumerable.Range(0, 200).Select(i => context.CallActivityAsync<int>("Square", i))))
            .StartAsync();

        var end = await hub.RunAsync("FanOut");

        Assert.Equal(Enumerable.Range(0, 200).Select(i => i * i), end.ReadOutputAs<int[]>());
    }
}
