using System.Text.Json;
using Sluice.Datasets;
using Sluice.Runs;

namespace Sluice.Features;

/// <summary>One step of the chain and what it learned.</summary>
/// <param name="Id">Its id in the pipeline; for a part of a group <c>clean/0:strip_whitespace</c>.</param>
/// <param name="Type">Its name in the catalogue.</param>
/// <param name="CodeVersion">Version of its code that learned it; another one may give other values and refuses the document.</param>
/// <param name="Fitted">What it learned; null for a step that learns nothing.</param>
public sealed record TransformStep(string Id, string Type, int CodeVersion, JsonElement? Fitted);

/// <summary>
/// All that turns new rows into the features of a dataset's version, as one JSON document: the columns as they are read, the steps in order with
/// their options and what they learned, the columns that come out. It is complete: no store, no training data is needed to use it. docs/transforms.md
/// describes the format.
/// </summary>
public sealed record TransformDocument
{
    public const string FormatName = "sluice-transforms";
    public const int FormatVersion = 1;

    /// <summary>Always <see cref="FormatName"/>.</summary>
    public required string Format { get; init; }

    /// <summary>Version of this format.</summary>
    public required int Version { get; init; }

    public required string Dataset { get; init; }

    /// <summary>Version of the dataset that it was learned for.</summary>
    public required string DatasetVersion { get; init; }

    /// <summary>Columns that new rows are brought to, with their types.</summary>
    public required IReadOnlyList<Field> Input { get; init; }

    /// <summary>The pipeline that made the version; options of the steps are in it.</summary>
    public required JsonElement Pipeline { get; init; }

    /// <summary>Steps that new rows go through, in order.</summary>
    public required IReadOnlyList<TransformStep> Steps { get; init; }

    /// <summary>Columns that come out.</summary>
    public required IReadOnlyList<Field> Output { get; init; }

    /// <summary>The document of a version. The same version gives the same bytes.</summary>
    /// <exception cref="DataException">The version is of a release that did not keep what is needed.</exception>
    public static TransformDocument Of(string version, VersionManifest manifest, Catalog? catalog = null)
    {
        if (manifest.InputSchema is not { } input || manifest.Steps.Any(s => s.CodeVersion is null))
        {
            throw new DataException(
                $"Version {version} of dataset '{manifest.Dataset}' was made by a release that did not keep the columns it read, so new rows cannot be brought to "
                + "them. Run its pipeline again; the new version keeps them.");
        }

        var pipeline = Pipelines.Pipeline.Parse(manifest.Pipeline.Definition.GetRawText(), null, catalog);
        var steps = pipeline.Steps.Zip(manifest.Steps).Where(s => s.First.Step.ForNewRows is not null)
            .Select(s => new TransformStep(s.First.Id, s.First.Type, s.Second.CodeVersion!.Value, s.Second.Fitted)).ToList();
        var document = new TransformDocument
        {
            Format = FormatName,
            Version = FormatVersion,
            Dataset = manifest.Dataset,
            DatasetVersion = version,
            Input = input,
            Pipeline = manifest.Pipeline.Definition,
            Steps = steps,
            Output = [],
        };
        return document with { Output = [.. new Transforms(document, catalog).Output] };
    }

    public byte[] ToBytes() => DocumentJson.Bytes(this);

    /// <exception cref="DataException">It is no such document, or of a later format.</exception>
    public static TransformDocument Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var document = DocumentJson.Parse<TransformDocument>(json);
            return document is { Format: FormatName, Version: FormatVersion }
                ? document
                : throw new DataException(
                    $"Found format '{document.Format}' version {document.Version}; expected '{FormatName}' version {FormatVersion}. Use the release that wrote it, or export it again.");
        }
        catch (JsonException error)
        {
            throw new DataException($"This is no document of transforms: {error.Message} Expected what 'sluice features export' writes.", error);
        }
    }
}
