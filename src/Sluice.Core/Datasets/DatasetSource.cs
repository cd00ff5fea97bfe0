using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Sluice.Connectors;
using Sluice.Pipelines;
using Sluice.Runs;
using Sluice.Schemas;
using Sluice.Steps;

namespace Sluice.Datasets;

/// <summary>What is done where a dataset that others are put together with lacks a column of theirs.</summary>
public enum MissingColumn
{
    /// <summary>The run is refused.</summary>
    Refuse,

    /// <summary>The rows of that dataset have no value in the column.</summary>
    Fill,
}

/// <summary>
/// Reads versions of datasets of the same store, one dataset after the other: what another pipeline made, or another chain of this one. As <c>union</c>, with
/// <c>depends_on</c>, it puts the rows of two or more steps together. What was read is an input of the version by content.
/// </summary>
/// <remarks>A shard is a file of a version: its name is its content, so a new version reads only the files that are new in it.</remarks>
[Source("dataset", Aliases = ["union"])]
public sealed class DatasetSource(DatasetSource.Options options) : Source
{
    public const int MostDatasets = 32;

    public sealed record Options : IValidatableObject
    {
        /// <summary>Dataset to read. Default: none; then <c>datasets</c>, or the steps in <c>depends_on</c>.</summary>
        public string? Dataset { get; init; }

        /// <summary>Id of its version, such as v-0123456789abcdef, or its number. Default: the newest when the run starts, which the version then names.</summary>
        public string? Version { get; init; }

        /// <summary>Datasets to read one after the other, 1 to 32, each in its newest version. The types of their columns are joined as those of several files are. Default: none.</summary>
        [MaxLength(MostDatasets)]
        public IReadOnlyList<string> Datasets { get; init; } = [];

        /// <summary>Where a dataset lacks a column of the others: refuse the run, or fill the column with missing values. Default: refuse.</summary>
        public MissingColumn MissingColumns { get; init; } = MissingColumn.Refuse;

        /// <summary>One way to say what is read.</summary>
        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (Dataset is null == (Datasets.Count == 0))
            {
                yield return new ValidationResult("What is read is named once: 'dataset', or 'datasets', or for a union two steps or more in 'depends_on'.", [nameof(Dataset)]);
            }

            if (Version is not null && Dataset is null)
            {
                yield return new ValidationResult("'version' is that of the one 'dataset'; several datasets are read in their newest versions.", [nameof(Version)]);
            }

            foreach (var name in Datasets.Append(Dataset).OfType<string>().Where(name => !PipelineReader.DatasetName.IsMatch(name)))
            {
                yield return new ValidationResult($"'{YamlNode.Cut(name)}' cannot be a dataset. Expected 1 to 64 of a-z, 0-9, '-' and '_', beginning with a letter or digit.", [nameof(Dataset)]);
            }
        }
    }

    DatasetCatalogue? catalogue;
    IReadOnlyDictionary<string, string>? versions;

    public override string? FilePath => null;

    /// <summary>Datasets in the order they are read.</summary>
    public IReadOnlyList<string> Names => options.Dataset is { } one ? [one] : options.Datasets;

    /// <summary>The version that the options state.</summary>
    internal string? Version => options.Version;

    /// <summary>The source on the store that it reads.</summary>
    /// <param name="opened">Where the versions are.</param>
    /// <param name="read">Id of the version to read of each dataset.</param>
    internal DatasetSource On(DatasetCatalogue opened, IReadOnlyDictionary<string, string> read)
    {
        var source = (DatasetSource)MemberwiseClone();
        (source.catalogue, source.versions) = (opened, read);
        return source;
    }

    /// <summary>The versions that are read, by content.</summary>
    internal async Task<IReadOnlyList<InputDigest>> DigestsAsync(CancellationToken cancellation) => [.. (await ManifestsAsync(cancellation)).Select(m => m.Digest())];

    public override async IAsyncEnumerable<Shard> ListShardsAsync(InputFiles inputs, ShardCut cut, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var manifests = await ManifestsAsync(cancellation);
        CheckSameColumns([.. manifests.Select(m => (m.Dataset, new Schema(m.Schema)))]);
        foreach (var manifest in manifests)
        {
            var (name, line) = (manifest.Digest().File, 1L);
            foreach (var (file, number) in manifest.Files.Select((f, i) => (f.File, i)))
            {
                yield return new Shard($"{name}#{number}", 0, file.Bytes, file.Sha256, line, file.Rows, Detail(new Part(file, null)));
                line += file.Rows;
            }

            // A dataset without rows still has its columns.
            if (manifest.Files.Count == 0)
            {
                yield return new Shard($"{name}#0", 0, 0, manifest.Digest().Sha256, line, 0, Detail(new Part(null, manifest.Schema)));
            }
        }
    }

    public override async Task<ShardRows> ReadAsync(InputFiles inputs, Shard shard, Schema? schema, CancellationToken cancellation)
    {
        var rows = await RowsAsync(DocumentJson.Parse<Part>(System.Text.Encoding.UTF8.GetBytes(shard.Detail!)), cancellation);
        return new ShardRows(schema is null ? TableShape.Narrowed(rows) : TableShape.Shaped(rows, schema), []);
    }

    async Task<Batch> RowsAsync(Part part, CancellationToken cancellation)
    {
        if (part.File is null)
        {
            return new Batch(new Schema(part.Schema!), [.. part.Schema!.Select(f => ColumnReader.AllMissing(f.Type, 0))], 0);
        }

        return AsRead(await Opened.Files.ReadAsync(part.File, null, cancellation));
    }

    static Batch AsRead(Batch rows) => new(new Schema(rows.Schema.Select(f => f with { Format = IsFoundAnew(f.Format) ? null : f.Format })), rows.Columns, rows.Rows);

    /// <summary>Rows that are in no store yet, one dataset after the other, as reading their versions would give them.</summary>
    /// <exception cref="SourceException">One lacks a column of the others, and the options do not say that it may.</exception>
    internal Batch RowsOf(IReadOnlyList<(string Dataset, Batch Rows)> made)
    {
        CheckSameColumns([.. made.Select(m => (m.Dataset, m.Rows.Schema))]);
        var parts = made.Select(m => TableShape.Narrowed(AsRead(m.Rows))).ToList();
        var schema = Unify.Of([.. parts.Select(p => p.Schema)]);
        return Batch.Concat([.. parts.Select(p => TableShape.Shaped(p, schema))]);
    }

    /// <summary>The columns that rows of these datasets have together.</summary>
    /// <exception cref="SourceException">One lacks a column of the others, and the options do not say that it may.</exception>
    internal Schema Joined(IReadOnlyList<(string Dataset, Schema Columns)> read)
    {
        CheckSameColumns(read);
        return Unify.Of([.. read.Select(r => r.Columns)]);
    }

    void CheckSameColumns(IReadOnlyList<(string Dataset, Schema Columns)> read)
    {
        if (options.MissingColumns == MissingColumn.Fill)
        {
            return;
        }

        foreach (var (dataset, columns) in read)
        {
            if (read.Select(other => (other.Dataset, Missing: other.Columns.Where(f => !columns.Has(f.Name)).Select(f => f.Name).ToList())).FirstOrDefault(o => o.Missing.Count > 0) is { Missing: not null } from)
            {
                throw new SourceException(
                    $"'{dataset}' has no column {string.Join(", ", from.Missing.Take(10).Select(name => $"'{name}'"))}{(from.Missing.Count > 10 ? " and more" : "")}, which '{from.Dataset}' has, so their rows cannot be put "
                    + "together. Bring them to the same columns, or set missing_columns: fill.");
            }
        }
    }

    DatasetCatalogue Opened => catalogue ?? throw new SourceException($"Dataset '{Names[0]}' is read from a store, and there is none here. Name the store with --store.");

    async Task<IReadOnlyList<VersionManifest>> ManifestsAsync(CancellationToken cancellation)
    {
        var manifests = new List<VersionManifest>();
        foreach (var name in Names)
        {
            manifests.Add(await Opened.ManifestAsync(name, versions![name], cancellation));
        }

        return manifests;
    }

    // Facts about values, which reading finds in those of the file.
    static bool IsFoundAnew(string? format) => format is Unify.Empty or Unify.BeyondDouble or Unify.Fitted;

    static string Detail(Part part) => System.Text.Encoding.UTF8.GetString(DocumentJson.Bytes(part));

    /// <summary>What a shard is read from.</summary>
    /// <param name="File">File of a version; null: the version has none.</param>
    /// <param name="Schema">Columns of a version without files.</param>
    sealed record Part(BatchRef? File, IReadOnlyList<Field>? Schema);
}
