using System.Buffers;
using System.Globalization;
using System.Runtime.ExceptionServices;
using Microsoft.ML.OnnxRuntime;

namespace Sluice.Embedding;

/// <summary>Vectors by an ONNX model.</summary>
/// <remarks>
/// Only texts of one length, in tokens, are run together, longest first: nothing is ever padded, so nothing is computed in vain. That a text gets the same bits
/// in any batch is a property of the runtime's kernels, which the tests hold: each row of a matrix is summed alone, but a batch of one text takes other paths than
/// one of two, so a lone text is run twice. Models whose operators look at a whole batch get one text at a time.
/// </remarks>
sealed partial class NeuralEmbedder : TextEmbedder, IDisposable
{
    // Raised when a text would get another vector than before.
    const string CodeVersion = "1";

    // Of one run on a core: weights are read once for so many tokens, and what lies between layers stays in the cache. Measured: 256 to 512 are fastest.
    const int TokensPerRun = 512, TokensPerGpuRun = 16_384;
    readonly OnnxModel model;
    readonly Tokenizer tokenizer;
    readonly LayerExpression layer;
    readonly Pooling? pooling;
    readonly bool normalises, hasTokens;
    readonly int mostRows;

    /// <exception cref="DataException">The model has no such layer, or cannot be run.</exception>
    public NeuralEmbedder(ModelFolder folder, EmbeddingModel wanted)
    {
        var asked = wanted.Layer is null ? null : LayerExpression.Parse(wanted.Layer);
        pooling = wanted.Pooling is null ? folder.Pooling : Poolings.Parse(wanted.Pooling);
        normalises = wanted.Normalize ?? folder.Normalises;
        tokenizer = folder.Tokenizer;
        MaxTokens = Limit(folder, wanted);
        TrainedTokens = folder.TrainedTokens ?? folder.Tokenizer.MaxTokens;
        mostRows = wanted.BatchSize ?? int.MaxValue;
        model = new OnnxModel(folder.Onnx, asked?.Names ?? []);
        try
        {
            layer = asked ?? LayerExpression.Parse(Output(folder.Onnx, wanted.Pooling is not null));
            CheckInputs(folder.Onnx);
            // What shapes come out is known for certain only when something has come out.
            var probe = Probe();
            (Dimensions, hasTokens) = (probe.Width, probe.Rows > 1);
        }
        catch
        {
            model.Dispose();
            throw;
        }

        Key = string.Join(
            '-', "onnx", CodeVersion, model.Sha256, tokenizer.Key, wanted.Layer, pooling?.ToString(), normalises ? "unit" : "raw", MaxTokens.ToString(CultureInfo.InvariantCulture),
            model.Provider);
    }

    public override string Key { get; }

    public override int Dimensions { get; }

    public override int MaxTokens { get; }

    public override int? TrainedTokens { get; }

    public override IReadOnlyList<int> TokensOf(ReadOnlySpan<byte> text)
    {
        var ids = new List<int>();
        tokenizer.Encode(text, MaxTokens, ids);
        return ids;
    }

    public override void Embed(TextColumn texts, int first, Span<float> vectors, Span<int> tokens, CancellationToken cancellation)
    {
        // Shared by threads, which spans cannot be.
        var results = new float[vectors.Length];
        RunAll(texts, first, tokens, (row, found) => Write(found, results.AsSpan(row * Dimensions, Dimensions)), cancellation);
        results.CopyTo(vectors);
    }

    public override PartTable EmbedParts(TextColumn texts, CancellationToken cancellation)
    {
        if (!hasTokens)
        {
            return base.EmbedParts(texts, cancellation);
        }

        var found = new LayerVectors[texts.Rows];
        RunAll(texts, 0, new int[texts.Rows], (row, vectors) => found[row] = vectors, cancellation);
        var starts = new int[texts.Rows + 1];
        for (var row = 0; row < texts.Rows; row++)
        {
            starts[row + 1] = starts[row] + found[row].Rows;
        }

        return new PartTable(VectorStore.KeysOf(texts), starts, [.. found.SelectMany(f => f.Values ?? [])], Dimensions);
    }

    public void Dispose() => model.Dispose();

    void Write(LayerVectors found, Span<float> vector)
    {
        if (found.Width != vector.Length)
        {
            throw new DataException($"The layer gives {found.Width} numbers for one text and {vector.Length} for another: it counts tokens, and is no vector. Name another layer.");
        }

        if (found.Rows > 1)
        {
            (pooling ?? Pooling.Mean).Pool(found, vector);
        }
        else
        {
            found.Values.CopyTo(vector);
        }

        if (normalises)
        {
            Vectors.Normalise(vector);
        }
    }

    // The first thread that failed speaks for all.
    void RunAll(TextColumn texts, int first, Span<int> tokens, Action<int, LayerVectors> write, CancellationToken cancellation)
    {
        try
        {
            Run(texts, first, tokens, write, cancellation);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.Flatten().InnerExceptions[0]);
        }
    }

    /// <summary>Runs the model on some texts and hands each one's vectors over, in any order and from several threads.</summary>
    void Run(TextColumn texts, int first, Span<int> tokens, Action<int, LayerVectors> write, CancellationToken cancellation)
    {
        var ids = new int[tokens.Length][];
        var counts = new int[tokens.Length];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation };
        Parallel.For(0, ids.Length, parallel, () => new List<int>(), (row, _, buffer) =>
        {
            buffer.Clear();
            counts[row] = texts.IsNull(first + row) ? 0 : tokenizer.Encode(texts[first + row], MaxTokens, buffer);
            ids[row] = counts[row] == 0 ? [] : [.. buffer];
            return buffer;
        }, static _ => { });
        counts.CopyTo(tokens);

        var most = model.Provider == "cpu" ? TokensPerRun : TokensPerGpuRun;
        var runs = Enumerable.Range(0, ids.Length).Where(row => ids[row].Length > 0).GroupBy(row => ids[row].Length).OrderByDescending(same => same.Key)
            .SelectMany(same => same.Chunk(model.IsBatchable ? Math.Clamp(most / same.Key, 2, Math.Max(2, mostRows)) : 1));
        Parallel.ForEach(runs, parallel, rows => Run(rows, ids, write, cancellation));
    }

    void Run(int[] rows, int[][] ids, Action<int, LayerVectors> write, CancellationToken cancellation)
    {
        var (texts, length) = (rows.Length == 1 && model.IsBatchable ? 2 : rows.Length, ids[rows[0]].Length);
        var (input, ones, zeros) = (ArrayPool<long>.Shared.Rent(texts * length), ArrayPool<long>.Shared.Rent(texts * length), ArrayPool<long>.Shared.Rent(texts * length));
        for (var i = 0; i < texts * length; i++)
        {
            (input[i], ones[i], zeros[i]) = (ids[rows[i / length % rows.Length]][i % length], 1, 0);
        }

        var values = model.Inputs.Select(name => OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, (name == TokenIds ? input : name == Mask ? ones : zeros).AsMemory(0, texts * length), [texts, length])).ToArray();
        try
        {
            model.Run(model.Inputs, values, layer.Names, outputs => Read(outputs, texts, rows, write), cancellation);
        }
        finally
        {
            Array.ForEach(values, v => v.Dispose());
            ArrayPool<long>.Shared.Return(input);
            ArrayPool<long>.Shared.Return(ones);
            ArrayPool<long>.Shared.Return(zeros);
        }
    }

    void Read(IReadOnlyList<OrtValue> outputs, int texts, int[] rows, Action<int, LayerVectors> write)
    {
        var names = layer.Names;
        for (var i = 0; i < rows.Length; i++)
        {
            write(rows[i], layer.Of(name => OneOf(outputs[names.ToList().IndexOf(name)], name, i, texts)));
        }
    }

    // [texts, width] or [texts, tokens, width].
    static LayerVectors OneOf(OrtValue output, string name, int text, int texts)
    {
        var shape = output.GetTensorTypeAndShape();
        if (shape.ElementDataType != Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float || shape.Shape.Length is not (2 or 3) || shape.Shape[0] != texts)
        {
            throw new DataException(
                $"The layer '{name}' is {shape.ElementDataType} of the shape [{string.Join(", ", shape.Shape)}] for {texts} texts; expected Float of [texts, numbers] or [texts, tokens, numbers]. Name another.");
        }

        var (count, width) = (shape.Shape.Length == 2 ? 1 : (int)shape.Shape[1], (int)shape.Shape[^1]);
        return new LayerVectors(output.GetTensorDataAsSpan<float>().Slice(text * count * width, count * width).ToArray(), count, width);
    }

    LayerVectors Probe()
    {
        var found = default(LayerVectors);
        RunAll(TextColumn.Of("a a a"), 0, new int[1], (_, vectors) => found = vectors, CancellationToken.None);
        return found.Values is null ? throw new DataException("The model's tokenizer finds no token in the text 'a a a'. Is it the tokenizer of this model?") : found;
    }
}
