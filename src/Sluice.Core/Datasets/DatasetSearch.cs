using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Sluice.Datasets;

/// <summary>What to look for; all that is given must hold. Words and kinds are compared without case, tags and columns exactly.</summary>
/// <param name="Text">Part of the name or the description.</param>
/// <param name="Tag">One of its tags.</param>
/// <param name="Column">One of its columns.</param>
/// <param name="Kind">What one of its columns holds: a kind of personal data that a step found (<c>email</c>), a format or a type.</param>
/// <param name="MinQuality">Lowest score of the newest version, 0 to 100; datasets without a score are left out.</param>
/// <param name="State">Its state.</param>
public sealed record DatasetQuery(
    string? Text = null, string? Tag = null, string? Column = null, string? Kind = null, double? MinQuality = null, DatasetState? State = null)
{
    /// <summary>A score as it is typed; null: none.</summary>
    /// <exception cref="DataException">It is no number from 0 to 100.</exception>
    public static double? QualityOf(string? text) => text is null ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var score) && score is >= 0 and <= 100 ? score
        : throw new DataException($"The lowest quality is '{text}'. Expected a number from 0 to 100.");

    /// <summary>A state as it is typed, by name; null: none.</summary>
    /// <exception cref="DataException">There is no such state.</exception>
    public static DatasetState? StateOf(string? text) => text is null ? null
        : Enum.GetValues<DatasetState>().Cast<DatasetState?>().FirstOrDefault(s => s.ToString()!.Equals(text, StringComparison.OrdinalIgnoreCase))
            ?? throw new DataException($"The state is '{text}'. Expected one of: {string.Join(", ", Enum.GetNames<DatasetState>()).ToLowerInvariant()}.");
}

/// <summary>A dataset with its newest version.</summary>
/// <param name="Dataset">Name.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="Description">What it holds.</param>
/// <param name="Owner">Who answers for it.</param>
/// <param name="Tags">Words to find it by.</param>
/// <param name="Metadata">Anything else.</param>
/// <param name="Version">Id of the newest version; null: none yet.</param>
/// <param name="Number">Its number, which is how many there are.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Quality">Its score, 0 to 100; null when it was not measured.</param>
/// <param name="Schema">Columns as declared, else those of the newest version.</param>
/// <param name="IsDeclared">Whether a person declared the schema.</param>
/// <param name="Misfits">How the newest version differs from a declared schema; empty when it does not.</param>
/// <param name="StorageLocation">Object path of the newest version's manifest, which names every file.</param>
/// <param name="CommittedAt">When that version was committed.</param>
/// <param name="CreatedAt">When the dataset was made.</param>
/// <param name="UpdatedAt">When what is said of it was changed last.</param>
/// <param name="MadeOf">What that version was made of: files, or versions of datasets as <c>name@v-0123456789abcdef</c>; the first 20.</param>
public sealed record DatasetView(
    string Dataset, DatasetState State, string? Description, string? Owner, IReadOnlyList<string> Tags, IReadOnlyDictionary<string, string> Metadata,
    string? Version, int Number, long Rows, double? Quality, IReadOnlyList<Field> Schema, bool IsDeclared, IReadOnlyList<string> Misfits,
    string? StorageLocation, DateTimeOffset? CommittedAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, IReadOnlyList<string> MadeOf);

/// <summary>Finds datasets by what is said of them and by what their newest version holds.</summary>
public sealed class DatasetSearch(DatasetRegister register, DatasetCatalogue catalogue)
{
    const int MostInputs = 20;

    /// <summary>Datasets that match, by name. Reads one manifest for each dataset whose record matches.</summary>
    /// <param name="query">What to look for.</param>
    /// <param name="after">Only names that come after it; null: all.</param>
    /// <param name="cancellation">Between two datasets.</param>
    public async IAsyncEnumerable<DatasetView> FindAsync(DatasetQuery query, string? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var found in register.ListAsync(after, cancellation))
        {
            if (Matches(query, found.Record) && await LookAsync(found.Record, query, cancellation) is { } view)
            {
                yield return view;
            }
        }
    }

    /// <summary>A dataset with its newest version.</summary>
    public async Task<DatasetView> ViewAsync(DatasetRecord record, CancellationToken cancellation) =>
        (await LookAsync(record, new DatasetQuery(), cancellation))!;

    static bool Matches(DatasetQuery query, DatasetRecord record) =>
        (query.State is null || record.State == query.State)
        && (query.Tag is null || record.Tags.Contains(query.Tag))
        && (query.Text is null || Has(record.Dataset, query.Text) || Has(record.Description, query.Text));

    async Task<DatasetView?> LookAsync(DatasetRecord record, DatasetQuery query, CancellationToken cancellation)
    {
        var head = await catalogue.HeadAsync(record.Dataset, cancellation);
        var manifest = head is null ? null : await catalogue.ManifestAsync(record.Dataset, head.Version, cancellation);
        var score = manifest?.QualityAfter is { ValueKind: JsonValueKind.Object } report && report.TryGetProperty("score", out var value) ? value.GetDouble() : (double?)null;
        var schema = record.Schema ?? manifest?.Schema ?? [];
        return (query.Column is null || schema.Any(f => f.Name == query.Column))
            && (query.Kind is null || Kinds(schema, manifest).Any(kind => kind.Equals(query.Kind, StringComparison.OrdinalIgnoreCase)))
            && (query.MinQuality is null || score >= query.MinQuality)
            ? new DatasetView(
                record.Dataset, record.State, record.Description, record.Owner, record.Tags, record.Metadata, head?.Version, head?.Number ?? 0, head?.Rows ?? 0, score,
                schema, record.Schema is not null, record.Schema is null || manifest is null ? [] : Misfits(record.Schema, manifest.Schema),
                head is null ? null : DatasetCatalogue.ManifestPath(record.Dataset, head.Version), head?.CommittedAt, record.CreatedAt, record.UpdatedAt,
                [.. manifest?.Inputs.Select(i => i.File).Take(MostInputs) ?? []])
            : null;
    }

    static IEnumerable<string> Kinds(IReadOnlyList<Field> schema, VersionManifest? manifest) =>
        schema.SelectMany(f => new[] { f.Type.ToString(), f.Format }).OfType<string>().Concat(manifest?.Sensitive?.Values.SelectMany(c => c.Kinds) ?? []);

    static List<string> Misfits(IReadOnlyList<Field> declared, IReadOnlyList<Field> actual)
    {
        var columns = new Schema(actual);
        var misfits = new List<string>();
        foreach (var field in declared)
        {
            if (!columns.Has(field.Name))
            {
                misfits.Add($"{field.Name}: missing");
            }
            else if (columns[field.Name].Type != field.Type)
            {
                misfits.Add($"{field.Name}: {Name(columns[field.Name].Type)}, declared {Name(field.Type)}");
            }
            else if (columns[field.Name].Nullable && !field.Nullable)
            {
                misfits.Add($"{field.Name}: has missing values, declared without");
            }
        }

        return [.. misfits, .. actual.Where(f => declared.All(d => d.Name != f.Name)).Select(f => $"{f.Name}: not declared")];
    }

    static string Name(ColumnType type) => type.ToString().ToLowerInvariant();

    static bool Has(string? text, string part) => text?.Contains(part, StringComparison.OrdinalIgnoreCase) == true;
}
