using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Embedded.Durable;

namespace Sluice.Embedded.Tests.Durable;

/// <summary>
/// A task hub for contract tests. Tests speak Microsoft's API through <see cref="Client"/>; the clock and the faults are capabilities of the embedded
/// backend.
/// </summary>
public sealed class Harness : IAsyncDisposable
{
    readonly DelegateExecutor executor = new();
    readonly string folder = Directory.CreateTempSubdirectory("sluice-durable-").FullName;
    readonly Func<DurableEngineOptions, DurableEngineOptions> configure;

    public Harness(TimeProvider? clock = null, TestFaults? faults = null, Func<DurableEngineOptions, DurableEngineOptions>? configure = null)
    {
        Clock = clock ?? TimeProvider.System;
        Faults = faults;
        this.configure = configure ?? (options => options);
    }

    public TimeProvider Clock { get; }
    public TestFaults? Faults { get; }
    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;
    public ITaskExecutor Executor => executor;
    public DurableEngine Engine { get; private set; } = null!;
    public DurableTaskClient Client => Engine.Client;
    public string Folder => folder;

    public Harness Orchestrator(string name, Func<TaskOrchestrationContext, Task<object?>> code)
    {
        executor.Orchestrators[name] = code;
        return this;
    }

    public Harness ActivityAsync(string name, Func<ActivityCall, Task<object?>> code)
    {
        executor.Activities[name] = code;
        return this;
    }

    public Harness Activity(string name, Func<ActivityCall, object?> code) => ActivityAsync(name, call => Task.FromResult(code(call)));

    public async Task<Harness> StartAsync()
    {
        var options = configure(new() { Path = folder, MaxConcurrentActivities = 4, MaxConcurrentOrchestrators = 4 });
        if (Engine?.Gone is { } gone)
        {
            await gone.WaitAsync(Eventually.Limit);
        }

        Engine = new(options, executor, JsonDataConverter.Default, Clock, Loggers, Faults);
        await Engine.StartAsync(CancellationToken.None);
        return this;
    }

    /// <summary>Ends the engine as a kill of its process would, and starts another one on the same store.</summary>
    public async Task KillAndStartAsync()
    {
        Engine.Kill();
        await StartAsync();
    }

    public async Task StopAndStartAsync()
    {
        await Engine.StopAsync(CancellationToken.None);
        await StartAsync();
    }

    public Task<string> ScheduleAsync(string orchestrator, object? input = null, string? id = null)
        => Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, new StartOrchestrationOptions(id), CancellationToken.None);

    /// <summary>Waits for the end of an instance, at most 30 s.</summary>
    public async Task<OrchestrationMetadata> EndAsync(string id)
    {
        using var limit = new CancellationTokenSource(Eventually.Limit);
        try
        {
            return await Client.WaitForInstanceCompletionAsync(id, true, limit.Token);
        }
        catch (OperationCanceledException)
        {
            var state = await Client.GetInstanceAsync(id, true);
            throw new TimeoutException($"Instance '{id}' did not end in {Eventually.Limit}: {state}, custom status {state?.SerializedCustomStatus}.");
        }
    }

    public async Task<OrchestrationMetadata> RunAsync(string orchestrator, object? input = null, string? id = null)
        => await EndAsync(await ScheduleAsync(orchestrator, input, id));

    /// <summary>Waits until the orchestrator has set this custom status (and its turn is committed).</summary>
    public Task StatusAsync(string id, object status) => Eventually.IsTrue(
        async () => (await Client.GetInstanceAsync(id, true))?.SerializedCustomStatus == JsonDataConverter.Default.Serialize(status),
        $"custom status '{status}' of '{id}'");

    public Task RuntimeStatusAsync(string id, OrchestrationRuntimeStatus status) => Eventually.IsTrue(
        async () => (await Client.GetInstanceAsync(id))?.RuntimeStatus == status, $"status {status} of '{id}'");

    public async ValueTask DisposeAsync()
    {
        if (Engine is not null)
        {
            await Engine.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>What an activity of a test sees.</summary>
public sealed record ActivityCall(ActivityInvocation Invocation, CancellationToken Cancellation)
{
    public T Input<T>() => JsonDataConverter.Default.Deserialize<T>(Invocation.Input)!;
}

sealed class DelegateExecutor : ITaskExecutor
{
    public Dictionary<string, Func<TaskOrchestrationContext, Task<object?>>> Orchestrators { get; } = new(StringComparer.OrdinalIgnoreCase);
    public Dictionary<string, Func<ActivityCall, Task<object?>>> Activities { get; } = new(StringComparer.OrdinalIgnoreCase);

    public bool HasOrchestrator(string name) => Orchestrators.ContainsKey(name);

    public bool HasActivity(string name) => Activities.ContainsKey(name);

    public async Task<string?> RunOrchestratorAsync(string name, TaskOrchestrationContext context)
        => JsonDataConverter.Default.Serialize(await Orchestrators[name](context));

    public async Task<string?> RunActivityAsync(string name, ActivityInvocation invocation, CancellationToken cancellation)
        => JsonDataConverter.Default.Serialize(await Activities[name](new(invocation, cancellation)));
}

/// <summary>Polls with a limit: the only place of these tests that waits for time to pass.</summary>
static class Eventually
{
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(30);

    /// <summary>For activities that shall take a little: 15 ms, or until cancelled.</summary>
    public static async Task Soon(CancellationToken cancellation)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(15));
        await tick.WaitForNextTickAsync(cancellation);
    }

    public static Task IsTrue(Func<bool> condition, string what) => IsTrue(() => Task.FromResult(condition()), what);

    public static async Task IsTrue(Func<Task<bool>> condition, string what)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (System.Diagnostics.Stopwatch.GetElapsedTime(started) > Limit)
            {
                throw new TimeoutException($"Not reached in {Limit}: {what}.");
            }

            await tick.WaitForNextTickAsync();
        }
    }
}
