using System.Runtime.CompilerServices;
using Sluice.Datasets;

namespace Sluice.Embedding;

/// <summary>The vectors of a version's text column, file by file, so that memory does not grow with the version.</summary>
public static class DatasetVectors
{
    /// <summary>One table for each file of the version, in order; together they have the version's rows in the version's order.</summary>
    /// <param name="vectors">Where vectors are kept.</param>
    /// <param name="files">Where the version's files are.</param>
    /// <param name="version">Version.</param>
    /// <param name="column">Text column.</param>
    /// <param name="embedder">What makes the vectors that are not there yet.</param>
    /// <param name="cancellation">Stops between files; what was made stays.</param>
    /// <exception cref="DataException">The version has no such column, or it is no text.</exception>
    public static async IAsyncEnumerable<VectorTable> ReadAsync(
        VectorStore vectors, BatchFiles files, VersionManifest version, string column, TextEmbedder embedder, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var file in version.Files)
        {
            yield return await vectors.EmbedAsync(embedder, await TextsAsync(files, file.File, column, cancellation), cancellation);
        }
    }

    /// <summary>A text column of one file.</summary>
    internal static async Task<TextColumn> TextsAsync(BatchFiles files, BatchRef file, string column, CancellationToken cancellation)
    {
        var batch = await files.ReadAsync(file, new HashSet<string>([column], StringComparer.Ordinal), cancellation);
        return batch[column] as TextColumn
            ?? throw new DataException($"The column '{column}' of \"{file.Path}\" is {batch[column].Type}; expected Text. Name a text column.");
    }
}
