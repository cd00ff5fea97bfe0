namespace Sluice.Connectors;

/// <summary>Where a path really leads. .NET's own resolution follows links in the last segment only.</summary>
static class RealPath
{
    const int MaxLinks = 40;

    static readonly StringComparison byFileSystem = OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>Follows the links of every segment of a full path. What does not exist is kept as it is.</summary>
    /// <exception cref="IOException">Links go in a circle.</exception>
    public static string Of(string full)
    {
        var done = Path.GetPathRoot(full)!;
        var pending = new Stack<string>();
        Push(pending, full[done.Length..]);
        for (var links = 0; pending.TryPop(out var segment);)
        {
            if (segment == "..")
            {
                done = Path.GetDirectoryName(done) ?? done;
                continue;
            }

            var next = Path.Combine(done, segment);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                done = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                throw new IOException($"More than {MaxLinks} links follow one another at \"{next}\".");
            }

            var targetRoot = Path.IsPathRooted(target) ? Path.GetPathRoot(target)! : "";
            done = targetRoot.Length > 0 ? targetRoot : done;
            Push(pending, target[targetRoot.Length..]);
        }

        return Path.TrimEndingDirectorySeparator(done);
    }

    public static bool Equals(string left, string right) => left.Equals(right, byFileSystem);

    /// <summary>True for the folder itself and everything in it. Compares text: resolve both first.</summary>
    public static bool IsBeneath(string path, string folder) =>
        Equals(path, folder) || path.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, byFileSystem);

    static void Push(Stack<string> pending, string path)
    {
        foreach (var segment in path.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar).Reverse().Where(s => s is not ("" or ".")))
        {
            pending.Push(segment);
        }
    }
}
