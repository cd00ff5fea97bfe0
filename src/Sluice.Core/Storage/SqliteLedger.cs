using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Sluice.Storage;

/// <summary>Rows in one SQLite file, in write-ahead mode: safe between threads and processes, and when one of them is killed.</summary>
/// <remarks>A row's ETag is its version, a number drawn from one sequence in the file, so that it never comes back.</remarks>
public sealed class SqliteLedger : Ledger
{
    const int PageRows = 500;

    // The sequence and the row change in one transaction. A key is compared byte by byte (BINARY), which is ordinal order.
    const string Schema = """
        CREATE TABLE IF NOT EXISTS sequence (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL);
        INSERT INTO sequence VALUES (1, 0) ON CONFLICT DO NOTHING;
        CREATE TABLE IF NOT EXISTS ledger (
            partition TEXT NOT NULL, row TEXT NOT NULL, json TEXT NOT NULL, version INTEGER NOT NULL,
            PRIMARY KEY (partition, row)) WITHOUT ROWID;
        """;

    readonly string file;
    readonly SqliteConnection connection;
    readonly SemaphoreSlim turn = new(1, 1);
    bool disposed;

    static SqliteLedger() => Batteries_V2.Init();

    /// <summary>Opens the file, making it and its folder when they are missing.</summary>
    /// <exception cref="StoreException">The file cannot be made or used, or is not a ledger.</exception>
    public SqliteLedger(string file, Options? options = null)
    {
        options ??= new Options();
        this.file = Path.GetFullPath(file);
        var busySeconds = Math.Max(1, (int)Math.Ceiling(options.LockTimeout.TotalSeconds));
        connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = this.file,
            DefaultTimeout = busySeconds,

            // A pooled connection would keep the file open after the ledger is disposed.
            Pooling = false,
        }.ToString());
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(this.file)!);
            connection.Open();
            var synchronous = options.Fsync ? "FULL" : "NORMAL";
            Execute($"PRAGMA busy_timeout = {(long)options.LockTimeout.TotalMilliseconds}");
            Execute($"PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}");
            InTransaction<object>(() => Execute(Schema));
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            connection.Dispose();
            turn.Dispose();
            throw Worded(e);
        }
    }

    public override string Location => $"file \"{file}\"";

    public override Task<LedgerRow?> GetAsync(string partition, string row, CancellationToken cancellation)
    {
        CheckKeys(partition, row);
        return InTurn(
            () =>
            {
                using var command = Command(
                    "SELECT row, json, version FROM ledger WHERE partition = $partition AND row = $row", ("$partition", partition), ("$row", row));
                return Read(partition, command).FirstOrDefault();
            },
            cancellation);
    }

    public override Task<LedgerRow?> InsertAsync(string partition, string row, string json, CancellationToken cancellation)
    {
        CheckKeys(partition, row);
        CheckJson(partition, row, json);
        return Write(
            partition,
            row,
            json,
            "INSERT INTO ledger (partition, row, json, version) VALUES ($partition, $row, $json, $version) ON CONFLICT DO NOTHING",
            etag: "",
            cancellation);
    }

    public override Task<LedgerRow?> ReplaceAsync(LedgerRow row, string json, CancellationToken cancellation)
    {
        CheckKeys(row.Partition, row.Row);
        CheckJson(row.Partition, row.Row, json);
        return Write(
            row.Partition,
            row.Row,
            json,
            "UPDATE ledger SET json = $json, version = $version WHERE partition = $partition AND row = $row AND CAST(version AS TEXT) = $etag",
            row.ETag,
            cancellation);
    }

    /// <remarks>Pages are read one after the other: rows written meanwhile may or may not be among those that follow.</remarks>
    public override async IAsyncEnumerable<LedgerRow> ListAsync(
        string partition, string? rowPrefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        CheckPartition(partition, rowPrefix);
        var prefix = rowPrefix ?? "";

        // Keys are printable ASCII, so everything that begins with the prefix sorts below the prefix followed by DEL.
        var end = prefix + '\u007f';
        var last = "";
        List<LedgerRow> page;
        do
        {
            page = await InTurn(
                () =>
                {
                    using var command = Command(
                        "SELECT row, json, version FROM ledger WHERE partition = $partition AND row >= $prefix AND row > $last AND row < $end " +
                        "ORDER BY row LIMIT $rows",
                        ("$partition", partition), ("$prefix", prefix), ("$last", last), ("$end", end), ("$rows", PageRows));
                    return Read(partition, command);
                },
                cancellation);
            foreach (var row in page)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return row;
            }

            last = page.Count > 0 ? page[^1].Row : last;
        }
        while (page.Count == PageRows);
    }

    public override Task<bool> DeleteAsync(LedgerRow row, CancellationToken cancellation)
    {
        CheckKeys(row.Partition, row.Row);
        return InTurn(
            () => Execute(
                "DELETE FROM ledger WHERE partition = $partition AND row = $row AND CAST(version AS TEXT) = $etag",
                ("$partition", row.Partition), ("$row", row.Row), ("$etag", row.ETag)) == 1,
            cancellation);
    }

    public override async ValueTask DisposeAsync()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        await turn.WaitAsync();
        await connection.DisposeAsync();
        turn.Dispose();
        await base.DisposeAsync();
    }

    Task<LedgerRow?> Write(string partition, string row, string json, string statement, string etag, CancellationToken cancellation) => InTurn(
        () => InTransaction(() =>
        {
            using var next = Command("UPDATE sequence SET version = version + 1 RETURNING version");
            var version = (long)next.ExecuteScalar()!;
            var written = Execute(
                statement, ("$partition", partition), ("$row", row), ("$json", json), ("$version", version), ("$etag", etag));
            return written == 1 ? new LedgerRow(partition, row, json, version.ToString()) : null;
        }),
        cancellation);

    // Commits unless the answer is null. Immediate: taking the write lock at once waits for other writers, taking it later would fail instead.
    // Not the client library's transaction: SQLite undoes one by itself when the disk is full, and the library then fails while it disposes it.
    T? InTransaction<T>(Func<T?> work)
        where T : class
    {
        Execute("BEGIN IMMEDIATE");
        try
        {
            var answer = work();
            if (answer is not null)
            {
                Execute("COMMIT");
            }

            return answer;
        }
        finally
        {
            if (raw.sqlite3_get_autocommit(connection.Handle) == 0)
            {
                Execute("ROLLBACK");
            }
        }
    }

    async Task<T> InTurn<T>(Func<T> work, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            return work();
        }
        catch (SqliteException e)
        {
            throw Worded(e);
        }
        finally
        {
            turn.Release();
        }
    }

    static List<LedgerRow> Read(string partition, SqliteCommand command)
    {
        var rows = new List<LedgerRow>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            rows.Add(new LedgerRow(partition, reader.GetString(0), reader.GetString(1), reader.GetInt64(2).ToString()));
        }

        return rows;
    }

    SqliteCommand Command(string statement, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = statement;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }

    int Execute(string statement, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = Command(statement, parameters);
        return command.ExecuteNonQuery();
    }

    StoreException Worded(Exception cause) => cause is not SqliteException { SqliteErrorCode: var code }
        ? StoreException.From(Location, cause)
        : new StoreException(
            code switch
            {
                raw.SQLITE_BUSY or raw.SQLITE_LOCKED =>
                    $"The ledger in {Location} is locked by another process. Wait for it to finish, or stop it, and run again.",
                raw.SQLITE_FULL =>
                    $"The disk is full: the ledger in {Location} cannot write. Nothing was half written. Free some space there and run again.",
                raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT =>
                    $"The ledger in {Location} is damaged or not a ledger ({cause.Message}). Restore it from a copy, or choose another store.",
                raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_IOERR =>
                    $"The ledger in {Location} cannot be read or written ({cause.Message}). Check that the path is a file that this user may " +
                    "write, on a disk with space, and run again.",
                _ => $"The ledger in {Location} failed: {cause.Message}",
            },
            cause);

    /// <summary>How a SQLite ledger writes.</summary>
    public sealed record Options
    {
        /// <summary>
        /// Forces every commit to the disk. Off by default, as in <see cref="FolderStore.Options.Fsync"/>: a killed process loses nothing either
        /// way and the file never breaks; only a power cut can undo the last commits, and their runs are then repeated.
        /// </summary>
        public bool Fsync { get; init; }

        /// <summary>How long a write waits for other processes that write.</summary>
        public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(30);
    }
}
