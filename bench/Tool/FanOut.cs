using System.Diagnostics;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Embedded.Durable;

namespace Sluice.Bench;

/// <summary>What the runtime itself costs: activities that do nothing, in windows, each result committed to the durable history before the next window.</summary>
static class FanOut
{
    public static async Task RunAsync(int activities, int window, string store)
    {
        var builder = FunctionsApplication.CreateBuilder([$"--Sluice:Store={store}", "--Sluice:Http=false", "--Sluice:Triggers=false"]);
        builder.ConfigureFunctionsWebApplication();
        builder.Logging.ClearProviders();
        using var host = builder.Build();
        await host.StartAsync();
        var client = host.Services.GetRequiredService<DurableEngine>().Client;

        await RunAsync(client, new FanOutRequest(window, window, 0));
        var watch = Stopwatch.StartNew();
        await RunAsync(client, new FanOutRequest(activities, window, 0));
        var seconds = watch.Elapsed.TotalSeconds;
        Console.WriteLine($"{activities} activities in windows of {window}: {seconds:0.000} s, {activities / seconds:0} activities/s");
        await host.StopAsync();
    }

    static async Task RunAsync(DurableTaskClient client, FanOutRequest request)
    {
        var id = await client.ScheduleNewOrchestrationInstanceAsync(nameof(FanOutRun), request);
        var done = await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, CancellationToken.None);
        if (done.RuntimeStatus != OrchestrationRuntimeStatus.Completed)
        {
            throw new InvalidOperationException($"The orchestration ended as {done.RuntimeStatus}: {done.FailureDetails?.ErrorMessage}");
        }
    }
}

/// <summary>How many activities, how many at a time, and how many are done.</summary>
public sealed record FanOutRequest(int Activities, int Window, int Done);

/// <summary>Activities in windows; history starts anew with each.</summary>
public static class FanOutRun
{
    [Function(nameof(FanOutRun))]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context, FanOutRequest request)
    {
        var until = Math.Min(request.Activities, request.Done + request.Window);
        var open = new List<Task>();
        for (var i = request.Done; i < until; i++)
        {
            open.Add(context.CallActivityAsync<int>(nameof(NoOperation), i));
        }

        await Task.WhenAll(open);
        if (until < request.Activities)
        {
            context.ContinueAsNew(request with { Done = until });
        }
    }
}

/// <summary>An activity that gives back its number.</summary>
public static class NoOperation
{
    [Function(nameof(NoOperation))]
    public static int Run([ActivityTrigger] int number) => number;
}
