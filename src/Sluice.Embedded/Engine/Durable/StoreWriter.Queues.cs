namespace Sluice.Embedded.Durable;

/// <content>Rows of NewEvents and NewTasks: peek-lock, so a row goes only when its effect is committed.</content>
sealed partial class StoreWriter
{
    Statement insertMessage = null!;
    Statement deleteMessage = null!;
    Statement deleteMessagesOf = null!;
    Statement insertTask = null!;
    Statement claimTask = null!;
    Statement readDeliveries = null!;
    Statement deleteTask = null!;
    Statement releaseTask = null!;
    Statement renewTask = null!;
    Statement deleteTasksOf = null!;

    void PrepareQueues()
    {
        insertMessage = Prepare(
            $"INSERT INTO NewEvents (seq, instance, execution_id, visible_at, {Rows.EventColumns}) VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, "
                + "$9, $10)");
        deleteMessage = Prepare("DELETE FROM NewEvents WHERE seq = $0");
        deleteMessagesOf = Prepare("DELETE FROM NewEvents WHERE instance = $0");
        insertTask = Prepare(
            """
            INSERT INTO NewTasks (seq, instance, execution_id, task_id, name, version, input, trace_parent, dequeue_count)
            VALUES ($0, $1, $2, $3, $4, $5, $6, $7, 0)
            """);
        claimTask = Prepare(
            "UPDATE NewTasks SET locked_by = $1, lock_until = $2, dequeue_count = dequeue_count + 1 WHERE seq = $0 AND (locked_by IS NULL OR "
                + "lock_until <= $3)");
        readDeliveries = Prepare("SELECT dequeue_count FROM NewTasks WHERE seq = $0");
        deleteTask = Prepare("DELETE FROM NewTasks WHERE seq = $0 AND dequeue_count = $1");
        releaseTask = Prepare("UPDATE NewTasks SET locked_by = NULL, lock_until = NULL, dequeue_count = dequeue_count - $2 WHERE seq = $0 AND "
            + "dequeue_count = $1");
        renewTask = Prepare("UPDATE NewTasks SET lock_until = $2 WHERE seq = $0 AND dequeue_count = $1");
        deleteTasksOf = Prepare("DELETE FROM NewTasks WHERE instance = $0");
    }

    public Message Send(string instance, string? execution, DateTime visibleAt, HistoryEvent e)
        => Enqueue(new(++lastSeq, instance, execution, visibleAt, e));

    /// <summary>
    /// Puts messages before everything that already waits: a new execution starts before it sees events that arrived during the old one.
    /// </summary>
    public List<Message> SendFirst(string instance, IReadOnlyList<(string? Execution, HistoryEvent Event)> events)
    {
        firstSeq -= events.Count;
        var seq = firstSeq;
        return [.. events.Select(e => Enqueue(new(seq++, instance, e.Execution, e.Event.Timestamp, e.Event)))];
    }

    public void Delete(IReadOnlyList<Message> messages)
    {
        foreach (var message in messages)
        {
            deleteMessage.Execute(message.Seq);
        }
    }

    public void DeleteMessagesOf(string instance) => deleteMessagesOf.Execute(instance);

    public ActivityTask Schedule(InstanceRow row, Decision decision)
    {
        var task = new ActivityTask(
            ++lastSeq, row.Id, row.ExecutionId, decision.Id, decision.Name!, decision.Version ?? row.Version, decision.Data, row.TraceParent);
        insertTask.Execute(task.Seq, task.InstanceId, task.ExecutionId, task.TaskId, task.Name, task.Version, task.Input, task.TraceParent);
        return task;
    }

    /// <summary>
    /// Locks a task and counts the delivery; 0 when it is gone or still held. The count also names this lock: see <see cref="Complete"/>.
    /// </summary>
    public int Claim(long seq, string owner, DateTime now, DateTime until)
        => claimTask.Execute(seq, owner, until.Ticks, now.Ticks) == 0
            ? 0
            : (int)readDeliveries.ReadNumber(seq)!.Value;

    /// <summary>Removes a task, if the lock of this delivery still holds.</summary>
    public bool Complete(long seq, int delivery) => deleteTask.Execute(seq, delivery) == 1;

    /// <summary>Frees a task for another worker; <paramref name="refund"/> is 1 when the delivery shall not count.</summary>
    public bool Release(long seq, int delivery, int refund) => releaseTask.Execute(seq, delivery, refund) == 1;

    public bool Renew(long seq, int delivery, DateTime until) => renewTask.Execute(seq, delivery, until.Ticks) == 1;

    Message Enqueue(Message message)
    {
        var e = message.Event;
        insertMessage.Execute(
            message.Seq, message.InstanceId, message.ExecutionId, message.VisibleAt.Ticks,
            (int)e.Kind, e.Timestamp.Ticks, e.EventId, e.RelatedId, e.Name, e.Data, EventDetails.Write(e.Details));
        return message;
    }
}
