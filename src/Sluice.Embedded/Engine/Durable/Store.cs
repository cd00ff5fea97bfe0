using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Client;

namespace Sluice.Embedded.Durable;

/// <summary>
/// The SQLite file: schema, start-up, and reads. Tables as in the MSSQL provider of Durable Task (microsoft/durabletask-mssql, Scripts/): Instances,
/// NewEvents, NewTasks, History.
/// </summary>
sealed class Store : IDisposable
{
    const int SchemaVersion = 1;

    readonly ConcurrentBag<StoreReader> readers = [];
    readonly string connectionText;
    volatile bool isClosed;

    public Store(string folder)
    {
        SQLitePCL.Batteries_V2.Init();
        File = Path.Combine(folder, "durable.db");
        connectionText = new SqliteConnectionStringBuilder { DataSource = File, Pooling = false }.ToString();
    }

    public string File { get; }

    /// <summary>Opens the file, creates what is missing, and releases every lease: the engine lock proves that whoever held them is gone.</summary>
    public StoreWriter OpenWriter(bool fullSync)
    {
        var connection = new SqliteConnection(connectionText);
        try
        {
            Configure(connection);
            Run(connection, $"PRAGMA journal_mode = WAL; PRAGMA synchronous = {(fullSync ? "FULL" : "NORMAL")};");
            CreateSchema(connection);
            Run(connection, "UPDATE NewTasks SET locked_by = NULL, lock_until = NULL WHERE locked_by IS NOT NULL;");
            return new(connection);
        }
        catch (SqliteException error)
        {
            connection.Dispose();
            throw new InvalidOperationException(
                $"The durable store '{File}' cannot be opened: found '{error.Message}', expected a file that Sluice wrote, on a disk with space. "
                + "Free space, or move the file away to begin with an empty store.",
                error);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public InstanceRow? Find(string id) => Read(reader => reader.Find(id));

    public Execution? Load(string id) => Read(reader => reader.Load(id));

    public List<HistoryEvent> History(string id) => Read(reader => reader.History(id));

    public List<Message> Messages() => Read(reader => reader.Messages());

    public List<ActivityTask> Tasks() => Read(reader => reader.Tasks());

    public List<(long Number, InstanceRow Row)> List(
        OrchestrationQuery query, long after, int count, (DateTime? From, DateTime? To) completed = default)
        => Read(reader => reader.List(query, after, count, completed));

    public void Dispose()
    {
        isClosed = true;
        while (readers.TryTake(out var reader))
        {
            reader.Dispose();
        }
    }

    T Read<T>(Func<StoreReader, T> read)
    {
        var reader = readers.TryTake(out var idle) ? idle : new(Open());
        try
        {
            return read(reader);
        }
        finally
        {
            if (isClosed)
            {
                reader.Dispose();
            }
            else
            {
                readers.Add(reader);
            }
        }
    }

    void CreateSchema(SqliteConnection connection)
    {
        var version = Scalar(connection, "PRAGMA user_version");
        if (version > SchemaVersion)
        {
            throw new InvalidOperationException(
                $"The durable store '{File}' has schema version '{version}', expected {SchemaVersion} or less: a newer Sluice wrote it. Use that "
                    + "one, or another folder.");
        }

        if (version == 0)
        {
            Run(connection, "BEGIN IMMEDIATE;" + Schema + $"PRAGMA user_version = {SchemaVersion}; COMMIT;");
        }
    }

    SqliteConnection Open()
    {
        var connection = new SqliteConnection(connectionText);
        Configure(connection);
        return connection;
    }

    static void Configure(SqliteConnection connection)
    {
        connection.Open();
        Run(connection, "PRAGMA busy_timeout = 5000;");
    }

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

    const string Schema =
        """
        CREATE TABLE Instances (
            num INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL COLLATE NOCASE UNIQUE, execution_id TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL,
            status INTEGER NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL, completed INTEGER,
            input TEXT, output TEXT, custom_status TEXT, failure TEXT, parent TEXT, parent_id TEXT, tags TEXT, trace_parent TEXT);
        CREATE INDEX InstancesByParent ON Instances (parent_id) WHERE parent_id IS NOT NULL;
        CREATE TABLE NewEvents (
            seq INTEGER PRIMARY KEY, instance TEXT NOT NULL, execution_id TEXT, visible_at INTEGER NOT NULL,
            kind INTEGER NOT NULL, timestamp INTEGER NOT NULL, event_id INTEGER NOT NULL, related_id INTEGER NOT NULL,
            name TEXT, data TEXT, details TEXT);
        CREATE INDEX NewEventsByInstance ON NewEvents (instance);
        CREATE TABLE NewTasks (
            seq INTEGER PRIMARY KEY, instance TEXT NOT NULL, execution_id TEXT NOT NULL, task_id INTEGER NOT NULL,
            name TEXT NOT NULL, version TEXT NOT NULL, input TEXT, trace_parent TEXT,
            locked_by TEXT, lock_until INTEGER, dequeue_count INTEGER NOT NULL);
        CREATE TABLE History (
            instance TEXT NOT NULL, seq INTEGER NOT NULL,
            kind INTEGER NOT NULL, timestamp INTEGER NOT NULL, event_id INTEGER NOT NULL, related_id INTEGER NOT NULL,
            name TEXT, data TEXT, details TEXT,
            PRIMARY KEY (instance, seq)) WITHOUT ROWID;
        """;
}
