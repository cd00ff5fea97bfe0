using Microsoft.ML.OnnxRuntime;
using Sluice.Embedding;

namespace Sluice.Labels.Masks;

/// <summary>The half of Segment Anything that sees the image. Exports differ in who prepares the pixels: the caller (1 × 3 × side × side), or the graph itself (height × width × 3).</summary>
sealed class ImageEncoder : IDisposable
{
    const int UsualSide = 1024, Colours = 3;

    // Of the images that the model was trained on (sam/build_sam.py).
    static readonly float[] mean = [123.675f, 116.28f, 103.53f], deviation = [58.395f, 57.12f, 57.375f];
    readonly OnnxModel model;
    readonly string input, output;
    readonly bool isPrepared;

    public ImageEncoder(string file)
    {
        model = new OnnxModel(file, []);
        if (model.Inputs is not [var only] || model.InputShapes[only] is not ([_, Colours, _, _] or [_, _, Colours]) || !model.Outputs.Any(o => o.Value.Length == 4))
        {
            throw new DataException(
                $"The encoder '{file}' is not that of Segment Anything: found the inputs {string.Join(", ", model.InputShapes.Select(i => $"{i.Key} [{string.Join(", ", i.Value)}]"))}; expected one image of "
                + "1 × 3 × 1024 × 1024 or height × width × 3, and an output of four dimensions. Export the image encoder of the model.");
        }

        var shape = model.InputShapes[only];
        (input, isPrepared) = (only, shape.Length == 4);
        Side = isPrepared && shape[3] > 0 ? shape[3] : UsualSide;
        (output, var embedding) = model.Outputs.First(o => o.Value.Length == 4);
        Shape = [1, .. embedding[1..].Select((d, i) => d > 0 ? d : i == 0 ? 256 : Side / 16)];
    }

    public string Sha256 => model.Sha256;

    /// <summary>Pixels of the longer side as the model sees images.</summary>
    public int Side { get; }

    /// <summary>Dimensions of an embedding.</summary>
    public int[] Shape { get; }

    public float[] Embed(Picture picture, CancellationToken cancellation)
    {
        var (width, height) = picture.Within(Side, enlarge: true);
        var rgb = picture.Rgb(width, height);
        using var image = isPrepared
            ? OrtValue.CreateTensorValueFromMemory(Prepared(rgb, width, height), [1, Colours, Side, Side])
            : OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(rgb, b => (float)b), [height, width, Colours]);
        float[] embedding = [];
        model.Run([input], [image], [output], outputs => embedding = outputs[0].GetTensorDataAsSpan<float>().ToArray(), cancellation);
        return embedding.Length == Shape.Aggregate(1, (a, b) => a * b)
            ? embedding
            : throw new DataException($"The encoder gave {embedding.Length:N0} numbers; expected {string.Join(" × ", Shape)}. Export it for one image of {Side} × {Side} pixels.");
    }

    public void Dispose() => model.Dispose();

    // Colour by colour, beginning in the upper left corner; what is beside the image is 0, after the mean is taken off.
    float[] Prepared(byte[] rgb, int width, int height)
    {
        var pixels = new float[Colours * Side * Side];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                for (var colour = 0; colour < Colours; colour++)
                {
                    pixels[(((colour * Side) + y) * Side) + x] = (rgb[(((y * width) + x) * Colours) + colour] - mean[colour]) / deviation[colour];
                }
            }
        }

        return pixels;
    }
}
