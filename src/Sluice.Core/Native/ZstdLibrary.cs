using System.Runtime.InteropServices;

namespace Sluice.Native;

/// <summary>
/// Zstandard's streaming decoder (https://facebook.github.io/zstd/zstd_manual.html) as DuckDB's library carries and exports it. Its names are those that
/// the C++ compilers of Linux and macOS make; where they are missing, Zstandard files are refused with one clear error.
/// </summary>
static partial class ZstdLibrary
{
    const string Name = "duckdb";
    const DllImportSearchPath Where = DllImportSearchPath.AssemblyDirectory;

    /// <summary>ZSTD_inBuffer and ZSTD_outBuffer, which have the same layout.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Span
    {
        public nint Start;
        public nuint Length;
        public nuint Position;
    }

    [LibraryImport(Name, EntryPoint = "_ZN11duckdb_zstd18ZSTD_createDStreamEv")]
    [DefaultDllImportSearchPaths(Where)]
    internal static partial nint Create();

    [LibraryImport(Name, EntryPoint = "_ZN11duckdb_zstd16ZSTD_freeDStreamEPNS_11ZSTD_DCtx_sE")]
    [DefaultDllImportSearchPaths(Where)]
    internal static partial nuint Free(nint stream);

    /// <summary>0: a frame ended. Else a hint of how much is to come, or an error.</summary>
    [LibraryImport(Name, EntryPoint = "_ZN11duckdb_zstd21ZSTD_decompressStreamEPNS_11ZSTD_DCtx_sEPNS_16ZSTD_outBuffer_sEPNS_15ZSTD_inBuffer_sE")]
    [DefaultDllImportSearchPaths(Where)]
    internal static partial nuint Decompress(nint stream, ref Span output, ref Span input);

    [LibraryImport(Name, EntryPoint = "_ZN11duckdb_zstd12ZSTD_isErrorEm")]
    [DefaultDllImportSearchPaths(Where)]
    internal static partial uint IsError(nuint code);

    [LibraryImport(Name, EntryPoint = "_ZN11duckdb_zstd17ZSTD_getErrorNameEm")]
    [DefaultDllImportSearchPaths(Where)]
    internal static partial nint ErrorName(nuint code);
}
