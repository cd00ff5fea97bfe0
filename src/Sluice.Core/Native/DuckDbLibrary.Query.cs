using System.Runtime.InteropServices;

namespace Sluice.Native;

static partial class DuckDbLibrary
{
    /// <summary>duckdb_result: five deprecated fields and the pointer to the real thing. Some functions take it by value, some by address.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Result
    {
        readonly long columnCount;
        readonly long rowCount;
        readonly long rowsChanged;
        readonly nint columns;
        readonly nint errorMessage;
        readonly nint internalData;
    }

    [LibraryImport(Name, EntryPoint = "duckdb_query", StringMarshalling = StringMarshalling.Utf8), DefaultDllImportSearchPaths(Where)]
    internal static partial int Query(DuckDbConnectionHandle connection, string sql, out Result result);

    [LibraryImport(Name, EntryPoint = "duckdb_destroy_result"), DefaultDllImportSearchPaths(Where)]
    internal static partial void DestroyResult(ref Result result);

    [LibraryImport(Name, EntryPoint = "duckdb_result_error"), DefaultDllImportSearchPaths(Where)]
    internal static partial nint ResultError(ref Result result);

    [LibraryImport(Name, EntryPoint = "duckdb_rows_changed"), DefaultDllImportSearchPaths(Where)]
    internal static partial long RowsChanged(ref Result result);

    [LibraryImport(Name, EntryPoint = "duckdb_column_count"), DefaultDllImportSearchPaths(Where)]
    internal static partial long ColumnCount(ref Result result);

    [LibraryImport(Name, EntryPoint = "duckdb_column_name"), DefaultDllImportSearchPaths(Where)]
    internal static partial nint ColumnName(ref Result result, long column);

    [LibraryImport(Name, EntryPoint = "duckdb_column_type"), DefaultDllImportSearchPaths(Where)]
    internal static partial DuckDbType ColumnType(ref Result result, long column);

    [LibraryImport(Name, EntryPoint = "duckdb_fetch_chunk"), DefaultDllImportSearchPaths(Where)]
    internal static partial nint FetchChunk(Result result);

    [LibraryImport(Name, EntryPoint = "duckdb_prepare", StringMarshalling = StringMarshalling.Utf8), DefaultDllImportSearchPaths(Where)]
    internal static partial int Prepare(DuckDbConnectionHandle connection, string sql, out DuckDbStatementHandle statement);

    [LibraryImport(Name, EntryPoint = "duckdb_prepare_error"), DefaultDllImportSearchPaths(Where)]
    internal static partial nint PrepareError(DuckDbStatementHandle statement);

    [LibraryImport(Name, EntryPoint = "duckdb_destroy_prepare"), DefaultDllImportSearchPaths(Where)]
    internal static partial void DestroyPrepare(ref nint statement);

    [LibraryImport(Name, EntryPoint = "duckdb_nparams"), DefaultDllImportSearchPaths(Where)]
    internal static partial long ParameterCount(DuckDbStatementHandle statement);

    [LibraryImport(Name, EntryPoint = "duckdb_bind_int64"), DefaultDllImportSearchPaths(Where)]
    internal static partial int Bind(DuckDbStatementHandle statement, long index, long value);

    [LibraryImport(Name, EntryPoint = "duckdb_bind_double"), DefaultDllImportSearchPaths(Where)]
    internal static partial int Bind(DuckDbStatementHandle statement, long index, double value);

    [LibraryImport(Name, EntryPoint = "duckdb_bind_boolean"), DefaultDllImportSearchPaths(Where)]
    internal static partial int Bind(DuckDbStatementHandle statement, long index, [MarshalAs(UnmanagedType.U1)] bool value);

    [LibraryImport(Name, EntryPoint = "duckdb_bind_null"), DefaultDllImportSearchPaths(Where)]
    internal static partial int BindNull(DuckDbStatementHandle statement, long index);

    [LibraryImport(Name, EntryPoint = "duckdb_bind_varchar_length"), DefaultDllImportSearchPaths(Where)]
    internal static partial int Bind(DuckDbStatementHandle statement, long index, ReadOnlySpan<byte> utf8, long length);

    [LibraryImport(Name, EntryPoint = "duckdb_execute_prepared"), DefaultDllImportSearchPaths(Where)]
    internal static partial int Execute(DuckDbStatementHandle statement, out Result result);

    [LibraryImport(Name, EntryPoint = "duckdb_execute_prepared_streaming"), DefaultDllImportSearchPaths(Where)]
    internal static partial int ExecuteStreaming(DuckDbStatementHandle statement, out Result result);
}
