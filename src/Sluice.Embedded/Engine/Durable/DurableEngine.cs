using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Sluice.Embedded.Durable;

/// <summary>
/// Durable Task on one SQLite file: orchestrations as replayed history, activities at least once, timers with stored due times. Stricter than Azure,
/// never laxer.
/// </summary>
public sealed partial class DurableEngine : IAsyncDisposable
{
    readonly DurableEngineOptions options;
    readonly ITaskExecutor executor;
    readonly TimeProvider clock;
    readonly ILoggerFactory loggers;
    readonly ILogger logger;
    readonly IFaults? faults;
    readonly Payloads payloads;
    readonly StatusSignals signals = new();
    readonly CancellationTokenSource stopping = new();
    readonly TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    Parts? parts;
    Exception? end;
    int isClosed;

    public DurableEngine(
        DurableEngineOptions options, ITaskExecutor executor, DataConverter converter, TimeProvider clock, ILoggerFactory loggers,
        IFaults? faults = null)
    {
        options.Check();
        this.options = options;
        this.executor = executor;
        this.clock = clock;
        this.loggers = loggers;
        this.faults = faults;
        logger = loggers.CreateLogger("Host.Triggers.DurableTask");
        payloads = new(converter, options);
        Client = new EngineClient(this, payloads);
    }

    /// <summary>The client of this store. It may be handed out before the start, and used after it.</summary>
    public DurableTaskClient Client { get; }

    /// <summary>Opens the store and takes up whatever waits in it. Refuses a store that another engine has open.</summary>
    public Task StartAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (parts is not null || end is not null)
        {
            throw new InvalidOperationException("The durable engine was started before. Expected one start; create another engine to start again.");
        }

        // Activities may block their thread (native code does). The pool adds threads beyond its minimum only slowly, and turns and commits would
        // wait for them.
        ThreadPool.GetMinThreads(out var threads, out var ports);
        ThreadPool.SetMinThreads(
            Math.Max(threads, Environment.ProcessorCount + options.MaxConcurrentActivities + options.MaxConcurrentOrchestrators), ports);
        var guard = EngineLock.Acquire(options.Path);
        try
        {
            parts = Assemble(guard);
        }
        catch
        {
            guard.Dispose();
            throw;
        }

        Resume(parts);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Stops taking work, waits for running activities up to the drain timeout, abandons the rest (they run again), and closes the store.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        if (parts is not { } running || Interlocked.CompareExchange(ref end, Ended("stopped"), null) is not null)
        {
            return;
        }

        await stopping.CancelAsync();
        running.Mailboxes.Close();
        await Task.WhenAny(Task.WhenAll(running.Workers), Task.Delay(options.DrainTimeout, clock, cancellation));
        try
        {
            Log.Stopped(logger, await running.Activities.AbandonAsync());
        }
        // Whatever could not be released here (the store cannot be written, or a kill came in between) is released by the next start.
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Log.WriteFailed(logger, "release", "leases", error);
        }

        Close(running, end);
        await gone.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        if (parts is not null)
        {
            await gone.Task;
            parts.Activities.Dispose();
        }

        stopping.Dispose();
    }

    Parts Assemble(EngineLock guard)
    {
        var store = new Store(options.Path);
        var commits = new CommitLoop(store.OpenWriter(options.FullSync), new WriteFailures(options, clock), faults, logger, Die);
        var mailboxes = new Mailboxes(options.MaxCachedExecutions);
        var delayed = new DelayedMessages(clock, mailboxes.Deliver);
        var starting = new Starting(delayed.Add, options.DefaultVersion);
        var activities = new ActivityWorkers(executor, commits, payloads, options, delayed.Add, clock, faults, logger);
        var replayer = new Replayer(executor, payloads, loggers, ReportForeign);
        var turns = new TurnWorkers(options, store, commits, mailboxes, replayer, starting, signals, delayed.Add, activities.Enqueue, clock, logger);
        return new(guard, store, commits, mailboxes, delayed, starting, activities, turns);
    }

    void Resume(Parts running)
    {
        var messages = running.Store.Messages();
        var tasks = running.Store.Tasks();
        messages.ForEach(running.Delayed.Add);
        tasks.ForEach(running.Activities.Enqueue);
        Log.Started(logger, running.Store.File, messages.Select(message => message.InstanceId).Distinct().Count(), tasks.Count);
        var third = options.ActivityLease / 3;
        running.RenewTimer = clock.CreateTimer(_ => Renew(running), null, third, third);
        running.Workers.AddRange(Enumerable.Range(0, options.MaxConcurrentOrchestrators).Select(_ =>
            Task.Run(() => running.Turns.RunAsync(stopping.Token))));
        running.Workers.AddRange(Enumerable.Range(0, options.MaxConcurrentActivities).Select(_ =>
            Task.Run(() => running.Activities.RunAsync(stopping.Token))));
    }

    async void Renew(Parts running)
    {
        try
        {
            await running.Activities.RenewAsync();
        }
        // A timer callback has no caller to tell. A lease that was not renewed runs out, and its activity is delivered again.
        catch (Exception error)
        {
            if (end is null)
            {
                Log.WriteFailed(logger, "renew", "leases", error);
            }
        }
    }

    /// <summary>The orchestrator of a turn that has ended came back on another thread: its next turn fails it.</summary>
    void ReportForeign(string instance, string execution)
        => _ = Started.Commits.Submit("send", instance, writer =>
        {
            var now = clock.GetUtcNow().UtcDateTime;
            var message = writer.Send(instance, execution, now, new(EventKind.IllegalAwait, now));
            writer.AfterCommit(() => Started.Delayed.Add(message));
            return true;
        });

    /// <summary>As if the process had been killed: nothing is written or told any more; the lock goes, so that another engine may start.</summary>
    void Die(Exception reason)
    {
        Interlocked.CompareExchange(ref end, reason, null);
        if (parts is { } running)
        {
            Close(running, reason);
        }
    }

    void Close(Parts running, Exception reason)
    {
        if (Interlocked.Exchange(ref isClosed, 1) == 0)
        {
            stopping.Cancel();
            running.Mailboxes.Close();
            running.Delayed.Dispose();
            running.RenewTimer.Dispose();
            running.Commits.Dispose();
            running.Store.Dispose();
            running.Lock.Dispose();
            gone.SetResult();
            signals.End(reason);
        }
    }

    /// <summary>Completes when an engine that stops or was killed has let go of its store; null while it runs.</summary>
    internal Task? Gone => end is null ? null : gone.Task;

    Parts Started => parts
        ?? throw new InvalidOperationException("The durable engine is not started. Expected StartAsync before the client is used; in a host, use "
            + "it after start-up.");

    static ObjectDisposedException Ended(string how) => new(nameof(DurableEngine), $"The durable engine is {how}.");

    sealed record Parts(
        EngineLock Lock, Store Store, CommitLoop Commits, Mailboxes Mailboxes, DelayedMessages Delayed,
        Starting Starting, ActivityWorkers Activities, TurnWorkers Turns)
    {
        public List<Task> Workers { get; } = [];
        public ITimer RenewTimer { get; set; } = null!;
    }
}
