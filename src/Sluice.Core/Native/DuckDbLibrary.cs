using System.Runtime.InteropServices;

namespace Sluice.Native;

/// <summary>
/// The slice of DuckDB's C API (https://duckdb.org/docs/stable/clients/c/api) that Sluice uses. idx_t is declared as long: same width, no casts.
/// </summary>
static partial class DuckDbLibrary
{
    // Found only next to the app, where native/Native.targets puts it: a library of another version elsewhere on the system is never picked up.
    const string Name = "duckdb";
    const DllImportSearchPath Where = DllImportSearchPath.AssemblyDirectory;

    internal const int Success = 0;

    /// <summary>Rows that one data chunk holds at most: DuckDB's compiled-in vector size.</summary>
    internal const int ChunkRows = 2048;

    /// <summary>Fails with one clear message when the library cannot be used, before anything else calls it.</summary>
    /// <exception cref="DuckDbException">The library is missing, unloadable, or compiled with another vector size.</exception>
    internal static void Check(Func<long> vectorSize)
    {
        try
        {
            var found = vectorSize();
            if (found != ChunkRows)
            {
                throw new DuckDbException($"DuckDB's library has vectors of '{found}' rows; expected {ChunkRows}. {WhatToDo}");
            }
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            var reason = e.Message.ReplaceLineEndings(" ").Trim();
            throw new DuckDbException($"DuckDB's library cannot be loaded: looked for '{FileName}' in '{AppContext.BaseDirectory}'; "
                + $"expected it from the npm package '{Package}'. {WhatToDo} Found: {reason}", e);
        }
    }

    static string WhatToDo => "Run 'npm ci --ignore-scripts' in native/ (add --force where the platform is not linux-x64) and build again.";

    static string FileName => OperatingSystem.IsWindows() ? "duckdb.dll" : OperatingSystem.IsMacOS() ? "libduckdb.dylib" : "libduckdb.so";

    static string Package
    {
        get
        {
            var os = OperatingSystem.IsWindows() ? "win32" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
            return $"@duckdb/node-bindings-{os}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }

    [LibraryImport(Name, EntryPoint = "duckdb_vector_size"), DefaultDllImportSearchPaths(Where)]
    internal static partial long VectorSize();

    [LibraryImport(Name, EntryPoint = "duckdb_free"), DefaultDllImportSearchPaths(Where)]
    internal static partial void Free(nint pointer);

    [LibraryImport(Name, EntryPoint = "duckdb_create_config"), DefaultDllImportSearchPaths(Where)]
    internal static partial int CreateConfig(out nint config);

    [LibraryImport(Name, EntryPoint = "duckdb_set_config", StringMarshalling = StringMarshalling.Utf8), DefaultDllImportSearchPaths(Where)]
    internal static partial int SetConfig(nint config, string name, string value);

    [LibraryImport(Name, EntryPoint = "duckdb_destroy_config"), DefaultDllImportSearchPaths(Where)]
    internal static partial void DestroyConfig(ref nint config);

    [LibraryImport(Name, EntryPoint = "duckdb_open_ext", StringMarshalling = StringMarshalling.Utf8), DefaultDllImportSearchPaths(Where)]
    internal static partial int Open(string? path, out DuckDbDatabaseHandle database, nint config, out nint error);

    [LibraryImport(Name, EntryPoint = "duckdb_close"), DefaultDllImportSearchPaths(Where)]
    internal static partial void Close(ref nint database);

    [LibraryImport(Name, EntryPoint = "duckdb_connect"), DefaultDllImportSearchPaths(Where)]
    internal static partial int Connect(DuckDbDatabaseHandle database, out DuckDbConnectionHandle connection);

    [LibraryImport(Name, EntryPoint = "duckdb_disconnect"), DefaultDllImportSearchPaths(Where)]
    internal static partial void Disconnect(ref nint connection);

    [LibraryImport(Name, EntryPoint = "duckdb_interrupt"), DefaultDllImportSearchPaths(Where)]
    internal static partial void Interrupt(DuckDbConnectionHandle connection);
}
