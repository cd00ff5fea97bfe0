using System.Text.Json.Nodes;
using Sluice.Connectors;
using Sluice.Pipelines;

namespace Sluice.Cli;

/// <summary>Writes rows to a file by its extension.</summary>
static class Exports
{
    /// <param name="rows">What to write.</param>
    /// <param name="path">File; .parquet, .csv or .jsonl.</param>
    /// <param name="splitBy">Column whose values get a file each, or null.</param>
    /// <param name="cancellation">Leaves nothing at the final name.</param>
    /// <returns>Files written, relative to the file's folder.</returns>
    public static async Task<IReadOnlyList<string>> WriteAsync(DatasetRows rows, string path, string? splitBy, CancellationToken cancellation)
    {
        var full = Path.GetFullPath(path);
        var options = new JsonObject { ["file_path"] = Path.GetFileName(full) };
        if (splitBy is not null)
        {
            options["split_by"] = splitBy;
        }

        var type = FormatOf.Sink(full);
        var sink = (Sink)Catalog.Default.Configure(CapabilityKind.Sink, type, options.ToJsonString());
        return await sink.WriteAsync(rows, new FolderOutputs(Path.GetDirectoryName(full)!), cancellation);
    }

    /// <summary>Writes a page.</summary>
    /// <exception cref="SinkException">It cannot be written there.</exception>
    public static async Task WritePageAsync(string path, string page, CancellationToken cancellation)
    {
        try
        {
            await File.WriteAllTextAsync(path, page, cancellation);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SinkException($"The page cannot be written to '{path}': {error.Message}");
        }
    }
}
