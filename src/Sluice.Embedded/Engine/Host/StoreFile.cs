namespace Sluice.Embedded;

/// <summary>Small files of the store: written whole beside their place, flushed to disk, then renamed, so that no reader sees half of one.</summary>
static class StoreFile
{
    const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    internal static void Replace(string path, ReadOnlySpan<byte> bytes) => File.Move(WriteTemporary(path, bytes, null), path, overwrite: true);

    /// <summary>Leaves a file alone that another process made first.</summary>
    internal static void CreatePrivate(string path, ReadOnlySpan<byte> bytes)
    {
        var temporary = WriteTemporary(path, bytes, ownerOnly);
        try
        {
            File.Move(temporary, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(temporary);
        }
    }

    static string WriteTemporary(string path, ReadOnlySpan<byte> bytes, UnixFileMode? mode)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (mode is not null && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using var file = new FileStream(temporary, options);
        file.Write(bytes);
        file.Flush(flushToDisk: true);
        return temporary;
    }
}
