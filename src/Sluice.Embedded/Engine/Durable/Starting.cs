using System.Text.Json;

namespace Sluice.Embedded.Durable;

/// <summary>Puts a new instance, top-level or child, into the store: row and start message in the caller's transaction.</summary>
sealed class Starting(Action<Message> route, string defaultVersion)
{
    /// <summary>
    /// Null when started; otherwise the instance that stands in the way (live, or its status is in <paramref name="blocking"/>, or its id differs
    /// only by case).
    /// </summary>
    public InstanceRow? TryStart(StoreWriter writer, InstanceRow row, DateTime visibleAt, Func<InstanceRow, bool>? blocking = null)
    {
        var existing = writer.Find(row.Id);
        if (existing is null)
        {
            writer.Insert(row);
        }
        else if (existing.Id != row.Id || !existing.IsTerminal || blocking?.Invoke(existing) == true)
        {
            return existing;
        }
        else
        {
            writer.DeleteHistory(row.Id);
            writer.DeleteMessagesOf(row.Id);
            writer.Update(row);
        }

        var message = writer.Send(row.Id, row.ExecutionId, visibleAt, StartEvent(row));
        writer.AfterCommit(() => route(message));
        return null;
    }

    /// <summary>A child that its parent has decided on.</summary>
    public InstanceRow Child(InstanceRow parent, Decision decision, DateTime now) => new()
    {
        Id = decision.InstanceId!,
        ExecutionId = NewId(),
        Name = decision.Name!,
        Version = decision.Version ?? defaultVersion,
        Created = now,
        Updated = now,
        Input = decision.Data,
        Parent = new(parent.Id, parent.ExecutionId, parent.Name, decision.Id),
        Tags = decision.Tags is null ? null : JsonSerializer.Serialize(decision.Tags),
        TraceParent = parent.TraceParent,
    };

    public static HistoryEvent StartEvent(InstanceRow row) => new(EventKind.ExecutionStarted, row.Updated)
    {
        Name = row.Name,
        Data = row.Input,
        Details = row.Version.Length == 0 ? null : new() { Version = row.Version },
    };

    public static string NewId() => Guid.NewGuid().ToString("N");
}
