namespace Sluice.Embedded.Durable;

/// <summary>
/// Holds messages until they are due (durable timers, later starts) and then delivers them. Due times are stored, so a restart loses none.
/// </summary>
sealed class DelayedMessages : IDisposable
{
    // Looking at the clock at least this often bounds the error after the machine slept.
    static readonly TimeSpan longestWait = TimeSpan.FromMinutes(1);

    readonly Lock gate = new();
    readonly PriorityQueue<Message, (long Due, long Seq)> queue = new();
    readonly TimeProvider clock;
    readonly Action<Message> deliver;
    readonly ITimer timer;
    bool closed;

    public DelayedMessages(TimeProvider clock, Action<Message> deliver)
    {
        this.clock = clock;
        this.deliver = deliver;
        timer = clock.CreateTimer(_ => Fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Delivers now what is due now, the rest later.</summary>
    public void Add(Message message)
    {
        if (message.VisibleAt <= clock.GetUtcNow().UtcDateTime)
        {
            deliver(message);
            return;
        }

        lock (gate)
        {
            queue.Enqueue(message, (message.VisibleAt.Ticks, message.Seq));
            if (ReferenceEquals(queue.Peek(), message))
            {
                Arm();
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            closed = true;
        }

        timer.Dispose();
    }

    void Fire()
    {
        lock (gate)
        {
            if (closed)
            {
                return;
            }

            var now = clock.GetUtcNow().UtcDateTime;
            while (queue.TryPeek(out var next, out _) && next.VisibleAt <= now)
            {
                deliver(queue.Dequeue());
            }

            Arm();
        }
    }

    void Arm()
    {
        if (!closed && queue.TryPeek(out var next, out _))
        {
            // Rounded up: timers count whole milliseconds, and one that fires early would only be set again.
            var wait = TimeSpan.FromMilliseconds(Math.Ceiling((next.VisibleAt - clock.GetUtcNow().UtcDateTime).TotalMilliseconds));
            timer.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait > longestWait ? longestWait : wait, Timeout.InfiniteTimeSpan);
        }
    }
}
