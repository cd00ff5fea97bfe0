using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Sluice.Embedded.Tests.Host;

public sealed record Order(string Item, int Count);

/// <summary>A service with a life of one call.</summary>
public sealed class Scoped : IDisposable
{
    public Guid Id { get; } = Guid.NewGuid();

    public bool IsDisposed { get; private set; }

    public void Dispose() => IsDisposed = true;
}

public sealed class DurableFunctions(Scoped scoped)
{
    [Function("Chain")]
    public static async Task<string> Chain([OrchestrationTrigger] TaskOrchestrationContext context, Order order, FunctionContext function)
    {
        context.SetCustomStatus(new { step = function.FunctionDefinition.Name });
        var first = await context.CallActivityAsync<string>("Pack", order);
        return await context.CallActivityAsync<string>("send", first);
    }

    [Function("Pack")]
    public string Pack([ActivityTrigger] Order order, string instanceId, FunctionContext context, CancellationToken cancellation) =>
        $"{order.Count} x {order.Item} for {instanceId} {ReferenceEquals(scoped, context.InstanceServices.GetService(typeof(Scoped)))} {cancellation.CanBeCanceled}";

    [Function("Send")]
    public static Task<string> Send([ActivityTrigger] string parcel) => Task.FromResult($"sent {parcel}");

    [Function("Waits")]
    public static async Task<string?> Waits([OrchestrationTrigger] TaskOrchestrationContext context) =>
        await context.WaitForExternalEvent<string>("go");

    [Function("Fails")]
    public static async Task Fails([OrchestrationTrigger] TaskOrchestrationContext context) => await context.CallActivityAsync("Explode");

    [Function("Explode")]
    public static void Explode([ActivityTrigger] string? nothing) => throw new InvalidDataException("boom");

    [Function("Other")]
    public static string Renamed([OrchestrationTrigger(Orchestration = "Alias")] TaskOrchestrationContext context) => context.Name;

    [Function("Order")]
    public static async Task<IResult> Start(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "orders/{item}/{count:int}")] HttpRequest request,
        [DurableClient] DurableTaskClient client, string item, int count)
    {
        var id = await client.ScheduleNewOrchestrationInstanceAsync("Chain", new Order(item, count));
        var done = await client.WaitForInstanceCompletionAsync(id, true, request.HttpContext.RequestAborted);
        return Results.Text(done.ReadOutputAs<string>()!.Replace(id, "ID", StringComparison.Ordinal));
    }
}
