using Sluice.Embedding;
using Sluice.Steps;

namespace Sluice.VectorSpace;

/// <summary>What the vectors of rows are: of a text column by a model, kept in a column, or columns of numbers.</summary>
public sealed record VectorSource
{
    /// <summary>Text column that is embedded by the model. Its vectors are made once for a text and used by every step and run. Default: none.</summary>
    public string? Text { get; init; }

    /// <summary>
    /// Text column with a vector in each cell, as a JSON array of numbers: what <c>embed</c> and <c>embed_images</c> write with <c>output: vector</c>, or other tools. All have as many finite numbers,
    /// at most 16,384; a missing one is like a text without words. Default: none.
    /// </summary>
    public string? Vector { get; init; }

    /// <summary>
    /// Columns of numbers or dates instead of a text. Each is brought to mean 0 and deviation 1, so that none outweighs the others by its unit;
    /// missing values count as the mean. Default: none.
    /// </summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>
    /// Model for the text: <c>use-lite-en</c> (bundled), <c>hashing-N</c>, a folder of a sentence-transformers model, or its address with a checksum, as in the
    /// step embed. Default: use-lite-en.
    /// </summary>
    public string Model { get; init; } = EmbeddingModel.Default;

    /// <summary>Layer of the model, or several fused. Default: the model's output.</summary>
    public string? Layer { get; init; }

    /// <summary>How the vectors of a text's tokens become one: <c>mean</c>, <c>cls</c> or <c>max</c>. Default: the model's own way.</summary>
    public string? Pooling { get; init; }

    /// <summary>What the vectors depend on besides the options: see <see cref="Step.DependsOn"/>.</summary>
    internal string DependsOn => Text is null ? "" : TextEmbedders.ContentOf(Embedding);

    /// <summary>See <see cref="Step.Models"/>.</summary>
    internal IReadOnlyList<(string Path, string Model)> Models(string path) => Text is null ? [] : [($"{path}.model", Model)];

    internal EmbeddingModel Embedding => new() { Name = Model, Layer = Layer, Pooling = Pooling };

    /// <summary>The column whose cells have a vector each, taken as it is; null: columns of numbers, which are brought to one scale.</summary>
    internal string? Cell => Text ?? Vector;

    internal IReadOnlyList<string> Names => Cell is null ? Columns : [Cell];

    /// <summary>Says what is wrong, if anything.</summary>
    internal void Plan(Schema input, StepProblems problems, string path = "features")
    {
        string[] given = [.. new[] { Text is null ? null : "text", Vector is null ? null : "vector", Columns.Count == 0 ? null : "columns" }.OfType<string>()];
        if (given.Length != 1)
        {
            problems.Add(path, $"Found {(given.Length == 0 ? "neither text, vector nor columns" : string.Join(" and ", given))}; expected one: the column to embed as text, the column with vectors, or columns of numbers.");
            return;
        }

        if (Vector is not null && problems.Column(input, $"{path}.vector", Vector) && input[Vector].Type != ColumnType.Text && !Schemas.Unify.IsOpen(input[Vector]))
        {
            problems.Add($"{path}.vector", $"Column '{Vector}' is {input[Vector].Type}; expected Text with JSON arrays of numbers. For numbers give columns.");
        }

        if (Text is not null && TextEmbedders.Problem(Embedding) is { } problem)
        {
            problems.Add($"{path}.model", problem);
        }

        if (Text is not null && problems.Column(input, $"{path}.text", Text) && input[Text].Type != ColumnType.Text && !Schemas.Unify.IsOpen(input[Text]))
        {
            problems.Add($"{path}.text", $"Column '{Text}' is {input[Text].Type}; expected Text. For numbers give columns.");
        }

        for (var i = 0; i < Columns.Count; i++)
        {
            if (problems.Column(input, $"{path}.columns[{i}]", Columns[i]) && !Steps.Numbers.IsOrdered(input[Columns[i]].Type) && !Schemas.Unify.IsOpen(input[Columns[i]]))
            {
                problems.Add($"{path}.columns[{i}]", $"Column '{Columns[i]}' is {input[Columns[i]].Type}; expected numbers or dates. Encode it first, or give it as text.");
            }
        }
    }

    /// <summary>Writes the vectors of a batch; texts are embedded only where the store has no vector of them.</summary>
    internal async Task WriteAsync(Batch batch, VectorStore vectors, Stream npy, CancellationToken cancellation)
    {
        if (Text is null)
        {
            var (values, dimensions) = Vector is null ? (Numbers(batch), Columns.Count) : VectorCells.Read(batch.Text(Vector), Vector);
            NpyFile.WriteHeader(npy, batch.Rows, dimensions);
            NpyFile.WriteRows(npy, values);
            return;
        }

        var table = await vectors.EmbedAsync(await TextEmbedders.OpenAsync(Embedding, cancellation), batch.Text(Text), cancellation);
        NpyFile.WriteHeader(npy, table.Rows, table.Dimensions);
        NpyFile.WriteRows(npy, table.Values);
    }

    /// <summary>The vectors of one batch in memory, in the order of its rows; columns of numbers brought to one scale.</summary>
    /// <exception cref="DataException">A column cannot be compared by.</exception>
    internal async Task<VectorRows> ReadAsync(Batch batch, VectorStore vectors, CancellationToken cancellation)
    {
        Check(batch.Schema);
        var table = await RawAsync(batch, vectors, cancellation);
        return Cell is null ? VectorScale.Scaled(table) : table;
    }

    /// <summary>Says what is wrong, if anything, where no step plans.</summary>
    /// <exception cref="DataException">A column is missing or cannot be compared by.</exception>
    internal void Check(Schema schema)
    {
        var problems = new StepProblems();
        Plan(schema, problems);
        if (problems.Items is [var (_, message), ..])
        {
            throw new DataException(message);
        }
    }

    /// <summary>The vectors of one batch in memory; columns of numbers as they are, a missing one NaN.</summary>
    internal async Task<VectorRows> RawAsync(Batch batch, VectorStore vectors, CancellationToken cancellation)
    {
        using var npy = new MemoryStream();
        await WriteAsync(batch, vectors, npy, cancellation);
        npy.Position = 0;
        var (values, _, dimensions) = NpyFile.Read(npy);
        return new VectorRows(values, dimensions);
    }

    // NaN where a value is missing or no finite number.
    float[] Numbers(Batch batch)
    {
        var vectors = new float[batch.Rows * Columns.Count];
        for (var column = 0; column < Columns.Count; column++)
        {
            var numbers = Steps.Numbers.Of(batch[Columns[column]]);
            for (var row = 0; row < numbers.Length; row++)
            {
                vectors[(row * Columns.Count) + column] = double.IsFinite(numbers[row]) ? (float)Math.Clamp(numbers[row], -float.MaxValue, float.MaxValue) : float.NaN;
            }
        }

        return vectors;
    }
}
