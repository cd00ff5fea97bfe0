using Microsoft.Extensions.Logging;

namespace Sluice.Embedded.Durable;

/// <summary>
/// Group commit: one thread puts the writes of many turns, activities and starts into one SQLite transaction. Each caller waits for its own write to
/// be durable.
/// A write that fails is rolled back with its group, and the group is then written one by one, so only the culprit's caller sees the error.
/// </summary>
sealed class CommitLoop : IDisposable
{
    const int MaxGroup = 256;

    readonly Lock gate = new();
    readonly AutoResetEvent arrived = new(false);
    readonly StoreWriter writer;
    readonly IFaults? faults;
    readonly ILogger logger;
    readonly Action<Exception> died;
    readonly WriteFailures failures;
    readonly Thread thread;
    List<Write> waiting = [];
    Exception? end;

    public CommitLoop(StoreWriter writer, WriteFailures failures, IFaults? faults, ILogger logger, Action<Exception> died)
    {
        this.failures = failures;
        this.writer = writer;
        this.faults = faults;
        this.logger = logger;
        this.died = died;
        thread = new Thread(Run) { IsBackground = true, Name = "sluice-durable-commit" };
        thread.Start();
    }

    /// <summary>
    /// Runs <paramref name="write"/> in the next transaction. Completes when it is committed and what it registered to follow has run.
    /// </summary>
    public Task<T> Submit<T>(string name, string subject, Func<StoreWriter, T> write)
    {
        var entry = new Write<T>(name, subject, write);
        lock (gate)
        {
            if (end is not null)
            {
                return Task.FromException<T>(end);
            }

            waiting.Add(entry);
        }

        arrived.Set();
        return entry.Task;
    }

    /// <summary>A point outside of writes at which a fault may end the engine.</summary>
    public void Reach(string point, string subject)
    {
        try
        {
            faults?.Reach(point, subject);
        }
        catch (EngineKilledException killed)
        {
            Kill(killed);
            throw;
        }
    }

    /// <summary>Ends at once: what was not committed never happens.</summary>
    public void Kill(Exception reason)
    {
        List<Write> lost;
        lock (gate)
        {
            if (end is not null)
            {
                return;
            }

            end = reason;
            lost = waiting;
            waiting = [];
        }

        // The store is let go first: who is told may start another engine at once.
        died(reason);
        lost.ForEach(entry => entry.Fail(reason));
    }

    /// <summary>Commits what waits, then ends.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            end ??= new ObjectDisposedException(nameof(DurableEngine), "The durable engine is stopped.");
        }

        arrived.Set();
        if (Thread.CurrentThread != thread)
        {
            thread.Join();
            arrived.Dispose();
        }
    }

    void Run()
    {
        while (true)
        {
            arrived.WaitOne();
            while (Take() is { Count: > 0 } group)
            {
                try
                {
                    Commit(group);
                }
                // A kill, or an error after the commit: memory and store differ from here, so going on could only do harm.
                catch (Exception error)
                {
                    Die(group, error);
                    return;
                }
            }

            lock (gate)
            {
                if (end is not null && waiting.Count == 0)
                {
                    writer.Dispose();
                    return;
                }
            }
        }
    }

    void Die(List<Write> group, Exception error)
    {
        if (error is not EngineKilledException)
        {
            Log.LoopFailed(logger, error);
        }

        writer.Dispose();
        Kill(error);
        group.ForEach(entry => entry.Fail(error));
    }

    List<Write> Take()
    {
        lock (gate)
        {
            var group = waiting;
            if (group.Count > MaxGroup)
            {
                waiting = group.GetRange(MaxGroup, group.Count - MaxGroup);
                group.RemoveRange(MaxGroup, group.Count - MaxGroup);
            }
            else
            {
                waiting = [];
            }

            return group;
        }
    }

    void Commit(List<Write> group)
    {
        try
        {
            writer.Begin();
            try
            {
                foreach (var entry in group)
                {
                    faults?.Reach(FaultPoints.Before(entry.Name), entry.Subject);
                    entry.Run(writer);
                    faults?.Reach(FaultPoints.Written(entry.Name), entry.Subject);
                }

                faults?.Reach(FaultPoints.Commit, group[0].Subject);
                writer.Commit();
            }
            catch
            {
                writer.Rollback();
                throw;
            }
        }
        catch (Exception error) when (error is not EngineKilledException)
        {
            Isolate(group, error);
            return;
        }

        failures.Clear();
        faults?.Reach(FaultPoints.Committed, group[0].Subject);
        writer.RunAfterCommit();
        group.ForEach(entry => entry.Succeed());
    }

    void Isolate(List<Write> group, Exception error)
    {
        if (group.Count == 1)
        {
            Log.WriteFailed(logger, group[0].Name, group[0].Subject, error);
            failures.Add(error);
            group[0].Fail(error);
            return;
        }

        for (var i = 0; i < group.Count; i++)
        {
            try
            {
                Commit([group[i]]);
            }
            catch (EngineKilledException)
            {
                group.RemoveRange(0, i);
                throw;
            }
        }
    }

    abstract class Write(string name, string subject)
    {
        public string Name => name;
        public string Subject => subject;

        public abstract void Run(StoreWriter writer);
        public abstract void Succeed();
        public abstract void Fail(Exception error);
    }

    sealed class Write<T>(string name, string subject, Func<StoreWriter, T> write) : Write(name, subject)
    {
        readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        T result = default!;

        public Task<T> Task => done.Task;

        public override void Run(StoreWriter writer) => result = write(writer);
        public override void Succeed() => done.TrySetResult(result);
        public override void Fail(Exception error) => done.TrySetException(error);
    }
}
