using Microsoft.ML.OnnxRuntime;
using Sluice.Embedding;

namespace Sluice.Labels.Masks;

/// <summary>
/// Segment Anything (Kirillov and others, 2023) and models that are exported as it is, MobileSAM for one: an encoder that sees the image once, and a decoder that is asked for every click. The
/// decoder has the inputs and outputs of the authors' export_onnx_model.py.
/// </summary>
sealed class PromptableModel : Segmenter, IDisposable
{
    const string Embeddings = "image_embeddings", Coordinates = "point_coords", PointLabels = "point_labels", MaskInput = "mask_input", HasMask = "has_mask_input", ImageSize = "orig_im_size";
    const string Masks = "masks", Scores = "iou_predictions";

    // Label of a point that is none; the decoder was trained with one after the clicks where no box is given.
    const float NoPoint = -1;

    // An embedding has 4 MiB: those of the images that people work on now.
    const int MaxKept = 16;
    static readonly string[] prompts = [Embeddings, Coordinates, PointLabels, MaskInput, HasMask, ImageSize];

    readonly ImageEncoder encoder;
    readonly OnnxModel decoder;
    readonly int[] maskInput;
    readonly Lock gate = new();
    readonly LinkedList<(string Image, float[] Embedding)> kept = new();

    /// <param name="folder">Folder with one file named *encoder*.onnx and one named *decoder*.onnx.</param>
    /// <exception cref="DataException">It has not, or they are no such models.</exception>
    public PromptableModel(string folder)
    {
        var (encoderFile, decoderFile) = (FileOf(folder, "encoder"), FileOf(folder, "decoder"));
        encoder = new ImageEncoder(encoderFile);
        decoder = new OnnxModel(decoderFile, []);
        var missing = prompts.Except(decoder.Inputs).Concat(new[] { Masks, Scores }.Except(decoder.Outputs.Keys)).ToList();
        if (missing.Count > 0 || decoder.Inputs.Count != prompts.Length)
        {
            throw new DataException(
                $"The decoder '{decoderFile}' is not that of Segment Anything: found the inputs {string.Join(", ", decoder.Inputs)} and the outputs {string.Join(", ", decoder.Outputs.Keys)}; expected "
                + $"{string.Join(", ", prompts)} and {Masks}, {Scores}. Export it with the authors' export_onnx_model.py.");
        }

        if (!Fits(encoder.Shape, decoder.InputShapes[Embeddings]))
        {
            throw new DataException(
                $"The encoder gives {Text(encoder.Shape)} numbers and the decoder '{decoderFile}' reads {Text(decoder.InputShapes[Embeddings])}. Put an encoder and a decoder of one model into the folder.");
        }

        maskInput = [.. decoder.InputShapes[MaskInput].Select((d, i) => d > 0 ? d : i < 2 ? 1 : encoder.Side / 4)];
        Name = $"sam-1-{encoder.Sha256[..16]}-{decoder.Sha256[..16]}";
    }

    public override string Name { get; }

    public override bool IsModel => true;

    public void Dispose()
    {
        encoder.Dispose();
        decoder.Dispose();
    }

    private protected override (Mask Mask, double? Score) Find(Picture picture, IReadOnlyList<Click> clicks, CancellationToken cancellation)
    {
        var (width, height) = picture.Within(encoder.Side, enlarge: true);
        var (coordinates, labels) = (new float[2 * (clicks.Count + 1)], new float[clicks.Count + 1]);
        for (var i = 0; i < clicks.Count; i++)
        {
            (coordinates[2 * i], coordinates[(2 * i) + 1]) = (clicks[i].X * ((float)width / picture.Width), clicks[i].Y * ((float)height / picture.Height));
            labels[i] = clicks[i].Inside ? 1 : 0;
        }

        labels[^1] = NoPoint;
        using var embedding = OrtValue.CreateTensorValueFromMemory(EmbeddingOf(picture, cancellation), [.. encoder.Shape.Select(d => (long)d)]);
        using var points = OrtValue.CreateTensorValueFromMemory(coordinates, [1, labels.Length, 2]);
        using var kinds = OrtValue.CreateTensorValueFromMemory(labels, [1, labels.Length]);
        using var before = OrtValue.CreateTensorValueFromMemory(new float[maskInput.Aggregate(1, (a, b) => a * b)], [.. maskInput.Select(d => (long)d)]);
        using var has = OrtValue.CreateTensorValueFromMemory(new float[1], [1]);
        using var size = OrtValue.CreateTensorValueFromMemory(new float[] { picture.Height, picture.Width }, [2]);
        (Mask, double?) found = default;
        decoder.Run(prompts, [embedding, points, kinds, before, has, size], [Masks, Scores], outputs => found = Best(picture, clicks.Count, outputs[0], outputs[1]), cancellation);
        return found;
    }

    // Of several masks the first is for several clicks; one click may mean a thing or a part of it, and the best of the others is taken.
    static (Mask Mask, double? Score) Best(Picture picture, int clicks, OrtValue masks, OrtValue scores)
    {
        var shape = masks.GetTensorTypeAndShape().Shape;
        var predicted = scores.GetTensorDataAsSpan<float>();
        if (shape is not [1, > 0, var height, var width] || height != picture.Height || width != picture.Width || predicted.Length != shape[1])
        {
            throw new DataException($"The decoder gave masks of {string.Join(" × ", shape)} numbers with {predicted.Length} scores; expected 1 × N × {picture.Height} × {picture.Width} with N. Export it again.");
        }

        var best = 0;
        for (var i = 1; i < predicted.Length && clicks == 1; i++)
        {
            best = best == 0 || predicted[i] > predicted[best] ? i : best;
        }

        var mask = new byte[picture.Width * picture.Height];
        var chosen = masks.GetTensorDataAsSpan<float>().Slice(best * mask.Length, mask.Length);
        for (var pixel = 0; pixel < mask.Length; pixel++)
        {
            mask[pixel] = (byte)(chosen[pixel] > 0 ? 1 : 0);
        }

        return (new Mask(picture.Width, picture.Height, mask), Math.Round(predicted[best], 4));
    }

    float[] EmbeddingOf(Picture picture, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (kept.FirstOrDefault(k => k.Image == picture.Sha256) is { Embedding: { } known })
            {
                return known;
            }
        }

        var found = encoder.Embed(picture, cancellation);
        lock (gate)
        {
            kept.AddFirst((picture.Sha256, found));
            if (kept.Count > MaxKept)
            {
                kept.RemoveLast();
            }
        }

        return found;
    }

    static string FileOf(string folder, string part) => Directory.GetFiles(folder, $"*{part}*.onnx") switch
    {
        [var only] => only,
        var several => throw new DataException($"The model folder '{folder}' has {several.Length} files named *{part}*.onnx; expected one *encoder*.onnx and one *decoder*.onnx, as Segment Anything is exported."),
    };

    static bool Fits(int[] one, int[] other) => one.Length == other.Length && one.Zip(other).All(d => d.First == d.Second || d.First < 1 || d.Second < 1);

    static string Text(int[] shape) => string.Join(" × ", shape.Select(d => d < 1 ? "?" : $"{d}"));
}
