using System.Threading.Channels;

namespace Sluice.Embedded.Durable;

/// <summary>
/// The messages of each live instance in memory, in commit order, and which instances have work. SQLite stays the truth: this is filled after commits
/// and at start.
/// An instance is handed to one worker at a time.
/// </summary>
sealed class Mailboxes(int maxCached)
{
    readonly Lock gate = new();
    readonly Dictionary<string, Mailbox> boxes = new(StringComparer.Ordinal);
    readonly Queue<Mailbox> cached = new();
    readonly Channel<Mailbox> ready = Channel.CreateUnbounded<Mailbox>();

    public int Count
    {
        get
        {
            lock (gate)
            {
                return boxes.Count;
            }
        }
    }

    public void Deliver(Message message)
    {
        lock (gate)
        {
            if (!boxes.TryGetValue(message.InstanceId, out var box))
            {
                boxes.Add(message.InstanceId, box = new(message.InstanceId));
            }

            if (message.Event.Kind == EventKind.ExecutionStarted)
            {
                box.Cached = null;
            }

            box.Pending.Add(message);
            MarkReady(box);
        }
    }

    /// <summary>Keeps the state that a turn has just committed for the next one.</summary>
    public void Keep(Mailbox box, Execution execution)
    {
        if (maxCached == 0)
        {
            return;
        }

        lock (gate)
        {
            if (box.Cached is null)
            {
                cached.Enqueue(box);
            }

            box.Cached = execution;
            while (cached.Count > maxCached)
            {
                var oldest = cached.Dequeue();
                if (oldest != box)
                {
                    oldest.Cached = null;
                    RemoveIfIdle(oldest);
                }
            }
        }
    }

    /// <summary>The stored rows changed beneath the cache.</summary>
    public void Forget(string id)
    {
        lock (gate)
        {
            if (boxes.TryGetValue(id, out var box))
            {
                box.Cached = null;
            }
        }
    }

    /// <summary>The instance has ended, and its stored messages went with it.</summary>
    public void End(Mailbox box)
    {
        lock (gate)
        {
            box.Cached = null;
            box.Pending.Clear();
        }
    }

    public ValueTask<bool> WaitAsync(CancellationToken cancellation) => ready.Reader.WaitToReadAsync(cancellation);

    /// <summary>Hands out an instance with all its messages, oldest first.</summary>
    public bool TryTake(out Mailbox box, out List<Message> batch)
    {
        batch = [];
        if (!ready.Reader.TryRead(out box!))
        {
            return false;
        }

        lock (gate)
        {
            batch = box.Pending;
            box.Pending = [];
            box.Queued = false;
            box.Busy = true;
        }

        batch.Sort(static (a, b) => a.Seq.CompareTo(b.Seq));
        return true;
    }

    /// <summary>Takes an instance back. Messages that could not be played yet wait for the next one, or are played again at once.</summary>
    public void Return(Mailbox box, List<Message> unplayed, bool again)
    {
        lock (gate)
        {
            box.Busy = false;
            var more = box.Pending.Count > 0;
            box.Pending.InsertRange(0, unplayed);
            if (more || (again && unplayed.Count > 0))
            {
                MarkReady(box);
            }
            else
            {
                RemoveIfIdle(box);
            }
        }
    }

    public void Close() => ready.Writer.TryComplete();

    void MarkReady(Mailbox box)
    {
        if (!box.Busy && !box.Queued)
        {
            box.Queued = true;
            ready.Writer.TryWrite(box);
        }
    }

    void RemoveIfIdle(Mailbox box)
    {
        if (!box.Busy && !box.Queued && box.Pending.Count == 0 && box.Cached is null)
        {
            boxes.Remove(box.Id);
        }
    }
}

/// <summary>One instance in memory; guarded by <see cref="Mailboxes"/>, the cache also by its one worker.</summary>
sealed class Mailbox(string id)
{
    public string Id => id;
    public List<Message> Pending { get; set; } = [];
    public bool Busy { get; set; }
    public bool Queued { get; set; }
    public Execution? Cached { get; set; }
}
