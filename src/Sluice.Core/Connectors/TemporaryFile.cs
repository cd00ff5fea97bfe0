namespace Sluice.Connectors;

/// <summary>
/// A file under a temporary name until it is whole. It is held open while it is written, so that the next writer can tell what a killed process
/// left, which it removes, from what another one is still writing.
/// </summary>
sealed class TemporaryFile : IDisposable
{
    const string Ending = ".tmp";
    static readonly int suffixLength = 1 + Guid.Empty.ToString("N").Length + Ending.Length;

    readonly FileStream claim;

    /// <summary>Makes it, empty, next to <paramref name="target"/>: only within one file system can a file be moved at once.</summary>
    public TemporaryFile(string target)
    {
        // A leading dot keeps it out of folders that are read.
        Name = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}{Ending}");

        // Read only, which lets the writer open it as well.
        claim = new FileStream(Name, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    }

    /// <summary>Path to write to.</summary>
    public string Name { get; }

    /// <summary>Removes what killed processes left of files in <paramref name="folder"/> whose names begin with <paramref name="stem"/>.</summary>
    public static void RemoveAbandoned(string folder, string stem)
    {
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            var name = Path.GetFileName(file.AsSpan());
            if (name.Length > suffixLength && name[0] == '.' && name[1..].StartsWith(stem, StringComparison.Ordinal) && IsSuffix(name[^suffixLength..]))
            {
                RemoveUnlessHeld(file);
            }
        }
    }

    /// <summary>Lets go of it, and deletes it if it is still there.</summary>
    public void Dispose()
    {
        claim.Dispose();
        try
        {
            File.Delete(Name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The error that led here says more than this one.
        }
    }

    static bool IsSuffix(ReadOnlySpan<char> suffix) =>
        suffix[0] == '.' && suffix.EndsWith(Ending, StringComparison.Ordinal) && Guid.TryParseExact(suffix[1..^Ending.Length], "N", out _);

    static void RemoveUnlessHeld(string file)
    {
        try
        {
            using var alone = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Held by its writer, or gone.
        }
    }
}
