using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Converters;
using Sluice.Embedded.Tests.Durable;

namespace Sluice.Embedded.Tests.Contracts;

/// <summary>What tests say often, in terms of Microsoft's client.</summary>
static class HarnessExtensions
{
    public static IDurableHarness Activity(this IDurableHarness hub, string name, Func<ActivityCall, object?> code)
        => hub.ActivityAsync(name, call => Task.FromResult(code(call)));

    public static async Task KillAndStartAsync(this IDurableHarness hub)
    {
        hub.Kill();
        await hub.StartAsync();
    }

    public static async Task StopAndStartAsync(this IDurableHarness hub)
    {
        await hub.StopAsync();
        await hub.StartAsync();
    }

    public static Task<string> ScheduleAsync(this IDurableHarness hub, string orchestrator, object? input = null, string? id = null)
        => hub.Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, new StartOrchestrationOptions(id), CancellationToken.None);

    /// <summary>Waits for the end of an instance, at most 30 s.</summary>
    public static async Task<OrchestrationMetadata> EndAsync(this IDurableHarness hub, string id)
    {
        using var limit = new CancellationTokenSource(Eventually.Limit);
        try
        {
            return await hub.Client.WaitForInstanceCompletionAsync(id, true, limit.Token);
        }
        catch (OperationCanceledException)
        {
            var state = await hub.Client.GetInstanceAsync(id, true);
            throw new TimeoutException($"Instance '{id}' did not end in {Eventually.Limit}: {state}, custom status {state?.SerializedCustomStatus}.");
        }
    }

    public static async Task<OrchestrationMetadata> RunAsync(this IDurableHarness hub, string orchestrator, object? input = null, string? id = null)
        => await hub.EndAsync(await hub.ScheduleAsync(orchestrator, input, id));

    /// <summary>Waits until the orchestrator has set this custom status (and its turn is committed).</summary>
    public static Task StatusAsync(this IDurableHarness hub, string id, object status) => Eventually.IsTrue(
        async () => (await hub.Client.GetInstanceAsync(id, true))?.SerializedCustomStatus == JsonDataConverter.Default.Serialize(status),
        $"custom status '{status}' of '{id}'");

    public static Task RuntimeStatusAsync(this IDurableHarness hub, string id, OrchestrationRuntimeStatus status) => Eventually.IsTrue(
        async () => (await hub.Client.GetInstanceAsync(id))?.RuntimeStatus == status, $"status {status} of '{id}'");
}
