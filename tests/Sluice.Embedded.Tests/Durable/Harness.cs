using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Embedded.Durable;
using Sluice.Embedded.Tests.Contracts;

namespace Sluice.Embedded.Tests.Durable;

/// <summary>A task hub on the embedded engine.</summary>
public sealed class Harness : IDurableHarness
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

    public Task StopAsync() => Engine.StopAsync(CancellationToken.None);

    public void Kill() => Engine.Kill();

    public Task DiedAsync(string instanceId)
        => Assert.ThrowsAsync<EngineKilledException>(() => Client.WaitForInstanceCompletionAsync(instanceId).WaitAsync(Eventually.Limit));

    public IReadOnlyList<HistoryEntry> History(string instanceId)
    {
        if (Engine.Gone is null)
        {
            return [.. (Engine.History(instanceId) ?? []).Select(Entry)];
        }

        using var store = new Store(folder);
        return [.. store.History(instanceId).Select(Entry)];
    }

    public string ExecutionId(string instanceId) => Engine.Find(instanceId)!.ExecutionId;

    public Delivery Explain(Exception error) => error switch
    {
        InvalidOperationException when error.Message.StartsWith("No instance with id", StringComparison.Ordinal) => Delivery.NotFound,
        InvalidOperationException when error.Message.Contains("has finished", StringComparison.Ordinal) => Delivery.Finished,
        _ => throw new InvalidOperationException("The engine refused a message in another way than by an unknown or a finished instance.", error),
    };

    public async ValueTask DisposeAsync()
    {
        if (Engine is not null)
        {
            await Engine.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    IDurableHarness IDurableHarness.Orchestrator(string name, Func<TaskOrchestrationContext, Task<object?>> code) => Orchestrator(name, code);

    IDurableHarness IDurableHarness.ActivityAsync(string name, Func<ActivityCall, Task<object?>> code) => ActivityAsync(name, code);

    async Task<IDurableHarness> IDurableHarness.StartAsync() => await StartAsync();

    static HistoryEntry Entry(HistoryEvent e) => new(
        Enum.Parse<Contracts.EventKind>(e.Kind.ToString()), e.EventId, e.RelatedId, e.Name, e.Data, e.Timestamp, e.Details?.FireAt);
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
        => JsonDataConverter.Default.Serialize(await Activities[name](new(
            invocation.InstanceId, invocation.TaskId, invocation.Version, invocation.Input, invocation.DeliveryCount, cancellation)));
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

    public static Task IsTrue(Func<bool> condition, string what) => IsTrue(() => Task.FromResult(condition()), () => what);

    public static Task IsTrue(Func<bool> condition, Func<string> what) => IsTrue(() => Task.FromResult(condition()), what);

    public static Task IsTrue(Func<Task<bool>> condition, string what) => IsTrue(condition, () => what);

    static async Task IsTrue(Func<Task<bool>> condition, Func<string> what)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (System.Diagnostics.Stopwatch.GetElapsedTime(started) > Limit)
            {
                throw new TimeoutException($"Not reached in {Limit}: {what()}.");
            }

            await tick.WaitForNextTickAsync();
        }
    }
}
