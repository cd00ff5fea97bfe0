using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Sluice.Embedded.Durable;

/// <summary>
/// Runs activities, at least once each: a task is claimed for a time (its lease), runs, and goes only together with its answer.
/// The claim is durable before user code runs, so deliveries that end the process are counted.
/// </summary>
sealed partial class ActivityWorkers(
    ITaskExecutor executor, CommitLoop commits, Payloads payloads, DurableEngineOptions options,
    Action<Message> route, TimeProvider clock, IFaults? faults, ILogger logger)
    : IDisposable
{
    static readonly TimeSpan pauseAfterError = TimeSpan.FromSeconds(1);

    readonly Channel<ActivityTask> queue = Channel.CreateUnbounded<ActivityTask>();
    readonly ConcurrentDictionary<long, Lease> leases = new();
    readonly CancellationTokenSource abandon = new();
    readonly string owner = Starting.NewId();

    public int Running => leases.Count;

    public void Enqueue(ActivityTask task) => queue.Writer.TryWrite(task);

    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            // The answer of one activity and the claim of the next go into the same commit; only then is the answer waited for.
            Task answered = Task.CompletedTask;
            while (await queue.Reader.WaitToReadAsync(stopping))
            {
                while (!stopping.IsCancellationRequested && queue.Reader.TryRead(out var task))
                {
                    answered = await DeliverAsync(task, answered, stopping);
                }

                await answered;
                answered = Task.CompletedTask;
            }
        }
        catch (Exception error) when (error is OperationCanceledException or EngineKilledException or ObjectDisposedException)
        {
            // Tasks stay in the store until their answer is committed, so leaving here loses nothing.
        }
    }

    public void Dispose() => abandon.Dispose();

    async Task<Task> DeliverAsync(ActivityTask task, Task answered, CancellationToken stopping)
    {
        var claim = ClaimAsync(task);
        await answered;
        int delivery;
        try
        {
            delivery = await claim;
        }
        // The store could not be written: the task stays there, and is tried again after a pause.
        catch (Exception error) when (error is not (EngineKilledException or ObjectDisposedException))
        {
            Log.DeliveryFailed(logger, task.Name, task.TaskId, task.InstanceId, error);
            await Task.Delay(pauseAfterError, clock, stopping);
            Enqueue(task);
            return Task.CompletedTask;
        }

        return delivery == 0 ? Task.CompletedTask : AnswerAsync(task, delivery, await ExecuteAsync(task, delivery));
    }

    Task<int> ClaimAsync(ActivityTask task) => commits.Submit("claim", task.Name, writer =>
    {
        var now = Now;
        var until = now + options.ActivityLease;
        var delivery = writer.Claim(task.Seq, owner, now, until);
        if (delivery > 0)
        {
            writer.AfterCommit(() => leases[task.Seq] = new(task, delivery, until));
        }

        return delivery;
    });

    /// <summary>The answer as an event, or null when the run was abandoned.</summary>
    async Task<HistoryEvent?> ExecuteAsync(ActivityTask task, int delivery)
    {
        if (delivery > options.MaxDeliveries)
        {
            Log.Poisoned(logger, task.Name, task.TaskId, task.InstanceId, delivery - 1);
            return Failed(task, Failures.Poisoned(task.Name, delivery - 1), isNonRetriable: true);
        }

        if (!executor.HasActivity(task.Name))
        {
            return Failed(task, Failures.NoActivity(task.Name), isNonRetriable: true);
        }

        using var span = Spans.RunActivity(task);
        var started = clock.GetTimestamp();
        try
        {
            commits.Reach(FaultPoints.ActivityStarting, task.Name);
            var output = await executor.RunActivityAsync(
                task.Name, new(task.InstanceId, task.TaskId, task.Version, task.Input, delivery), abandon.Token);
            commits.Reach(FaultPoints.ActivityReturned, task.Name);
            payloads.Check(output, $"output of activity '{task.Name}'");
            Metrics.ActivityRan(task.Name, EventKind.TaskCompleted, clock.GetElapsedTime(started));
            return new(EventKind.TaskCompleted, Now) { RelatedId = task.TaskId, Data = output };
        }
        // The one boundary of user code: every failure becomes data, unless the engine itself gave the run up.
        catch (Exception error) when (error is not EngineKilledException)
        {
            if (abandon.IsCancellationRequested)
            {
                return null;
            }

            Metrics.ActivityRan(task.Name, EventKind.TaskFailed, clock.GetElapsedTime(started));
            Log.ActivityFailed(logger, task.Name, task.TaskId, task.InstanceId, error);
            span?.SetStatus(System.Diagnostics.ActivityStatusCode.Error, error.Message);
            return Failed(task, Failures.From(error), isNonRetriable: error is PayloadTooLargeException);
        }
    }

    async Task AnswerAsync(ActivityTask task, int delivery, HistoryEvent? answer)
    {
        if (answer is null)
        {
            return;
        }

        while (true)
        {
            try
            {
                await commits.Submit("complete", task.Name, writer => Complete(writer, task, delivery, answer));
                return;
            }
            // The store cannot be written now (a full disk, for instance). The work is done, so its answer is kept and offered again.
            catch (Exception error) when (error is not (EngineKilledException or ObjectDisposedException))
            {
                Log.DeliveryFailed(logger, task.Name, task.TaskId, task.InstanceId, error);
                await Task.Delay(pauseAfterError, clock, abandon.Token);
            }
        }
    }

    bool Complete(StoreWriter writer, ActivityTask task, int delivery, HistoryEvent answer)
    {
        var isRepeated = faults?.DeliversTwice(task.Name, task.InstanceId, task.TaskId) == true;
        var held = isRepeated ? writer.Release(task.Seq, delivery, refund: 0) : writer.Complete(task.Seq, delivery);
        if (!held)
        {
            writer.AfterCommit(() =>
            {
                Metrics.LeaseLost(task.Name);
                Log.LeaseLost(logger, task.Name, task.TaskId, task.InstanceId);
            });
            return false;
        }

        var message = writer.Send(task.InstanceId, task.ExecutionId, answer.Timestamp, answer);
        writer.AfterCommit(() =>
        {
            leases.TryRemove(task.Seq, out _);
            route(message);
            if (isRepeated)
            {
                Enqueue(task);
            }
        });
        return true;
    }

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    HistoryEvent Failed(ActivityTask task, TaskFailureDetails failure, bool isNonRetriable) => new(EventKind.TaskFailed, Now)
    {
        RelatedId = task.TaskId,
        Details = new() { Failure = failure, IsNonRetriable = isNonRetriable },
    };

    sealed record Lease(ActivityTask Task, int Delivery, DateTime Until);
}
