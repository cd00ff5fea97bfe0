namespace Sluice.Core.Tests.Llm.Providers;

/// <summary>Time that passes only when everybody waits for it.</summary>
sealed class VirtualClock : TimeProvider
{
    readonly Lock gate = new();
    readonly List<Timer> timers = [];
    long changes;
    DateTimeOffset now = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            return now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>
    /// Moves on to the next timer whenever as many wait as tasks have not ended, until all have. A task that works has timers too, that of its time-out: so only when
    /// none came or went for a moment of real time.
    /// </summary>
    public async Task RunAsync(params Task[] tasks)
    {
        while (!tasks.All(t => t.IsCompleted))
        {
            var seen = Interlocked.Read(ref changes);
            await Task.WhenAny(Task.WhenAll(tasks), Task.Delay(1));
            Timer? next = null;
            lock (gate)
            {
                if (changes == seen && timers.Count >= tasks.Count(t => !t.IsCompleted) && timers.Count > 0)
                {
                    next = timers.MinBy(t => t.Due)!;
                    timers.Remove(next);
                    changes++;
                    now = next.Due > now ? next.Due : now;
                }
            }

            next?.Fire();
        }

        await Task.WhenAll(tasks);
    }

    sealed class Timer(VirtualClock clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                clock.changes++;
                clock.timers.Remove(this);
                if (dueTime >= TimeSpan.Zero)
                {
                    Due = clock.now + dueTime;
                    clock.timers.Add(this);
                }
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
