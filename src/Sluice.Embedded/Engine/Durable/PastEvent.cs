using Past = global::DurableTask.Core.History;

namespace Sluice.Embedded.Durable;

/// <summary>A stored event in Durable Task's terms. What only this engine records is a generic event there.</summary>
sealed class PastEvent : Past.HistoryEvent
{
    public PastEvent(HistoryEvent e)
        : base(e.EventId)
    {
        (Timestamp, IsPlayed) = (e.Timestamp, true);
        EventType = Enum.TryParse<Past.EventType>(e.Kind.ToString(), out var type) ? type : Past.EventType.GenericEvent;
    }

    public override Past.EventType EventType { get; }
}
