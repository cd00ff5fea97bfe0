namespace Sluice.Embedded.Tests.Durable;

/// <summary>A clock that stands still until a test moves it; timers fire in order of their due times on the thread that moves it.</summary>
public sealed class TestClock(DateTimeOffset start) : TimeProvider
{
    readonly Lock gate = new();
    readonly List<TestTimer> timers = [];
    DateTimeOffset now = start;

    public TestClock()
        : this(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero))
    {
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            return now;
        }
    }

    public void Advance(TimeSpan time)
    {
        var target = GetUtcNow() + time;
        while (Next(target) is { } timer)
        {
            timer.Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new TestTimer(this, callback, state);
        lock (gate)
        {
            timers.Add(timer);
        }

        timer.Change(dueTime, period);
        return timer;
    }

    TestTimer? Next(DateTimeOffset target)
    {
        lock (gate)
        {
            var timer = timers.Where(t => t.Due <= target).MinBy(t => t.Due);
            now = timer is null ? target : timer.Due > now ? timer.Due.Value : now;
            timer?.Passed();
            return timer;
        }
    }

    sealed class TestTimer(TestClock clock, TimerCallback callback, object? state) : ITimer
    {
        TimeSpan period;

        public DateTimeOffset? Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                this.period = period;
                Due = dueTime == Timeout.InfiniteTimeSpan || dueTime == TimeSpan.Zero ? null : clock.now + dueTime;
            }

            if (dueTime == TimeSpan.Zero)
            {
                ThreadPool.QueueUserWorkItem(_ => Fire());
            }

            return true;
        }

        public void Passed() => Due = period > TimeSpan.Zero ? Due + period : null;

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (clock.gate)
            {
                clock.timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
