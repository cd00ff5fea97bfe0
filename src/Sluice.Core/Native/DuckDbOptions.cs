using System.ComponentModel.DataAnnotations;

namespace Sluice.Native;

/// <summary>Limits of one DuckDB database.</summary>
sealed record DuckDbOptions
{
    /// <summary>Memory that DuckDB's buffers may take, in bytes; beyond it, it spills to <see cref="TempFolder"/>. Default 512 MiB.</summary>
    [Range(16L << 20, 1L << 50)]
    public long MaxMemoryBytes { get; init; } = 512L << 20;

    /// <summary>
    /// Folder for what does not fit in memory; made when first needed and removed with the database. Its files hold rows, readable as the
    /// process's umask says.
    /// Default: an own folder under the system's temporary folder.
    /// </summary>
    public string? TempFolder { get; init; }

    /// <summary>Size that the temporary files may reach, in bytes, at least 1 MiB (to DuckDB, 0 means no limit). Default 64 GiB.</summary>
    [Range(1L << 20, 1L << 50)]
    public long MaxTempBytes { get; init; } = 64L << 30;

    /// <summary>Threads that queries may use. Default: one per processor.</summary>
    [Range(1, 1024)]
    public int? Threads { get; init; }
}
