using System.ComponentModel.DataAnnotations;
using Sluice.Connectors;
using Sluice.Runs;
using Sluice.Steps;
using Sluice.Storage;

namespace Sluice.Embedding;

/// <summary>How a cell holds an image.</summary>
public enum ImageEncoding
{
    /// <summary>The path of a file, relative to <c>folder</c>.</summary>
    Path,

    /// <summary>The file's bytes as base64, with or without <c>data:…;base64,</c> before them.</summary>
    Base64,
}

/// <summary>
/// Gives every image a vector by the bundled MobileNetV2 (1,280 numbers) and keeps it in the store by the image's content: a picture that was embedded before, under whatever name, is not
/// embedded again. A row whose image is missing (<c>no_image</c>, <c>image_not_found</c>), outside the folder (<c>image_path_refused</c>), too large (<c>image_too_large</c>) or damaged
/// (<c>image_unreadable</c>) stays, without a vector.
/// </summary>
[Step("embed_images")]
public sealed class EmbedImages(EmbedImages.Options options) : Step
{
    // Images that are in memory at once, beside the largest one.
    const int BytesAtOnce = 64 << 20;

    VectorStore vectors = new(new MemoryStore());
    ImagePaths? files;

    public sealed record Options : IValidatableObject
    {
        /// <summary>Text column with the images.</summary>
        [Required]
        public required string Column { get; init; }

        /// <summary><c>path</c> (of a file, relative to <c>folder</c>) or <c>base64</c> (the bytes of the file). Default: path.</summary>
        public ImageEncoding Encoding { get; init; } = ImageEncoding.Path;

        /// <summary>
        /// For path: the folder of the images, as a file_path. All its files, of subfolders too, are inputs of the run by content. Paths of rows cannot lead out of it. Default: none.
        /// </summary>
        public string? Folder { get; init; }

        /// <summary>Bytes that an image may have. Default: 33554432 (32 MiB).</summary>
        [Range(1, 1L << 30)]
        public long MaxBytes { get; init; } = 32 << 20;

        /// <summary>Pixels that an image may have: width times height. Default: 100000000.</summary>
        [Range(1, 1L << 40)]
        public long MaxPixels { get; init; } = 100_000_000;

        /// <summary>How numbers are stored: float32, float16 (half the space) or int8 (a quarter). Default: float32.</summary>
        public VectorPrecision Precision { get; init; } = VectorPrecision.Float32;

        /// <summary>Column to write. Default: none; vectors are only stored.</summary>
        public string? Target { get; init; }

        /// <summary>What the target column holds: the key of the stored vector, or the vector itself. Default: key.</summary>
        public EmbedOutput Output { get; init; } = EmbedOutput.Key;

        /// <summary>A folder for paths, and only for them.</summary>
        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (Encoding == ImageEncoding.Path == string.IsNullOrWhiteSpace(Folder))
            {
                yield return new ValidationResult("'folder' says where the files of encoding: path are; with base64 there are none. Give it for path, and only for path.", [nameof(Folder)]);
            }
        }
    }

    bool ByPath => options.Encoding == ImageEncoding.Path;

    Field? Target => options.Target is null ? null : new Field(options.Target, ColumnType.Text, Nullable: true, options.Output == EmbedOutput.Vector ? "json" : null);

    public override string DependsOn => ImageContents.Shared.Key;

    public override bool IsKeyed => ByPath;

    public override int DecisionBytes => ByPath ? 1 + ImagePaths.ContentBytes : 1;

    public override IReadOnlyList<string> SideFiles => ByPath ? [ImagePaths.All(options.Folder!)] : [];

    /// <summary>The step within a run: on its store, and with the files it was planned on.</summary>
    internal EmbedImages On(VectorStore store, InputFiles inputs, IReadOnlyList<InputDigest> digests)
    {
        var step = (EmbedImages)MemberwiseClone();
        step.vectors = store;
        step.files = ByPath ? new ImagePaths(options.Folder!, inputs, digests) : null;
        return step;
    }

    public override Schema Plan(Schema input, StepProblems problems)
    {
        if (problems.Column(input, "column", options.Column) && input[options.Column] is var field && field.Type != ColumnType.Text && !Schemas.Unify.IsOpen(field))
        {
            problems.Add("column", $"Column '{options.Column}' is {field.Type}; expected Text: {(ByPath ? "paths of files" : "base64")}.");
        }

        if (Libvips.Problem is { } missing)
        {
            problems.Add("column", missing);
        }

        if (options.Target == options.Column)
        {
            problems.Add("target", "The target would take the place of the images. Name another column.");
        }

        return Target is { } target ? input.With(target) : input;
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) =>
        new HashSet<string>(wanted.Where(name => name != options.Target).Append(options.Column), StringComparer.Ordinal);

    public override IReadOnlySet<string>? Observes(Schema input) => StepEffects.Names([options.Column]);

    public override StepEffects? Effects(Schema input) => new()
    {
        Reads = StepEffects.Names([options.Column]),
        Writes = StepEffects.Names(options.Target is { } target ? [target] : []),
        KeepsRows = true,
        Cost = 10_000,
    };

    public override RowKey[] Keys(Batch batch)
    {
        var texts = Texts(batch);
        var names = new TextBuilder(batch.Rows);
        for (var row = 0; row < batch.Rows; row++)
        {
            names.Append(texts.IsNull(row) || ImagePaths.Name(texts[row]) is not { } name ? [] : System.Text.Encoding.UTF8.GetBytes(name));
        }

        return RowHash.Rows([names.Build()], batch.Rows);
    }

    /// <summary>Says of each row which content its file has: a batch is applied again when one of its images changes, and not when others do.</summary>
    public override object? Decide(KeyedRows rows, Decisions decisions)
    {
        var contents = Files().Contents();
        var names = contents.Keys.ToArray();
        var keys = RowHash.Rows([TextColumn.Of(names)], names.Length);
        var known = Enumerable.Range(0, names.Length).ToDictionary(i => keys[i], i => contents[names[i]]);
        foreach (var row in rows)
        {
            if (known.TryGetValue(row.Key, out var content))
            {
                var decision = decisions.Row(row.Batch, row.Row);
                decision[0] = 1;
                content.CopyTo(decision[1..]);
            }
        }

        return null;
    }

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var texts = Texts(batch);
        var images = new ImageRows(batch.Rows, vectors, options.Precision);
        for (var row = 0; row < batch.Rows; row++)
        {
            if (Image(texts, row, fitted, out var reason) is { } bytes && Fits(bytes, out reason))
            {
                images.Add(row, bytes, BytesAtOnce);
            }
            else
            {
                verdicts.Fail(verdicts.Rule(reason, options.Column), row);
            }
        }

        var table = images.Finish();
        foreach (var row in images.Unreadable)
        {
            verdicts.Fail(verdicts.Rule("image_unreadable", options.Column), row);
        }

        return Target is not { } target ? batch : batch.With(target, options.Output == EmbedOutput.Key ? images.Keys(table) : Embed.Arrays(table));
    }

    byte[]? Image(TextColumn texts, int row, Fitted fitted, out string reason)
    {
        reason = "no_image";
        if (texts.IsNull(row) || texts[row].IsEmpty)
        {
            return null;
        }

        if (!ByPath)
        {
            return ImageCells.Decode(texts[row], options.MaxBytes, out reason);
        }

        if (ImagePaths.Name(texts[row]) is not { } name)
        {
            reason = "image_path_refused";
            return null;
        }

        var decision = fitted.Decisions.Slice(row * DecisionBytes, DecisionBytes);
        reason = decision[0] == 0 ? "image_not_found" : "image_too_large";
        return decision[0] == 0 || Files().BytesOf(name) > options.MaxBytes ? null : Files().Read(name, decision[1..]);
    }

    bool Fits(byte[] bytes, out string reason)
    {
        try
        {
            reason = "image_too_large";
            return Libvips.PixelsOf(bytes) <= options.MaxPixels;
        }
        catch (DataException)
        {
            reason = "image_unreadable";
            return false;
        }
    }

    TextColumn Texts(Batch batch) => batch[options.Column] as TextColumn
        ?? throw new DataException($"Column '{options.Column}' is {batch[options.Column].Type}; expected Text. Turn it into text before 'embed_images'.");

    ImagePaths Files() => files ?? throw new DataException("Files of images are read in a run, which knows the folders that may be read. Here, give encoding: base64.");
}
