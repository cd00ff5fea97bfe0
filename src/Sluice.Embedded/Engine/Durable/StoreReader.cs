using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Client;

namespace Sluice.Embedded.Durable;

/// <summary>A connection that reads, with its prepared statements. <see cref="Store"/> keeps as many as are in use at once.</summary>
sealed class StoreReader(SqliteConnection connection) : IDisposable
{
    readonly Statement find = new(connection, $"SELECT {Rows.InstanceColumns} FROM Instances WHERE id = $0");
    readonly Statement history = new(connection, $"SELECT {Rows.EventColumns} FROM History WHERE instance = $0 ORDER BY seq");

    /// <summary>Ids are compared exactly; the column ignores case only to refuse ids that differ by nothing else.</summary>
    public InstanceRow? Find(string id) => find.Read(Rows.Instance, id) is { } row && row.Id == id ? row : null;

    public List<HistoryEvent> History(string id) => history.ReadAll(row => Rows.Event(row, 0), id);

    /// <summary>Row and history of one moment.</summary>
    public Execution? Load(string id)
    {
        using var snapshot = connection.BeginTransaction(deferred: true);
        find.Enlist(snapshot);
        history.Enlist(snapshot);
        try
        {
            return Find(id) is { } row ? new(row, History(id)) : null;
        }
        finally
        {
            find.Enlist(null);
            history.Enlist(null);
        }
    }

    public List<Message> Messages()
    {
        using var all = new Statement(connection, $"SELECT seq, instance, execution_id, visible_at, {Rows.EventColumns} FROM NewEvents ORDER BY seq");
        return all.ReadAll(Rows.Message);
    }

    public List<ActivityTask> Tasks()
    {
        using var all = new Statement(connection, "SELECT seq, instance, execution_id, task_id, name, version, input, trace_parent FROM NewTasks "
            + "ORDER BY seq");
        return all.ReadAll(Rows.Task);
    }

    /// <summary>
    /// Instances in the order of their first start, which never changes: a page boundary is that number, so additions neither repeat nor hide a row.
    /// </summary>
    public List<(long Number, InstanceRow Row)> List(
        OrchestrationQuery query, long after, int count, (DateTime? From, DateTime? To) completed)
    {
        var statuses = query.Statuses is { } wanted && wanted.ToList() is { Count: > 0 } list ? string.Join(',', list.Select(status =>
            (int)status)) : null;
        using var page = new Statement(
            connection,
            $"""
            SELECT {Rows.InstanceColumns}, num FROM Instances
            WHERE num > $0 AND ($1 IS NULL OR created >= $1) AND ($2 IS NULL OR created <= $2)
            AND ($3 IS NULL OR substr(id, 1, length($3)) = $3 COLLATE BINARY) {(statuses is null ? "" : $"AND status IN ({statuses})")}
            AND ($5 IS NULL OR completed >= $5) AND ($6 IS NULL OR completed <= $6)
            ORDER BY num LIMIT $4
            """);
        var prefix = string.IsNullOrEmpty(query.InstanceIdPrefix) ? null : query.InstanceIdPrefix;
        return page.ReadAll(
            row => (row.GetInt64(15), Rows.Instance(row)), after, query.CreatedFrom?.UtcTicks, query.CreatedTo?.UtcTicks, prefix, count,
            completed.From?.Ticks, completed.To?.Ticks);
    }

    public void Dispose()
    {
        find.Dispose();
        history.Dispose();
        connection.Dispose();
    }
}

/// <summary>An instance with the history of its current execution.</summary>
sealed record Execution(InstanceRow Row, List<HistoryEvent> History);
