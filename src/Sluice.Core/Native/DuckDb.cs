using System.Globalization;

namespace Sluice.Native;

/// <summary>
/// A DuckDB database, in memory or in a file. Thread-safe: each thread takes its own connection.
/// Extensions are never installed nor loaded, rows keep their order, time zones are UTC, and the configuration is locked.
/// </summary>
sealed class DuckDb : IDisposable
{
    readonly DuckDbDatabaseHandle handle;

    /// <summary>Opens a database.</summary>
    /// <param name="options">Limits; the defaults when null.</param>
    /// <param name="file">The database file; in memory when null.</param>
    /// <exception cref="DuckDbException">The library is missing, or the file cannot be opened.</exception>
    public DuckDb(DuckDbOptions? options = null, string? file = null)
    {
        DuckDbLibrary.Check(DuckDbLibrary.VectorSize);
        options ??= new DuckDbOptions();
        handle = Open(options, file);
        try
        {
            using var connection = Connect();
            DuckDbScan.Register(connection);
            // Set here because the time zone belongs to a built-in extension that does not exist before the database does,
            // and because a limit of the temporary folder that is given at opening is shown but not kept.
            connection.Execute($"SET GLOBAL TimeZone = 'UTC'; SET GLOBAL max_temp_directory_size = '{options.MaxTempBytes} B'; "
                + "SET GLOBAL lock_configuration = true");
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>A connection, for one thread at a time.</summary>
    public DuckDbConnection Connect()
    {
        ObjectDisposedException.ThrowIf(handle.IsClosed, this);
        if (DuckDbLibrary.Connect(handle, out var connection) != DuckDbLibrary.Success)
        {
            connection.Dispose();
            throw new DuckDbException("DuckDB did not make a connection.");
        }
        return new DuckDbConnection(connection);
    }

    /// <summary>Closes the database once its connections are closed too.</summary>
    public void Dispose() => handle.Dispose();

    static DuckDbDatabaseHandle Open(DuckDbOptions options, string? file)
    {
        if (DuckDbLibrary.CreateConfig(out var config) != DuckDbLibrary.Success)
        {
            throw new DuckDbException("DuckDB did not make a configuration.");
        }
        try
        {
            foreach (var (name, value) in Settings(options))
            {
                if (DuckDbLibrary.SetConfig(config, name, value) != DuckDbLibrary.Success)
                {
                    throw new DuckDbException($"DuckDB does not take '{value}' for the setting '{name}'.");
                }
            }
            if (DuckDbLibrary.Open(file, out var database, config, out var error) == DuckDbLibrary.Success)
            {
                return database;
            }
            database.Dispose();
            try
            {
                throw DuckDbException.From(error);
            }
            finally
            {
                DuckDbLibrary.Free(error);
            }
        }
        finally
        {
            DuckDbLibrary.DestroyConfig(ref config);
        }
    }

    static IEnumerable<(string Name, string Value)> Settings(DuckDbOptions options)
    {
        // A random name: a predictable one in a shared folder could be taken by someone else.
        var temp = options.TempFolder ?? Path.Combine(Path.GetTempPath(), $"sluice-duckdb-{Path.GetRandomFileName()}");
        yield return ("memory_limit", $"{options.MaxMemoryBytes} B");
        yield return ("temp_directory", temp);
        if (options.Threads is { } threads)
        {
            yield return ("threads", threads.ToString(CultureInfo.InvariantCulture));
        }
        yield return ("preserve_insertion_order", "true");
        yield return ("autoinstall_known_extensions", "false");
        yield return ("autoload_known_extensions", "false");
        yield return ("allow_community_extensions", "false");
        // INSTALL written in a query would still go to the network and to the user's home: here it looks in a folder that is not there.
        yield return ("custom_extension_repository", Path.Combine(temp, "no-extensions"));
        yield return ("extension_directory", Path.Combine(temp, "no-extensions"));
        yield return ("allow_persistent_secrets", "false");
    }
}
