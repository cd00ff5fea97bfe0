using Microsoft.DurableTask;

namespace Sluice.Embedded.Durable;

/// <content>
/// Activities, sub-orchestrations and timers. The methods are async so that a refused argument surfaces in the task, as it does in Azure.
/// </content>
sealed partial class ReplayContext
{
    public override async Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        Guard();
        CheckCall(name, input, options, "activity");
        var json = payloads.Write(input, $"input of activity '{name}'");
        return await WithRetry(options?.Retry, name, () => Open(
            new(EventKind.TaskScheduled, nextId++, name) { Data = json, Version = options?.Version?.Version, Tags = options?.Tags },
            answer => payloads.Read<TResult>(answer.Data)));
    }

    public override async Task<TResult> CallSubOrchestratorAsync<TResult>(
        TaskName orchestratorName, object? input = null, TaskOptions? options = null)
    {
        Guard();
        CheckCall(orchestratorName, input, options, "sub-orchestrator");
        var json = payloads.Write(input, $"input of orchestrator '{orchestratorName}'");

        // Retries reuse the id: the failed child is replaced.
        var child = (options as SubOrchestrationOptions)?.InstanceId ?? NewGuid().ToString("N");
        Names.CheckInstanceId(child);
        return await WithRetry(options?.Retry, orchestratorName, () => Open(
            new(EventKind.SubOrchestrationInstanceCreated, nextId++, orchestratorName)
            {
                Data = json,
                InstanceId = child,
                Version = options?.Version?.Version,
                Tags = options?.Tags,
            },
            answer => payloads.Read<TResult>(answer.Data)));
    }

    public override async Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        Guard();
        var due = fireAt.ToUniversalTime();
        while (due - now > longestTimer && !cancellationToken.IsCancellationRequested)
        {
            await Leg(now + longestTimer, cancellationToken);
        }

        await Leg(due, cancellationToken);
    }

    async Task Leg(DateTime due, CancellationToken cancellation)
    {
        Guard();
        var id = nextId++;
        var fired = Open(new(EventKind.TimerCreated, id, null) { FireAt = due }, static _ => true);

        // Cancelling is local: TimerCreated stays in the history, and the late TimerFired finds no open task.
        // Dispose, not DisposeAsync: the latter would wait on the thread pool when the cancellation itself resumes this method.
        using var registration = cancellation.Register(() =>
        {
            if (open.Remove(id, out var timer))
            {
                timer.Cancel();
            }
        });
        await fired;
    }

    static void CheckCall(TaskName name, object? input, TaskOptions? options, string kind)
    {
        ArgumentException.ThrowIfNullOrEmpty(name.Name, nameof(name));
        if (input is TaskOptions && options is null)
        {
            throw new ArgumentException(
                $"TaskOptions were given as the input of {kind} '{name}', and no options. Expected them as the argument 'options'; name it: "
                    + "options: ….", nameof(input));
        }
    }
}
