using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Sluice.Embedded.Durable;

/// <summary>
/// The writes of the store, each inside the transaction that <see cref="CommitLoop"/> has open. Used by its one thread only.
/// What must happen in memory once the rows are durable is registered with <see cref="AfterCommit"/> and runs in the order of the writes.
/// </summary>
sealed partial class StoreWriter : IDisposable
{
    readonly SqliteConnection connection;
    readonly List<Statement> statements = [];
    readonly List<Action> afterCommit = [];
    readonly Statement begin;
    readonly Statement commit;
    readonly Statement rollback;
    long lastSeq;
    long firstSeq;

    public StoreWriter(SqliteConnection connection)
    {
        this.connection = connection;
        begin = Prepare("BEGIN IMMEDIATE");
        commit = Prepare("COMMIT");
        rollback = Prepare("ROLLBACK");
        PrepareInstances();
        PrepareQueues();
        using var bounds = new Statement(
            connection,
            "SELECT max(coalesce((SELECT max(seq) FROM NewEvents), 0), coalesce((SELECT max(seq) FROM NewTasks), 0)), coalesce((SELECT min(seq) "
                + "FROM NewEvents), 0)");
        (lastSeq, firstSeq) = bounds.Read(row => Tuple.Create(row.GetInt64(0), Math.Min(0, row.GetInt64(1))))!;
    }

    public void Begin() => begin.Execute();

    public void Commit() => commit.Execute();

    public void Rollback()
    {
        afterCommit.Clear();

        // SQLite itself rolls back on some errors, a full disk among them.
        if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0)
        {
            rollback.Execute();
        }
    }

    public void AfterCommit(Action action) => afterCommit.Add(action);

    public void RunAfterCommit()
    {
        foreach (var action in afterCommit)
        {
            action();
        }

        afterCommit.Clear();
    }

    public void Dispose()
    {
        statements.ForEach(statement => statement.Dispose());
        connection.Dispose();
    }

    Statement Prepare(string sql)
    {
        var statement = new Statement(connection, sql);
        statements.Add(statement);
        return statement;
    }

    static string? Json<T>(T? value)
        where T : class => value is null ? null : JsonSerializer.Serialize(value);
}
