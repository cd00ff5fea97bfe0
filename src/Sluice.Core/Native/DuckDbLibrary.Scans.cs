using System.Runtime.InteropServices;

namespace Sluice.Native;

static unsafe partial class DuckDbLibrary
{
    [LibraryImport(Name, EntryPoint = "duckdb_create_table_function"), DefaultDllImportSearchPaths(Where)]
    internal static partial nint CreateTableFunction();

    [LibraryImport(Name, EntryPoint = "duckdb_destroy_table_function"), DefaultDllImportSearchPaths(Where)]
    internal static partial void DestroyTableFunction(ref nint function);

    [LibraryImport(Name, EntryPoint = "duckdb_table_function_set_name", StringMarshalling = StringMarshalling.Utf8), DefaultDllImportSearchPaths(Where)]
    internal static partial void SetTableFunctionName(nint function, string name);

    [LibraryImport(Name, EntryPoint = "duckdb_table_function_add_parameter"), DefaultDllImportSearchPaths(Where)]
    internal static partial void AddTableFunctionParameter(nint function, nint logicalType);

    [LibraryImport(Name, EntryPoint = "duckdb_table_function_set_bind"), DefaultDllImportSearchPaths(Where)]
    internal static partial void SetTableFunctionBind(nint function, delegate* unmanaged[Cdecl]<nint, void> bind);

    [LibraryImport(Name, EntryPoint = "duckdb_table_function_set_init"), DefaultDllImportSearchPaths(Where)]
    internal static partial void SetTableFunctionInit(nint function, delegate* unmanaged[Cdecl]<nint, void> init);

    [LibraryImport(Name, EntryPoint = "duckdb_table_function_set_function"), DefaultDllImportSearchPaths(Where)]
    internal static partial void SetTableFunction(nint function, delegate* unmanaged[Cdecl]<nint, nint, void> next);

    [LibraryImport(Name, EntryPoint = "duckdb_register_table_function"), DefaultDllImportSearchPaths(Where)]
    internal static partial int RegisterTableFunction(DuckDbConnectionHandle connection, nint function);

    [LibraryImport(Name, EntryPoint = "duckdb_bind_get_parameter"), DefaultDllImportSearchPaths(Where)]
    internal static partial nint BindParameter(nint info, long index);

    [LibraryImport(Name, EntryPoint = "duckdb_bind_add_result_column", StringMarshalling = StringMarshalling.Utf8), DefaultDllImportSearchPaths(Where)]
    internal static partial void AddResultColumn(nint info, string name, nint logicalType);

    [LibraryImport(Name, EntryPoint = "duckdb_bind_set_bind_data"), DefaultDllImportSearchPaths(Where)]
    internal static partial void SetBindData(nint info, nint data, nint destroy);

    [LibraryImport(Name, EntryPoint = "duckdb_bind_set_error", StringMarshalling = StringMarshalling.Utf8), DefaultDllImportSearchPaths(Where)]
    internal static partial void SetBindError(nint info, string error);

    [LibraryImport(Name, EntryPoint = "duckdb_init_set_max_threads"), DefaultDllImportSearchPaths(Where)]
    internal static partial void SetMaxThreads(nint info, long threads);

    [LibraryImport(Name, EntryPoint = "duckdb_function_get_bind_data"), DefaultDllImportSearchPaths(Where)]
    internal static partial nint FunctionBindData(nint info);

    [LibraryImport(Name, EntryPoint = "duckdb_function_set_error", StringMarshalling = StringMarshalling.Utf8), DefaultDllImportSearchPaths(Where)]
    internal static partial void SetFunctionError(nint info, string error);

    [LibraryImport(Name, EntryPoint = "duckdb_create_logical_type"), DefaultDllImportSearchPaths(Where)]
    internal static partial nint CreateLogicalType(DuckDbType type);

    [LibraryImport(Name, EntryPoint = "duckdb_get_int64"), DefaultDllImportSearchPaths(Where)]
    internal static partial long GetInt64(nint value);

    [LibraryImport(Name, EntryPoint = "duckdb_destroy_value"), DefaultDllImportSearchPaths(Where)]
    internal static partial void DestroyValue(ref nint value);
}
