using Sluice.Storage;

namespace Sluice.Connectors;

/// <summary>One input file.</summary>
/// <param name="Path">As the pipeline names it, '/' separated, relative to the input root.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Stamp">Changes when the content may have changed (modification time, ETag). Never part of a result.</param>
public sealed record InputFile(string Path, long Bytes, string Stamp);

/// <summary>Where a pipeline's input files come from: folders on a laptop, a container in Azure.</summary>
public abstract class InputFiles
{
    /// <summary>
    /// Files that a <c>file_path</c> means: one file, every file of a folder, or a glob (<c>*</c>, <c>?</c>, <c>**</c>), in ordinal order.
    /// Hidden files (leading dot) are left out of folders and globs.
    /// </summary>
    /// <exception cref="SourceException">It means nothing, is outside the roots, or cannot be read.</exception>
    public abstract Task<IReadOnlyList<InputFile>> ListAsync(string path, CancellationToken cancellation);

    /// <summary>Whether a <c>file_path</c> would mean this local file too, were it there: an output that the next run would take for input.</summary>
    public abstract bool Means(string path, string file);

    /// <summary>A readable local copy, or the file itself.</summary>
    public abstract Task<LocalFile> OpenAsync(string path, CancellationToken cancellation);
}
