namespace Sluice.Core.Tests.Llm.Providers;

/// <summary>Time that passes only when everybody waits for it. A timer that fires again and again is nobody's wait.</summary>
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
                if (changes == seen && timers.Count(t => !t.IsPeriodic) is > 0 and var waiting && waiting >= tasks.Count(t => !t.IsCompleted))
                {
                    next = timers.MinBy(t => t.Due)!;
                    changes++;
                    now = next.Due > now ? next.Due : now;
                    next.Passed();
                }
            }

            next?.Fire();
        }

        await Task.WhenAll(tasks);
    }

    sealed class Timer(VirtualClock clock, TimerCallback callback, object? state) : ITimer
    {
        TimeSpan period = Timeout.InfiniteTimeSpan;

        public DateTimeOffset Due { get; private set; }

        public bool IsPeriodic => period > TimeSpan.Zero;

        public void Fire() => callback(state);

        /// <summary>Its time has come, by the clock's gate.</summary>
        public void Passed()
        {
            if (IsPeriodic)
            {
                Due += period;
            }
            else
            {
                clock.timers.Remove(this);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                clock.changes++;
                clock.timers.Remove(this);
                this.period = period;
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
