using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Client;

namespace Sluice.Embedded.Durable;

/// <summary>Column lists and how their rows become records. Times are UTC ticks: text would lose their kind and precision.</summary>
static class Rows
{
    public const string InstanceColumns =
        "id, execution_id, name, version, status, created, updated, completed, input, output, custom_status, failure, parent, tags, trace_parent";

    public const string EventColumns = "kind, timestamp, event_id, related_id, name, data, details";

    public static InstanceRow Instance(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        ExecutionId = row.GetString(1),
        Name = row.GetString(2),
        Version = row.GetString(3),
        Status = (OrchestrationRuntimeStatus)row.GetInt32(4),
        Created = Utc(row.GetInt64(5)),
        Updated = Utc(row.GetInt64(6)),
        Completed = row.IsDBNull(7) ? null : Utc(row.GetInt64(7)),
        Input = Text(row, 8),
        Output = Text(row, 9),
        CustomStatus = Text(row, 10),
        Failure = Text(row, 11),
        Parent = Text(row, 12) is { } parent ? JsonSerializer.Deserialize<ParentLink>(parent) : null,
        Tags = Text(row, 13),
        TraceParent = Text(row, 14),
    };

    public static HistoryEvent Event(SqliteDataReader row, int first) => new((EventKind)row.GetInt32(first), Utc(row.GetInt64(first + 1)))
    {
        EventId = row.GetInt32(first + 2),
        RelatedId = row.GetInt32(first + 3),
        Name = Text(row, first + 4),
        Data = Text(row, first + 5),
        Details = EventDetails.Read(Text(row, first + 6)),
    };

    public static Message Message(SqliteDataReader row)
        => new(row.GetInt64(0), row.GetString(1), Text(row, 2), Utc(row.GetInt64(3)), Event(row, 4));

    public static ActivityTask Task(SqliteDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetString(4), row.GetString(5), Text(row, 6), Text(row, 7));

    static DateTime Utc(long ticks) => new(ticks, DateTimeKind.Utc);

    static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
