using Sluice.Storage;

namespace Sluice.Connectors;

/// <summary>
/// Input files in local folders. A relative path starts at the base folder. Whatever a path leads to, links followed, must be inside one
/// of the roots: a pipeline that somebody sends must not read the rest of the machine.
/// </summary>
public sealed partial class FolderInputs : InputFiles
{
    readonly string baseFolder;
    readonly string[] roots;
    readonly string[] realRoots;

    /// <param name="roots">Folders that may be read, with everything beneath them.</param>
    /// <param name="baseFolder">Where relative paths start. It need not be a root itself.</param>
    public FolderInputs(IReadOnlyList<string> roots, string baseFolder)
    {
        this.baseFolder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(baseFolder));
        this.roots = [.. roots.Select(root => Path.TrimEndingDirectorySeparator(Path.GetFullPath(root, this.baseFolder)))];
        realRoots = [.. this.roots.Select(RealPath.Of)];
    }

    /// <summary>Files that one path may mean at most.</summary>
    public int MaxFiles { get; init; } = 1_000_000;

    public override Task<IReadOnlyList<InputFile>> ListAsync(string path, CancellationToken cancellation) =>
        Task.Run(() => Guard<IReadOnlyList<InputFile>>(path, () => List(path, cancellation)), cancellation);

    public override bool Means(string path, string file)
    {
        var full = FullPath(path);
        if (RealPath.Equals(RealPath.Of(full), RealPath.Of(file)))
        {
            return true;
        }

        return Glob.HasWildcard(path)
            ? Glob.Matches(Segments(full), Segments(file))
            : !IsHidden(file) && Directory.Exists(full) && RealPath.Equals(RealPath.Of(full), RealPath.Of(Path.GetDirectoryName(file)!));
    }

    public override Task<LocalFile> OpenAsync(string path, CancellationToken cancellation) =>
        Task.Run(() => Guard(path, () => Open(path)), cancellation);

    List<InputFile> List(string path, CancellationToken cancellation)
    {
        var full = FullPath(path);
        var literal = !Glob.HasWildcard(path) || (!OperatingSystem.IsWindows() && Path.Exists(full));
        if (!literal)
        {
            return Sorted(path, Matches(path, full, cancellation));
        }

        var real = Inside(path, full);
        if (File.Exists(real))
        {
            return [Describe(path, full)];
        }

        if (!Directory.Exists(real))
        {
            throw Missing(path, full);
        }

        var files = Sorted(path, VisibleFiles(path, full, cancellation));
        return files.Count > 0 ? files : throw new SourceException(
            $"The input folder \"{path}\" has no files in it (looked in \"{full}\"). Expected at least one file whose name does not begin with a dot. "
            + $"Put the files there, or write \"{path.TrimEnd('/', '\\')}/**\" to read its subfolders too.");
    }

    LocalFile Open(string path)
    {
        var full = FullPath(path);
        var real = Inside(path, full);
        if (!File.Exists(real))
        {
            throw Directory.Exists(real)
                ? new SourceException($"The input \"{path}\" is a folder; expected a file. Name one of its files.")
                : Missing(path, full);
        }

        // Opened once here, so that a file that may not be read is reported as that and not as a fault of the format.
        using (File.OpenHandle(real, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
        {
        }

        return new LocalFile(real, null);
    }

    string FullPath(string path)
    {
        if (string.IsNullOrWhiteSpace(path) || path.Contains('\0'))
        {
            throw new SourceException(
                $"The input path \"{path.Replace("\0", "\\0")}\" is not a path. Expected a file, a folder or a pattern such as \"data/*.csv\". Set file_path.");
        }

        return Path.GetFullPath(path, baseFolder);
    }

    /// <summary>The path with every link followed. Checked before existence, so that errors do not tell what lies outside.</summary>
    string Inside(string path, string full)
    {
        var real = RealPath.Of(full);
        if (realRoots.Any(root => RealPath.IsBeneath(real, root)))
        {
            return real;
        }

        var named = roots.Length == 0 ? "none" : string.Join(", ", roots.Select(root => $"\"{root}\""));
        var found = RealPath.Equals(real, full) ? $"\"{full}\" is" : $"\"{full}\" is a link that leads";
        throw new SourceException(
            $"The input \"{path}\" may not be read: {found} outside the allowed folders. Expected a path inside: {named}. "
            + "Move the file there, or allow its folder when starting the run.");
    }

    InputFile Describe(string path, string full)
    {
        var real = Inside(path, full);
        var file = new FileInfo(real);
        return file.Exists
            ? new InputFile(Shown(path, full), file.Length, $"{file.Length}-{file.LastWriteTimeUtc.Ticks}")
            : throw new SourceException($"The input \"{path}\" includes \"{Shown(path, full)}\", a link to nothing. Remove the link or restore the file.");
    }

    /// <summary>Relative to the base folder, except for a file elsewhere that was asked for by its absolute path.</summary>
    string Shown(string path, string full)
    {
        var shown = RealPath.IsBeneath(full, baseFolder) || !Path.IsPathRooted(path) ? Path.GetRelativePath(baseFolder, full) : full;
        return Path.DirectorySeparatorChar == '/' ? shown : shown.Replace(Path.DirectorySeparatorChar, '/');
    }

    List<InputFile> Sorted(string path, IEnumerable<string> files)
    {
        var found = new List<InputFile>();
        foreach (var file in files)
        {
            if (found.Count == MaxFiles)
            {
                throw new SourceException($"The input \"{path}\" means more than {MaxFiles:N0} files, the limit. Name a narrower folder or pattern.");
            }

            found.Add(Describe(path, file));
        }

        found.Sort((left, right) => string.CompareOrdinal(left.Path, right.Path));
        return found;
    }

    SourceException Missing(string path, string full)
    {
        try
        {
            // What lies in a folder that may not be entered seems not to exist; only opening it tells.
            File.OpenHandle(full).Dispose();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
        }

        return new SourceException(
            $"The input \"{path}\" does not exist: there is no file or folder \"{full}\". Check file_path; a relative path starts at \"{baseFolder}\".");
    }

    static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (UnauthorizedAccessException cause)
        {
            throw new SourceException(
                $"The input \"{path}\" cannot be read: permission denied ({cause.Message}) Give this user read permission for the file and its folders.", cause);
        }
        catch (IOException cause)
        {
            throw new SourceException($"The input \"{path}\" cannot be read: {cause.Message} Check the path, and that the disk is mounted and healthy.", cause);
        }
    }
}
