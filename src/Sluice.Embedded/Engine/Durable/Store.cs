using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Client;

namespace Sluice.Embedded.Durable;

/// <summary>
/// The SQLite file: schema, start-up, and reads. Tables as in the MSSQL provider of Durable Task (microsoft/durabletask-mssql, Scripts/): Instances, NewEvents, NewTasks, History.
/// </summary>
sealed class Store
{
    const int SchemaVersion = 1;

    readonly string connectionText;

    public Store(string folder)
    {
        SQLitePCL.Batteries_V2.Init();
        File = Path.Combine(folder, "durable.db");
        connectionText = new SqliteConnectionStringBuilder { DataSource = File, Pooling = false }.ToString();
    }

    public string File { get; }

    public StoreWriter OpenWriter(bool fullSync)
    {
        var connection = Open();
        Run(connection, $"PRAGMA journal_mode = WAL; PRAGMA synchronous = {(fullSync ? "FULL" : "NORMAL")};");
        var version = Scalar(connection, "PRAGMA user_version");
        if (version > SchemaVersion)
        {
            connection.Dispose();
            throw new InvalidOperationException(
                $"The durable store '{File}' has schema version '{version}', expected {SchemaVersion} or less: a newer Sluice wrote it. Use that one, or another folder.");
        }

        if (version == 0)
        {
            Run(connection, "BEGIN IMMEDIATE;" + Schema + $"PRAGMA user_version = {SchemaVersion}; COMMIT;");
        }

        // The engine lock proves that whoever held these leases is gone.
        Run(connection, "UPDATE NewTasks SET locked_by = NULL, lock_until = NULL WHERE locked_by IS NOT NULL;");
        return new(connection);
    }

    public InstanceRow? Find(string id)
    {
        using var connection = Open();
        using var find = new Statement(connection, $"SELECT {Rows.InstanceColumns} FROM Instances WHERE id = $0");
        var row = find.Read(Rows.Instance, id);
        return row?.Id == id ? row : null;
    }

    public Execution? Load(string id)
    {
        using var connection = Open();
        using var snapshot = connection.BeginTransaction(deferred: true);
        using var find = new Statement(connection, $"SELECT {Rows.InstanceColumns} FROM Instances WHERE id = $0");
        var row = find.Read(Rows.Instance, id);
        return row?.Id == id ? new(row, History(connection, id)) : null;
    }

    public List<HistoryEvent> History(string id)
    {
        using var connection = Open();
        return History(connection, id);
    }

    public List<Message> Messages()
    {
        using var connection = Open();
        using var all = new Statement(
            connection, $"SELECT seq, instance, execution_id, visible_at, {Rows.EventColumns} FROM NewEvents ORDER BY seq");
        return all.ReadAll(Rows.Message);
    }

    public List<ActivityTask> Tasks()
    {
        using var connection = Open();
        using var all = new Statement(
            connection, "SELECT seq, instance, execution_id, task_id, name, version, input, trace_parent FROM NewTasks ORDER BY seq");
        return all.ReadAll(Rows.Task);
    }

    /// <summary>Instances in the order of their first start, which never changes: a page boundary is that number, so additions neither repeat nor hide a row.</summary>
    public List<(long Number, InstanceRow Row)> List(OrchestrationQuery query, long after, int count)
    {
        using var connection = Open();
        var statuses = query.Statuses is { } wanted && wanted.ToList() is { Count: > 0 } list ? string.Join(',', list.Select(status => (int)status)) : null;
        using var page = new Statement(
            connection,
            $"""
            SELECT {Rows.InstanceColumns}, num FROM Instances
            WHERE num > $0 AND ($1 IS NULL OR created >= $1) AND ($2 IS NULL OR created <= $2) AND ($3 IS NULL OR substr(id, 1, length($3)) = $3 COLLATE BINARY)
            {(statuses is null ? "" : $"AND status IN ({statuses})")}
            ORDER BY num LIMIT $4
            """);
        return page.ReadAll(
            row => (row.GetInt64(15), Rows.Instance(row)),
            after, query.CreatedFrom?.UtcTicks, query.CreatedTo?.UtcTicks, string.IsNullOrEmpty(query.InstanceIdPrefix) ? null : query.InstanceIdPrefix, count);
    }

    static List<HistoryEvent> History(SqliteConnection connection, string id)
    {
        using var history = new Statement(connection, $"SELECT {Rows.EventColumns} FROM History WHERE instance = $0 ORDER BY seq");
        return history.ReadAll(row => Rows.Event(row, 0), id);
    }

    SqliteConnection Open()
    {
        var connection = new SqliteConnection(connectionText);
        connection.Open();
        Run(connection, "PRAGMA busy_timeout = 5000;");
        return connection;
    }

    // CA2100: only literals of this file reach it.
#pragma warning disable CA2100
    static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
#pragma warning restore CA2100

    const string Schema =
        """
        CREATE TABLE Instances (
            num INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL COLLATE NOCASE UNIQUE, execution_id TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL,
            status INTEGER NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL, completed INTEGER, input TEXT, output TEXT, custom_status TEXT, failure TEXT,
            parent TEXT, parent_id TEXT, tags TEXT, trace_parent TEXT);
        CREATE INDEX InstancesByParent ON Instances (parent_id) WHERE parent_id IS NOT NULL;
        CREATE TABLE NewEvents (
            seq INTEGER PRIMARY KEY, instance TEXT NOT NULL, execution_id TEXT, visible_at INTEGER NOT NULL,
            kind INTEGER NOT NULL, timestamp INTEGER NOT NULL, event_id INTEGER NOT NULL, related_id INTEGER NOT NULL, name TEXT, data TEXT, details TEXT);
        CREATE INDEX NewEventsByInstance ON NewEvents (instance);
        CREATE TABLE NewTasks (
            seq INTEGER PRIMARY KEY, instance TEXT NOT NULL, execution_id TEXT NOT NULL, task_id INTEGER NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL, input TEXT,
            trace_parent TEXT, locked_by TEXT, lock_until INTEGER, dequeue_count INTEGER NOT NULL);
        CREATE TABLE History (
            instance TEXT NOT NULL, seq INTEGER NOT NULL,
            kind INTEGER NOT NULL, timestamp INTEGER NOT NULL, event_id INTEGER NOT NULL, related_id INTEGER NOT NULL, name TEXT, data TEXT, details TEXT,
            PRIMARY KEY (instance, seq)) WITHOUT ROWID;
        """;
}

/// <summary>An instance with the history of its current execution.</summary>
sealed record Execution(InstanceRow Row, List<HistoryEvent> History);
