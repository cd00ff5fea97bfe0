using Sluice.Connectors;

namespace Sluice.Repair;

/// <summary>
/// A file of delimited text as it is written: every column text, nothing read as a number. Repair needs that: 7.0 is not 7 to somebody who
/// corrects how values are written, and what is undone must be what was there.
/// </summary>
public static class TextTable
{
    /// <summary>All rows of a file.</summary>
    /// <exception cref="SourceException">The file cannot be read, or some of its records cannot.</exception>
    public static async Task<Batch> ReadAsync(string file, CancellationToken cancellation)
    {
        var full = Path.GetFullPath(file);
        var folder = Path.GetDirectoryName(full)!;
        var inputs = new FolderInputs([folder], folder);
        var source = new CsvSource(new CsvSource.Options { FilePath = Path.GetFileName(full), Header = "true" });
        var parts = new List<Batch>();
        Schema? schema = null;
        await foreach (var shard in source.ListShardsAsync(inputs, new ShardCut(), cancellation))
        {
            schema ??= AsText((await source.ReadAsync(inputs, shard, null, cancellation)).Batch.Schema);
            var rows = await source.ReadAsync(inputs, shard, schema, cancellation);
            if (rows.Rejected is [var first, ..])
            {
                throw new SourceException(
                    $"Line {first.Line:N0} of '{file}' cannot be read ({first.Reason}): '{first.Found}'. A repair must see every row. Correct the line, or read the file with sluice read first.");
            }

            parts.Add(rows.Batch);
        }

        return schema is null ? throw new SourceException($"'{file}' has no rows. Expected a header and at least one row.") : Batch.Concat(parts);
    }

    /// <summary>One row; null is missing.</summary>
    public static string?[] Row(Batch rows, int row) => [.. rows.Columns.Select(c => c.IsNull(row) ? null : c.Display(row))];

    static Schema AsText(Schema schema) => new(schema.Select(f => new Field(f.Name, ColumnType.Text)));
}
