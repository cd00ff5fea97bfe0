using System.Security.Cryptography;
using System.Text;
using Sluice.Connectors;
using Sluice.Datasets;
using Sluice.Pipelines;
using Sluice.Runs;
using Sluice.SchemaDetection;
using Sluice.Storage;

namespace Sluice.Joins;

/// <summary>A second table, whole in memory and immutable.</summary>
/// <param name="Rows">Its rows, in order.</param>
/// <param name="Content">Names what it holds: a hash of its files, or the id of a version.</param>
/// <param name="Files">The files by content, or the version where the pipeline does not state which; none for a version that it states.</param>
public sealed record SideTable(Batch Rows, string Content, IReadOnlyList<InputDigest> Files)
{
    /// <summary>Opens a table.</summary>
    /// <param name="reference">Which.</param>
    /// <param name="inputs">Where files come from.</param>
    /// <param name="catalogue">Where versions are; null: nowhere.</param>
    /// <param name="catalog">Sources.</param>
    /// <param name="versions">Version to open of a dataset of which the reference states none.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="SourceException">It cannot be read, or is larger than it may be.</exception>
    public static Task<SideTable> OpenAsync(
        TableReference reference, InputFiles inputs, DatasetCatalogue? catalogue, Catalog catalog, IReadOnlyDictionary<string, string>? versions,
        CancellationToken cancellation) => reference.File is { } file
        ? OfFilesAsync(file, reference, inputs, catalog, cancellation)
        : OfVersionAsync(reference with { Version = reference.Version ?? versions?[reference.Dataset!] }, reference.Version is not null, catalogue, cancellation);

    static async Task<SideTable> OfFilesAsync(string path, TableReference reference, InputFiles inputs, Catalog catalog, CancellationToken cancellation)
    {
        var files = await inputs.ListAsync(path, cancellation);
        if (files.Count == 0)
        {
            throw new SourceException($"The table \"{path}\" has no files. Expected at least one: check 'file'.");
        }

        CheckBytes(files.Sum(f => f.Bytes), path, reference);
        var config = $$"""{"file_path": {{System.Text.Json.JsonSerializer.Serialize(path)}}}""";
        var source = (Source)catalog.Configure(CapabilityKind.Source, FormatOf.Source(files[0].Path), config);
        await using var scratch = new MemoryStore();
        var table = await InputTable.OpenAsync(path, source, inputs, scratch, cancellation);
        if (table.Rejected > 0)
        {
            throw new SourceException($"The table \"{path}\" has {table.Rejected:N0} records that cannot be read. 'sluice read {path}' shows them; mend or remove them.");
        }

        var digests = new List<InputDigest>();
        foreach (var file in files)
        {
            using var local = await inputs.OpenAsync(file.Path, cancellation);
            await using var stream = File.OpenRead(local.Path);
            digests.Add(new InputDigest(file.Path, file.Bytes, Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation))));
        }

        var rows = await WholeAsync(table.ReadAsync(cancellation), table.Schema, path, reference);
        return new SideTable(rows, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(digests.Select(d => d.Sha256))))), digests);
    }

    static async Task<SideTable> OfVersionAsync(TableReference reference, bool isStated, DatasetCatalogue? catalogue, CancellationToken cancellation)
    {
        var name = $"{reference.Dataset} {reference.Version}";
        if (catalogue is null)
        {
            throw new SourceException($"The table is version '{name}', and there is no store to find it in here. Name the store, or a file.");
        }

        var rows = await catalogue.OpenAsync(reference.Dataset!, reference.Version!, cancellation);
        IReadOnlyList<InputDigest> read = isStated ? [] : [(await catalogue.ManifestAsync(reference.Dataset!, reference.Version!, cancellation)).Digest()];
        return new SideTable(await WholeAsync(rows.ReadAsync(cancellation), rows.Schema, name, reference), reference.Version!, read);
    }

    static async Task<Batch> WholeAsync(IAsyncEnumerable<Batch> batches, Schema schema, string name, TableReference reference)
    {
        var parts = new List<Batch>();
        long bytes = 0;
        await foreach (var batch in batches)
        {
            bytes += batch.Columns.Sum(BytesOf);
            CheckBytes(bytes, name, reference);
            parts.Add(new Batch(schema, batch.Columns, batch.Rows));
        }

        return parts.Count == 0 ? new Batch(schema, schema.Select(f => Schemas.ColumnReader.AllMissing(f.Type, 0)), 0) : Batch.Concat(parts);
    }

    static long BytesOf(Column column) => column is TextColumn text ? text.Bytes.Length + (4L * text.Rows) : 8L * column.Rows;

    static void CheckBytes(long bytes, string name, TableReference reference)
    {
        if (bytes > reference.MaxBytes)
        {
            throw new SourceException(
                $"The table \"{name}\" has more than {reference.MaxBytes >> 20:N0} MiB, the limit of max_table_mb: it is kept in memory. "
                + "Raise max_table_mb, take fewer columns into the file, or let the larger table be the pipeline's source and this one the joined.");
        }
    }
}
