using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using Sluice.Steps;

namespace Sluice.Embedding;

/// <summary>What <c>embed</c> writes for each row.</summary>
public enum EmbedOutput
{
    /// <summary>The key of the row's text: 32 hex digits, under which its vector is stored.</summary>
    Key,

    /// <summary>The vector, as a JSON array of numbers.</summary>
    Vector,
}

/// <summary>
/// Gives every text a vector by a model and keeps it in the store, where later runs and steps find it: a text that was embedded before is not embedded again.
/// Texts that are longer than the model reads are cut and reported (<c>text_cut</c>), as are those with nothing to embed (<c>no_text</c>), and those of which <c>max_tokens</c> lets
/// the model read more than it was trained on (<c>longer_than_trained</c>).
/// </summary>
[Step("embed", Aliases = ["generate_embeddings"])]
public sealed class Embed(Embed.Options options) : VectorStep(options.ToModel())
{
    public sealed record Options
    {
        /// <summary>Text column to embed.</summary>
        [Required]
        public required string Column { get; init; }

        /// <summary>
        /// Model: <c>use-lite-en</c> (bundled, English), <c>hashing-512</c> (no meaning, any language), a folder with <c>model.onnx</c> and <c>tokenizer.json</c>, or
        /// <c>https://…/NAME.zip#sha256=HEX</c>. Default: use-lite-en.
        /// </summary>
        public string Model { get; init; } = EmbeddingModel.Default;

        /// <summary>Value of the model's graph to take, or several fused: <c>concat(a, b)</c>, <c>add</c>, <c>average</c>, <c>max</c>. Default: the model's output.</summary>
        public string? Layer { get; init; }

        /// <summary>How vectors of tokens become one: mean, cls, max or last. Default: the model's own way.</summary>
        public string? Pooling { get; init; }

        /// <summary>Makes vectors of length 1. Default: as the model says.</summary>
        public bool? Normalize { get; init; }

        /// <summary>Tokens of a text that are read, at most what the model can. Default: what the model was trained on.</summary>
        [Range(1, 1_000_000)]
        public int? MaxTokens { get; init; }

        /// <summary>Texts that go through the model at once at most, 1 to 4096; it never shows in a vector. Default: as many as are fastest, by their tokens.</summary>
        [Range(1, 4096)]
        public int? BatchSize { get; init; }

        /// <summary>How numbers are stored: float32, float16 (half the space) or int8 (a quarter). Default: float32.</summary>
        public VectorPrecision Precision { get; init; } = VectorPrecision.Float32;

        /// <summary>Column to write. Default: none; vectors are only stored.</summary>
        public string? Target { get; init; }

        /// <summary>What the target column holds: the key of the stored vector, or the vector itself. Default: key.</summary>
        public EmbedOutput Output { get; init; } = EmbedOutput.Key;

        /// <summary>
        /// Takes vectors of tokens instead of one for the text, for models and layers that have them: <c>{count: 8, place: end}</c>, <c>{each: true}</c>. They are written to the target column
        /// (output: vector) and not stored. Default: none.
        /// </summary>
        public EmbeddedParts? Parts { get; init; }

        internal EmbeddingModel ToModel() => new() { Name = Model, Layer = Layer, Pooling = Pooling, Normalize = Normalize, MaxTokens = MaxTokens, BatchSize = BatchSize };
    }

    Field? Target => options.Target is null ? null : new Field(options.Target, ColumnType.Text, Nullable: true, options.Output == EmbedOutput.Vector ? "json" : null);

    public override Schema Plan(Schema input, StepProblems problems)
    {
        Check(input, options.Column, problems);
        if (options.Parts is not null && (options.Target is null || options.Output != EmbedOutput.Vector))
        {
            problems.Add("parts", "Vectors of tokens are written to a column and not stored. Give target a name, and set output: vector.");
        }

        return Target is { } target ? input.With(target) : input;
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) =>
        new HashSet<string>(wanted.Where(name => name != options.Target || name == options.Column).Append(options.Column), StringComparer.Ordinal);

    public override StepEffects? Effects(Schema input) => new()
    {
        Reads = StepEffects.Names([options.Column]),
        Writes = StepEffects.Names(options.Target is { } target ? [target] : []),
        KeepsRows = true,
        Cost = 10_000,
    };

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        if (batch[options.Column] is not TextColumn texts)
        {
            throw new DataException($"Column '{options.Column}' is {batch[options.Column].Type}; expected Text. Turn it into text before 'embed'.");
        }

        var table = Embed(texts, options.Precision);
        var (most, trained) = (Embedder().MaxTokens, Embedder().TrainedTokens);
        for (var row = 0; row < batch.Rows; row++)
        {
            if (table.Tokens[row] == 0 || table.Tokens[row] > most)
            {
                verdicts.Fail(verdicts.Rule(table.Tokens[row] == 0 ? "no_text" : "text_cut", options.Column), row);
            }

            // What is read beyond that is cut by other tools, with reason.
            if (most > trained && table.Tokens[row] > trained)
            {
                verdicts.Fail(verdicts.Rule("longer_than_trained", options.Column, detail: $"The model was trained on {trained} tokens, and max_tokens lets it read {most}."), row);
            }
        }

        return Target is { } target ? batch.With(target, options.Parts is { } parts ? parts.Of(Embedder(), texts) : options.Output == EmbedOutput.Key ? Keys(table) : Arrays(table)) : batch;
    }

    internal static TextColumn Keys(VectorTable table)
    {
        var built = new TextBuilder(table.Rows, table.Rows * 32);
        Span<byte> text = stackalloc byte[32];
        var hex = new System.Buffers.StandardFormat('x', 16);
        foreach (var key in table.Keys)
        {
            Utf8Formatter.TryFormat(key.High, text, out _, hex);
            Utf8Formatter.TryFormat(key.Low, text[16..], out _, hex);
            built.Append(text);
        }

        return built.Build();
    }

    // The shortest digits that give the same float again. A row without a vector has none.
    internal static TextColumn Arrays(VectorTable table)
    {
        var built = new TextBuilder(table.Rows);
        var text = new byte[(table.Dimensions * 17) + 2];
        for (var row = 0; row < table.Rows; row++)
        {
            if (table.Tokens[row] == 0)
            {
                built.AppendNull();
                continue;
            }

            var used = 0;
            foreach (var number in table[row])
            {
                text[used] = used == 0 ? (byte)'[' : (byte)',';
                Utf8Formatter.TryFormat(number, text.AsSpan(used + 1), out var written);
                used += written + 1;
            }

            text[used++] = (byte)']';
            built.Append(text.AsSpan(0, used));
        }

        return built.Build();
    }
}
