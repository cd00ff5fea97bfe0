using System.Text.Json;
using Sluice.Core.Tests.Connectors;
using Sluice.Embedding;

namespace Sluice.Core.Tests.Embedding;

public sealed class ImageEmbedderTests : IDisposable
{
    readonly ImageEmbedder embedder = new();

    public void Dispose() => embedder.Dispose();

    [SharedDataFact("models/mobilenetv2_golden")]
    public void Vectors_are_those_of_the_models_authors()
    {
        var folder = SharedData.At("models/mobilenetv2_golden");
        using var golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "golden.json")));
        var items = golden.RootElement.GetProperty("items").EnumerateArray().ToList();

        var found = embedder.Embed([.. items.Select(i => new ReadOnlyMemory<byte>(File.ReadAllBytes(Path.Combine(folder, i.GetProperty("png").GetString()!))))], CancellationToken.None);

        Assert.Equal(3, found.Count);
        Assert.All(found, (image, i) => Assert.InRange(Vectors.Cosine(image.Vector, items[i].GetProperty("features").EnumerateArray().Select(x => x.GetSingle()).ToArray()), 0.99999, 1.00001));
        Assert.All(found, image => Assert.Equal("neutral", image.Kind));
    }

    [SharedDataFact("images/exif-samples")]
    public void Copies_of_a_picture_are_closer_than_other_pictures()
    {
        var files = Directory.GetFiles(SharedData.At("images/exif-samples"), "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        var turned = files.Where(f => Path.GetFileName(f).StartsWith("landscape_", StringComparison.Ordinal)).ToList();
        var others = files.Except(turned).Where(f => new FileInfo(f).Length > 20_000).Take(12).ToList();

        var vectors = embedder.Embed([.. turned.Concat(others).Select(f => new ReadOnlyMemory<byte>(File.ReadAllBytes(f)))], CancellationToken.None);

        var same = from a in vectors.Take(turned.Count) from b in vectors.Take(turned.Count) select Vectors.Cosine(a.Vector, b.Vector);
        var different = from a in vectors.Take(turned.Count) from b in vectors.Skip(turned.Count) where b.Vector is not null select Vectors.Cosine(a.Vector, b.Vector);
        Assert.True(turned.Count >= 4 && different.Any(), $"{turned.Count} copies");
        Assert.True(same.Min() > different.Max(), $"copies from {same.Min():F3}, others to {different.Max():F3}");
    }

    [Fact]
    public void What_is_no_image_is_told_and_does_not_stop_the_others()
    {
        // A white pixel: GIF of one colour, written by hand.
        byte[] gif = [.. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 255, 255, 255, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B];

        var found = embedder.Embed([new byte[] { 1, 2, 3 }, gif, Array.Empty<byte>()], CancellationToken.None);

        Assert.Contains("The image cannot be read", found[0].Error, StringComparison.Ordinal);
        Assert.Equal((null, 1280), (found[1].Error, found[1].Vector!.Length));
        Assert.NotNull(found[2].Error);
    }

    [Fact]
    public void An_image_gets_the_same_bits_alone_and_among_others()
    {
        ReadOnlyMemory<byte> image = TestImage.Png(1);

        var many = embedder.Embed([image, image, image], CancellationToken.None);

        Assert.NotNull(many[0].Vector);
        Assert.All(many, m => Assert.Equal(embedder.Embed([image], CancellationToken.None)[0].Vector, m.Vector));
    }
}
