namespace DurableTask.Core.History;

/// <summary>
/// One event of an instance's history. Upstream: Azure/durabletask@52170329 src/DurableTask.Core/History/HistoryEvent.cs (the classes of the single kinds
/// are not here: tell events apart by <see cref="EventType"/>).
/// </summary>
public abstract class HistoryEvent
{
    protected HistoryEvent(int eventId) => EventId = eventId;

    public int EventId { get; }
    public bool IsPlayed { get; set; }
    public DateTime Timestamp { get; set; } = DateTime.UtcNow;
    public virtual EventType EventType { get; }
}
