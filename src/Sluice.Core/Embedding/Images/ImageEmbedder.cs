using Microsoft.ML.OnnxRuntime;

namespace Sluice.Embedding;

/// <summary>Vectors of images by the bundled MobileNetV2: images that look alike come out close, as copies in other sizes and formats do.</summary>
/// <remarks>Images are decoded and squeezed to 224 × 224 by libvips, and run one by one on all cores, so that one's bits do not depend on others.</remarks>
public sealed class ImageEmbedder : IDisposable
{
    /// <summary>Numbers of one vector.</summary>
    public const int Dimensions = 1280;
    const int Side = 224, Colours = 3;
    const string Input = "image", Features = "features", Unsafe = "nsfw_probs";

    // Of the model's second output.
    static readonly string[] classes = ["drawing", "hentai", "neutral", "porn", "sexy"];
    readonly OnnxModel model = new(BundledModels.MobileNet(), []);

    /// <summary>Name of all that a vector depends on.</summary>
    public string Key => $"image-1-{model.Sha256}-{model.Provider}";

    /// <summary>What the model sees in images: one result for each, in order.</summary>
    /// <param name="files">Bytes of image files.</param>
    /// <param name="cancellation">Stops between images.</param>
    public IReadOnlyList<ImageVector> Embed(IReadOnlyList<ReadOnlyMemory<byte>> files, CancellationToken cancellation)
    {
        var results = new ImageVector[files.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation };
        Parallel.For(0, files.Count, parallel, i => results[i] = Embed(files[i].Span, cancellation));
        return results;
    }

    public void Dispose() => model.Dispose();

    // An image that cannot be read is a finding, not a failure of the others.
    ImageVector Embed(ReadOnlySpan<byte> file, CancellationToken cancellation)
    {
        float[] pixels;
        try
        {
            pixels = Pixels(file);
        }
        catch (DataException e)
        {
            return new ImageVector(null, null, 0, e.Message);
        }

        using var image = OrtValue.CreateTensorValueFromMemory(pixels, [1, Side, Side, Colours]);
        var found = new ImageVector(null, null, 0, null);
        model.Run([Input], [image], [Features, Unsafe], outputs =>
        {
            var shares = outputs[1].GetTensorDataAsSpan<float>();
            var best = 0;
            for (var i = 1; i < shares.Length; i++)
            {
                best = shares[i] > shares[best] ? i : best;
            }

            found = new ImageVector(outputs[0].GetTensorDataAsSpan<float>().ToArray(), classes[best], shares[best], null);
        }, cancellation);
        return found;
    }

    // 0 to 1, red, green, blue. Grey is all three; what shines through is laid on white.
    static float[] Pixels(ReadOnlySpan<byte> file)
    {
        var (bytes, bands) = Libvips.Thumbnail(file, Side, Side);
        var hasAlpha = bands is 2 or 4;
        var pixels = new float[Side * Side * Colours];
        for (var pixel = 0; pixel < Side * Side; pixel++)
        {
            var from = bytes.AsSpan(pixel * bands, bands);
            var alpha = hasAlpha ? from[^1] / 255f : 1;
            for (var colour = 0; colour < Colours; colour++)
            {
                pixels[(pixel * Colours) + colour] = (from[bands < Colours ? 0 : colour] / 255f * alpha) + (1 - alpha);
            }
        }

        return pixels;
    }
}

/// <summary>What the model sees in one image.</summary>
/// <param name="Vector">1,280 numbers, none below 0; null when the image cannot be read.</param>
/// <param name="Kind">Most likely of <c>drawing</c>, <c>hentai</c>, <c>neutral</c>, <c>porn</c> and <c>sexy</c>: a flag for a person to look, not a verdict.</param>
/// <param name="Share">Its probability, 0 to 1.</param>
/// <param name="Error">Why it cannot be read, or null.</param>
public sealed record ImageVector(float[]? Vector, string? Kind, double Share, string? Error);
