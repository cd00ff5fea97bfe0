namespace Sluice.Connectors;

/// <summary>Where sinks put their files: a folder on a laptop, a container in Azure. Each file appears whole or not at all.</summary>
public abstract class OutputFiles
{
    /// <summary>Places the <c>file_path</c> of a sink. Writes nothing.</summary>
    /// <returns>The path as results name it: relative, '/' separated, without detours. The other members take it so.</returns>
    /// <exception cref="SinkException">It is no file's path, or leads outside.</exception>
    public abstract string Place(string path);

    /// <summary>The local file that it will be; null where outputs are no local files.</summary>
    public abstract string? LocalPath(string path);

    /// <summary>Local folder in which the file is written until it is whole, for messages.</summary>
    public abstract string FolderOf(string path);

    /// <summary>Makes ready for files whose names begin as this one's: makes folders, and removes what killed writers left.</summary>
    public abstract void Prepare(string path);

    /// <summary>Starts a file.</summary>
    public abstract OutputFile Start(string path);

    /// <summary>Bytes of the file at the path; null when there is none.</summary>
    public abstract Task<long?> BytesAsync(string path, CancellationToken cancellation);

    protected static SinkException NotAFile(string path) => new(
        $"The output \"{path.Replace("\0", "\\0", StringComparison.Ordinal)}\" is not a file. Expected a name such as \"out/rows.csv\". Set file_path.");

    protected static SinkException Outside(string path, string place) => new(
        $"The output \"{path}\" may not be written: it leads outside \"{place}\". Expected a path inside that folder. "
        + "Change file_path, or start the run with another output folder.");
}

/// <summary>An output that nobody sees yet. Disposing removes what was not published.</summary>
public abstract class OutputFile : IDisposable
{
    /// <summary>Local file to write to; it is there, and empty.</summary>
    public abstract string Scratch { get; }

    /// <summary>Gives the file its name. A second delivery of the same bytes is no error.</summary>
    /// <param name="overwrite">False: a file with other content is left alone and refused.</param>
    /// <param name="cancellation">Leaves what was there.</param>
    /// <exception cref="SinkException">There is another file, and <paramref name="overwrite"/> is false.</exception>
    public abstract Task PublishAsync(bool overwrite, CancellationToken cancellation);

    public abstract void Dispose();

    protected static SinkException Taken(string path) => new(
        $"The output \"{path}\" exists already with other content, and overwrite is false. Delete or rename it, change file_path, or set overwrite to true.");
}
