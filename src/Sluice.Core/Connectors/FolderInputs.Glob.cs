namespace Sluice.Connectors;

/// <content>Patterns, walked folder by folder, so that nothing is listed that cannot match.</content>
public sealed partial class FolderInputs
{
    IEnumerable<string> VisibleFiles(string path, string folder, CancellationToken cancellation)
    {
        Inside(path, folder);
        foreach (var entry in Directory.EnumerateFileSystemEntries(folder))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!IsHidden(entry) && !Directory.Exists(entry))
            {
                yield return entry;
            }
        }
    }

    HashSet<string> Matches(string path, string full, CancellationToken cancellation)
    {
        var root = Path.GetPathRoot(full)!;
        var segments = full[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
        var first = Array.FindIndex(segments, Glob.HasWildcard);
        if (first < 0)
        {
            throw Missing(path, full);
        }

        // Folders before the first wildcard are named by the user, so their absence is a better message than "nothing matches".
        var start = Path.Combine([root, .. segments[..first]]);
        if (!Directory.Exists(Inside(path, start)))
        {
            throw new SourceException(
                $"The input pattern \"{path}\" matches nothing: there is no folder \"{start}\". Check file_path; a relative path starts at \"{baseFolder}\".");
        }

        var found = new HashSet<string>(StringComparer.Ordinal);
        Collect(path, start, segments.AsMemory(first), found, cancellation);
        return found.Count > 0 ? found : throw new SourceException(
            $"The input pattern \"{path}\" matches no file in \"{start}\". Expected at least one; * and ? stay within a name, ** goes through folders, "
            + "names that begin with a dot are left out, and case matters. Correct the pattern or put the files there.");
    }

    void Collect(string path, string folder, ReadOnlyMemory<string> pattern, HashSet<string> found, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var segment = pattern.Span[0];
        var last = pattern.Length == 1;
        if (segment == "**")
        {
            if (last)
            {
                found.UnionWith(VisibleFiles(path, folder, cancellation));
            }
            else
            {
                Collect(path, folder, pattern[1..], found, cancellation);
            }

            // A linked folder is not descended into: it may be a loop, and its files are found where they really are.
            foreach (var child in Directory.EnumerateDirectories(folder).Where(child => !IsHidden(child) && new FileInfo(child).LinkTarget is null))
            {
                Collect(path, child, pattern, found, cancellation);
            }

            return;
        }

        if (!Glob.HasWildcard(segment))
        {
            var next = Path.Combine(folder, segment);
            if (last ? File.Exists(next) : Directory.Exists(next))
            {
                Enter(next);
            }

            return;
        }

        foreach (var entry in Directory.EnumerateFileSystemEntries(folder))
        {
            if (Glob.MatchesName(segment, Path.GetFileName(entry.AsSpan())) && Directory.Exists(entry) != last)
            {
                Enter(entry);
            }
        }

        void Enter(string entry)
        {
            if (last)
            {
                found.Add(entry);
            }
            else
            {
                Inside(path, entry);
                Collect(path, entry, pattern[1..], found, cancellation);
            }
        }
    }

    static bool IsHidden(string entry) => Path.GetFileName(entry.AsSpan()).StartsWith('.');

    static string[] Segments(string full) => full.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
}
