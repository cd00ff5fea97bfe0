using System.Runtime.InteropServices;

namespace Sluice.Native;

static partial class DuckDbLibrary
{
    [LibraryImport(Name, EntryPoint = "duckdb_create_data_chunk"), DefaultDllImportSearchPaths(Where)]
    internal static partial nint CreateChunk(ReadOnlySpan<nint> types, long columnCount);

    [LibraryImport(Name, EntryPoint = "duckdb_destroy_data_chunk"), DefaultDllImportSearchPaths(Where)]
    internal static partial void DestroyChunk(ref nint chunk);

    [LibraryImport(Name, EntryPoint = "duckdb_data_chunk_reset"), DefaultDllImportSearchPaths(Where)]
    internal static partial void ResetChunk(nint chunk);

    [LibraryImport(Name, EntryPoint = "duckdb_data_chunk_get_size"), DefaultDllImportSearchPaths(Where)]
    internal static partial long ChunkSize(nint chunk);

    [LibraryImport(Name, EntryPoint = "duckdb_data_chunk_set_size"), DefaultDllImportSearchPaths(Where)]
    internal static partial void SetChunkSize(nint chunk, long rows);

    [LibraryImport(Name, EntryPoint = "duckdb_data_chunk_get_vector"), DefaultDllImportSearchPaths(Where)]
    internal static partial nint ChunkVector(nint chunk, long column);

    [LibraryImport(Name, EntryPoint = "duckdb_vector_get_data"), DefaultDllImportSearchPaths(Where)]
    internal static partial nint VectorData(nint vector);

    [LibraryImport(Name, EntryPoint = "duckdb_vector_get_validity"), DefaultDllImportSearchPaths(Where)]
    internal static partial nint VectorValidity(nint vector);

    [LibraryImport(Name, EntryPoint = "duckdb_vector_ensure_validity_writable"), DefaultDllImportSearchPaths(Where)]
    internal static partial void EnsureValidityWritable(nint vector);

    [LibraryImport(Name, EntryPoint = "duckdb_vector_assign_string_element_len"), DefaultDllImportSearchPaths(Where)]
    internal static partial void AssignString(nint vector, long row, ReadOnlySpan<byte> bytes, long length);

    [LibraryImport(Name, EntryPoint = "duckdb_get_type_id"), DefaultDllImportSearchPaths(Where)]
    internal static partial DuckDbType TypeId(nint logicalType);

    [LibraryImport(Name, EntryPoint = "duckdb_destroy_logical_type"), DefaultDllImportSearchPaths(Where)]
    internal static partial void DestroyLogicalType(ref nint logicalType);

    [LibraryImport(Name, EntryPoint = "duckdb_appender_create", StringMarshalling = StringMarshalling.Utf8), DefaultDllImportSearchPaths(Where)]
    internal static partial int CreateAppender(DuckDbConnectionHandle connection, string? schema, string table, out nint appender);

    [LibraryImport(Name, EntryPoint = "duckdb_appender_column_count"), DefaultDllImportSearchPaths(Where)]
    internal static partial long AppenderColumnCount(nint appender);

    [LibraryImport(Name, EntryPoint = "duckdb_appender_column_type"), DefaultDllImportSearchPaths(Where)]
    internal static partial nint AppenderColumnType(nint appender, long column);

    [LibraryImport(Name, EntryPoint = "duckdb_appender_error"), DefaultDllImportSearchPaths(Where)]
    internal static partial nint AppenderError(nint appender);

    [LibraryImport(Name, EntryPoint = "duckdb_append_data_chunk"), DefaultDllImportSearchPaths(Where)]
    internal static partial int AppendChunk(nint appender, nint chunk);

    [LibraryImport(Name, EntryPoint = "duckdb_appender_close"), DefaultDllImportSearchPaths(Where)]
    internal static partial int CloseAppender(nint appender);

    [LibraryImport(Name, EntryPoint = "duckdb_appender_clear"), DefaultDllImportSearchPaths(Where)]
    internal static partial int ClearAppender(nint appender);

    [LibraryImport(Name, EntryPoint = "duckdb_appender_destroy"), DefaultDllImportSearchPaths(Where)]
    internal static partial int DestroyAppender(ref nint appender);
}
